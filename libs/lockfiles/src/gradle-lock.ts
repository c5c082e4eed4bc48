import {
  objectOf,
  LockFileRefused,
  textOf,
  type Beside,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
  type OpenPackage,
} from './lock-file.ts';
import { readToml } from './markup.ts';
import { isOpenVersion } from './maven-version.ts';
import { child, childText, descendants, readXml } from './xml.ts';

const lockNames = /^(?:buildscript-)?gradle\.lockfile$|^settings-(?:buildscript-)?gradle\.lockfile$/;

/** `gradle.lockfile` and its kin: one line for each module with the configurations that have it; older Gradle wrote a file for each configuration. */
export const gradleLock: LockFormat = {
  ecosystem: 'Maven',
  matches: (file, path) =>
    file.endsWith('.lockfile') && (lockNames.test(file) || /(?:^|\/)gradle\/dependency-locks\/[^/]+\.lockfile$/.test(path)),
  async read(text, beside) {
    const locked = text.split(/\r?\n/).flatMap((line, index) => lockedAt(line, index + 1));
    if (locked.length === 0 && !/^empty=|^#/m.test(text)) throw new LockFileRefused('it locks nothing');
    const [runtime, development] = [locked.filter((one) => !one.forTests), locked.filter((one) => one.forTests)];
    return {
      packages: locked.map(({ one }) => one),
      runtime: runtime.map(({ one }) => one.id),
      development: development.map(({ one }) => one.id),
      direct: await namedByBuild(beside),
    } satisfies LockedGraph;
  },
};

function lockedAt(content: string, line: number): readonly { readonly one: LockedPackage; readonly forTests: boolean }[] {
  const [, group, artifact, version, configurations = ''] = /^([^\s:#=]+):([^\s:=]+):([^\s:=]+)(?:=(.*))?$/.exec(content.trim()) ?? [];
  if (group === undefined) return [];
  const name = `${group}:${artifact!}`;
  const users = configurations.split(',').map((configuration) => configuration.trim());
  const forTests =
    configurations !== '' && users.every((user) => /^(?:test|androidTest|integrationTest|testFixtures)[A-Z]?|Test(?:[A-Z]|$)/.test(user));
  return [{ one: { id: `${name}@${version!}`, name, version: version!, line, needs: [] }, forTests }];
}

/** The lock has no edges: direct is what the build file or the catalogue names by group and artifact. */
async function namedByBuild(beside: Beside): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of ['build.gradle', 'build.gradle.kts']) {
    for (const [, group, artifact] of ((await beside(file)) ?? '').matchAll(/["']([\w.-]+):([\w.-]+)(?::[^"'\s]*)?["']/g))
      names.add(`${group!}:${artifact!}`);
  }
  for (const folder of ['gradle', '../gradle']) {
    const catalogue = await beside(`${folder}/libs.versions.toml`);
    const libraries = catalogue === undefined ? [] : await librariesOf(catalogue).catch(() => []);
    for (const { name } of libraries) names.add(name);
  }
  return names;
}

/** A version catalogue: what is declared, where nothing is locked. */
export const gradleCatalogue: LockFormat = {
  ecosystem: 'Maven',
  matches: (file) => file.endsWith('.versions.toml'),
  async read(text, beside) {
    const libraries = await librariesOf(text);
    if ((await beside('../gradle.lockfile')) !== undefined) return { packages: [], runtime: [], development: [] };
    const packages: LockedPackage[] = [];
    const open: OpenPackage[] = [];
    for (const { name, version, line } of libraries) {
      if (version === undefined) open.push({ name, line, reason: 'it has no version of its own: a platform or a plugin gives it one' });
      else if (isOpenVersion(version)) open.push({ name, line, reason: `${version.slice(0, 60)} is a range` });
      else packages.push({ id: `${name}@${version}`, name, version, line, needs: [] });
    }
    return { packages, runtime: packages.map(({ id }) => id), development: [], open } satisfies LockedGraph;
  },
};

interface Library {
  readonly name: string;
  readonly version: string | undefined;
  readonly line: number;
}

async function librariesOf(text: string): Promise<readonly Library[]> {
  const catalogue = await readToml(text);
  const versions = objectOf(catalogue['versions']);
  const lines = text.split('\n');
  return Object.entries(objectOf(catalogue['libraries'])).flatMap(([alias, value]): readonly Library[] => {
    const library = typeof value === 'string' ? shortForm(value) : objectOf(value);
    const name = textOf(library['module']) || `${textOf(library['group'])}:${textOf(library['name'])}`;
    if (!/^[^\s:]+:[^\s:]+$/.test(name)) return [];
    const line = lines.findIndex((content) => content.trimStart().startsWith(alias) || content.trimStart().startsWith(`"${alias}"`)) + 1;
    return [{ name, version: versionOf(library['version'], versions), line: Math.max(1, line) }];
  });
}

function shortForm(text: string): Fields {
  const [group = '', name = '', version] = text.split(':');
  return { group, name, version };
}

/** A text, a reference, or a rich version of which the narrowest word counts. */
function versionOf(value: unknown, versions: Fields): string | undefined {
  if (typeof value === 'string') return value || undefined;
  const rich = objectOf(value);
  if (typeof rich['ref'] === 'string') return versionOf(versions[rich['ref']], {});
  return textOf(rich['strictly']) || textOf(rich['require']) || textOf(rich['prefer']) || undefined;
}

/** What Gradle has verified, where it locks nothing: plugins and former versions may stand there too. */
export const gradleVerification: LockFormat = {
  ecosystem: 'Maven',
  matches: (file) => file === 'verification-metadata.xml',
  async read(text, beside) {
    const root = readXml(text);
    if (root.name !== 'verification-metadata') throw new LockFileRefused('it is no verification metadata of Gradle');
    if ((await beside('../gradle.lockfile')) !== undefined) return { packages: [], runtime: [], development: [] };
    const packages = [...descendants(child(root, 'components') ?? root, 'component')].flatMap(
      ({ attributes, line }): readonly LockedPackage[] => {
        const [group, name, version] = ['group', 'name', 'version'].map((key) => attributes.get(key));
        if (!group || !name || !version) return [];
        return [{ id: `${group}:${name}@${version}`, name: `${group}:${name}`, version, line, needs: [] }];
      },
    );
    const configured = childText(child(root, 'configuration'), 'verify-metadata');
    if (packages.length === 0 && configured === undefined) throw new LockFileRefused('it names no components');
    return { packages, runtime: undefined, development: [], direct: new Set<string>() } satisfies LockedGraph;
  },
};
