import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { componentsOf, formatOf, type LockedComponent } from '@throughline/lockfiles';
import { canonicalName } from '@throughline/versions';
import { corpusFolder, corpusJson, describeCorpus } from './corpora.ts';

interface Package {
  readonly Name: string;
  readonly Version: string;
  readonly Relationship?: string;
}
interface Golden {
  readonly ArtifactName: string;
  readonly Results?: readonly {
    readonly Target: string;
    readonly Type: string;
    readonly Packages?: readonly Package[];
    readonly Vulnerabilities?: readonly { readonly PkgName: string; readonly InstalledVersion: string; readonly PkgPath?: string }[];
  }[];
}

const ecosystems: Readonly<Record<string, string>> = {
  ...{ npm: 'npm', yarn: 'npm', pnpm: 'npm', pip: 'PyPI', pipenv: 'PyPI', poetry: 'PyPI', gomod: 'Go', cargo: 'crates.io', pom: 'Maven' },
  ...{
    gradle: 'Maven',
    nuget: 'NuGet',
    'packages-config': 'NuGet',
    'dotnet-core': 'NuGet',
    'packages-props': 'NuGet',
    bundler: 'RubyGems',
  },
  ...{ composer: 'Packagist', 'composer-vendor': 'Packagist' },
};

describeCorpus('trivy-lockfiles', () => {
  const repositories = corpusFolder('trivy-lockfiles/fixtures/repo');
  const kept = new Set(readdirSync(repositories));
  const goldens = readdirSync(corpusFolder('trivy-lockfiles')).filter(
    (file) => file.endsWith('.json.golden') && !file.includes('cyclonedx'),
  );
  const folderOf = (golden: string): string =>
    corpusJson<Golden>(`trivy-lockfiles/${golden}`).ArtifactName.replace(/^.*fixtures\/repo\//, '');

  it.each(goldens.filter((golden) => kept.has(folderOf(golden))))('finds what %s names', async (golden) => {
    const { Results = [] } = corpusJson<Golden>(`trivy-lockfiles/${golden}`);

    const missing: string[] = [];
    for (const { Target, Type, Packages = [], Vulnerabilities = [] } of Results) {
      const found = await read(join(repositories, folderOf(golden)), Target);
      const has = (name: string, version: string): LockedComponent | undefined =>
        found.find((one) => spell(one.name, one.version, Type) === spell(name, version, Type));
      const affected = Vulnerabilities.filter(({ PkgName, InstalledVersion }) => !has(PkgName, InstalledVersion));
      missing.push(...affected.map(({ PkgName, InstalledVersion }) => `${Target}: ${PkgName}@${InstalledVersion}`));
      // The project itself is no package of its own.
      for (const { Name, Version, Relationship } of Packages.filter((one) => one.Relationship !== 'root')) {
        const one = has(Name, Version);
        if (!one) missing.push(`${Target}: ${Name}@${Version}`);
        else if (Relationship !== undefined && one.direct !== (Relationship === 'direct'))
          missing.push(`${Target}: ${Name} is ${Relationship}`);
      }
    }

    expect(missing).toEqual([]);
  });
});

function spell(name: string, version: string, type: string): string {
  return `${canonicalName(ecosystems[type] ?? type, name)}@${version.replace(/^v/, '')}`;
}

async function read(folder: string, path: string): Promise<readonly LockedComponent[]> {
  const format = formatOf(path)!;
  const beside = (name: string): Promise<string | undefined> =>
    readFile(join(folder, posix.join(posix.dirname(path), name)), 'utf8').catch(() => undefined);
  return componentsOf(await format.read(await readFile(join(folder, path), 'utf8'), beside), format.ecosystem, path);
}
