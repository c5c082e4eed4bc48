import type { LockedGraph, LockedPackage, LockFormat, OpenPackage } from './lock-file.ts';
import { keyOf, Properties, readModel, type Declared, type Model } from './maven-model.ts';
import { exactVersion, isOpenVersion } from './maven-version.ts';

/**
 * `pom.xml`: what a project asks for, with properties, managed versions and parents of the repository. Nothing else is known of it
 * without asking a repository of Maven, and what stays open is named.
 */
export const mavenPom: LockFormat = {
  ecosystem: 'Maven',
  matches: (file) => file === 'pom.xml' || file.endsWith('.pom'),
  async read(text, beside) {
    const model = await readModel(text, beside);
    const versions = new Versions(model);
    const [packages, forTests, open]: [LockedPackage[], Set<string>, OpenPackage[]] = [[], new Set(), []];
    for (const declared of model.dependencies) {
      const resolved = versions.resolve(declared);
      if ('reason' in resolved) open.push(resolved);
      else packages.push(resolved);
      if ('id' in resolved && versions.scopeOf(declared) === 'test') forTests.add(resolved.id);
    }
    return {
      packages,
      runtime: packages.flatMap(({ id }) => (forTests.has(id) ? [] : [id])),
      development: [...forTests],
      open: [...open, ...versions.imports],
    } satisfies LockedGraph;
  },
};

/** Finds versions for what a model asks for. */
class Versions {
  /** Lists of versions that other projects publish. */
  readonly imports: readonly OpenPackage[];
  readonly #properties: Properties;
  readonly #managed = new Map<string, Declared>();
  readonly #elsewhere: string;

  constructor({ properties, managed, missing }: Model) {
    this.#properties = new Properties(properties);
    this.imports = managed.filter(isImport).map((one) => this.#importOf(one));
    this.#elsewhere = [...missing, ...this.imports.map(({ name }) => name)].slice(0, 3).join(', ');
    for (const one of managed) {
      const named = this.#named(one);
      if (named && !isImport(one) && !this.#managed.has(keyOf(named))) this.#managed.set(keyOf(named), named);
    }
  }

  scopeOf(declared: Declared): string | undefined {
    const named = this.#named(declared);
    return declared.scope ?? (named && this.#managed.get(keyOf(named))?.scope);
  }

  resolve(declared: Declared): LockedPackage | OpenPackage {
    const named = this.#named(declared);
    const { group, artifact } = named ?? declared;
    const name = `${group}:${artifact}`;
    const line = declared.line === undefined ? {} : { line: declared.line };
    if (!named || /[\s/]/.test(name)) return { name, ...line, reason: 'its name has a property that is set nowhere here' };
    const version = this.#versionOf(named);
    return 'reason' in version ? { name, ...line, ...version } : { id: `${name}@${version.version}`, name, ...version, ...line, needs: [] };
  }

  #versionOf(named: Declared): { readonly version: string } | { readonly reason: string } {
    const said = named.version ?? this.#managed.get(keyOf(named))?.version;
    if (said === undefined) return { reason: this.#elsewhere === '' ? 'it has no version' : `its version comes from ${this.#elsewhere}` };
    const whole = this.#properties.put(said);
    if (whole === undefined) return { reason: `its version ${said.slice(0, 60)} is set nowhere here` };
    const version = exactVersion(whole);
    return version === '' || isOpenVersion(version) ? { reason: `${version.slice(0, 60)} is a range` } : { version };
  }

  #named(declared: Declared): Declared | undefined {
    const [group, artifact] = [this.#properties.put(declared.group), this.#properties.put(declared.artifact)];
    return group === undefined || artifact === undefined ? undefined : { ...declared, group, artifact };
  }

  #importOf({ group, artifact, version, line }: Declared): OpenPackage {
    const name = [group, artifact, version ?? '?'].map((part) => this.#properties.put(part) ?? part).join(':');
    return { name, ...(line !== undefined && { line }), reason: 'it is a list of versions outside the repository' };
  }
}

function isImport({ scope, type }: Declared): boolean {
  return scope === 'import' && type === 'pom';
}
