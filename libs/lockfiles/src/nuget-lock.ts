import {
  LockFileRefused,
  linesBy,
  objectOf,
  parseJson,
  textOf,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
} from './lock-file.ts';

/** `packages.lock.json`: a graph for each framework. */
export const nugetLock: LockFormat = {
  ecosystem: 'NuGet',
  matches: (file) => file === 'packages.lock.json' || (file.startsWith('packages.') && file.endsWith('.lock.json')),
  async read(text) {
    const frameworks = parseJson(text)['dependencies'];
    if (typeof frameworks !== 'object') throw new LockFileRefused('it has no dependencies');
    const lines = linesBy(text, /^\s*"([^"]+)":\s*\{/);
    const [packages, roots]: [LockedPackage[], string[]] = [[], []];
    for (const [framework, value] of Object.entries(objectOf(frameworks))) {
      const entries = objectOf(value);
      const idOf = (name: string): string => `${framework} ${name.toLowerCase()}`;
      for (const [name, one] of Object.entries(entries)) {
        const entry = objectOf(one);
        const needs = Object.keys(objectOf(entry['dependencies'])).map(idOf);
        const kind = textOf(entry['type']).toLowerCase();
        // Another project of the solution: what it needs is needed here at first hand.
        if (kind === 'project') roots.push(...needs);
        if (kind === 'direct') roots.push(idOf(name));
        const version = textOf(entry['resolved']);
        if (kind !== 'project' && version !== '') packages.push({ id: idOf(name), name, version, line: lines.get(name), needs });
      }
    }
    return { packages, runtime: roots, development: [] } satisfies LockedGraph;
  },
};

/** `*.deps.json`: what a published program brings along. */
export const nugetDeps: LockFormat = {
  ecosystem: 'NuGet',
  matches: (file) => file.endsWith('.deps.json'),
  async read(text) {
    const deps = parseJson(text);
    if (typeof deps['targets'] !== 'object' || typeof deps['libraries'] !== 'object')
      throw new LockFileRefused('it has no targets and libraries');
    const lines = linesBy(text, /^\s*"([^"]+\/[^"]+)":\s*\{/);
    const targets = Object.values(objectOf(deps['targets'])).map(objectOf);
    const needsOf = (id: string): readonly string[] =>
      targets.flatMap((target) =>
        Object.entries(objectOf(objectOf(target[id])['dependencies'])).map(([name, version]) => `${name}/${textOf(version)}`),
      );
    const libraries = Object.entries(objectOf(deps['libraries'])).map(([id, value]) => ({ id, kind: textOf(objectOf(value)['type']) }));
    const packages = libraries.flatMap(({ id, kind }): readonly LockedPackage[] => {
      const [, name, version] = /^([^/]+)\/([^/]+)$/.exec(id) ?? [];
      if (kind !== 'package' || name === undefined || version === undefined) return [];
      return [{ id, name, version, line: lines.get(id), needs: needsOf(id) }];
    });
    const projects = libraries.filter(({ kind }) => kind === 'project');
    const roots = projects.flatMap(({ id }) => needsOf(id));
    return { packages, runtime: projects.length === 0 ? undefined : roots, development: [] } satisfies LockedGraph;
  },
};
