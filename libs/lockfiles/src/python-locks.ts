import {
  LockFileRefused,
  listOf,
  objectOf,
  parseJson,
  type Beside,
  type Fields,
  type LockedGraph,
  type LockedPackage,
  type LockFormat,
} from './lock-file.ts';
import { readToml } from './markup.ts';
import { nameOfRequirement, pythonName } from './python-names.ts';
import { wantedByPyproject } from './pyproject.ts';

/** `poetry.lock`, `uv.lock` and `pdm.lock`: a list of packages in TOML. */
export const pythonLocks: LockFormat = {
  ecosystem: 'PyPI',
  matches: (file) => file === 'poetry.lock' || file === 'uv.lock' || file === 'pdm.lock',
  async read(text, beside) {
    const entries = listOf((await readToml(text))['package']).map(objectOf);
    if (entries.length === 0 && !/^\[(?:metadata|\[package\]\])/m.test(text) && !text.includes('version = ')) {
      throw new LockFileRefused('it holds no packages');
    }
    const wanted = await wantedByPyproject(await beside('pyproject.toml'));
    return graphOf(entries, tableLines(text), wanted);
  },
};

/** `Pipfile.lock` (JSON); `Pipfile` tells what is direct. */
export const pipfileLock: LockFormat = {
  ecosystem: 'PyPI',
  matches: (file) => file === 'Pipfile.lock',
  async read(text, beside) {
    const lock = parseJson(text);
    if (lock['default'] === undefined && lock['develop'] === undefined) throw new LockFileRefused('it has neither default nor develop');
    const sections = { runtime: pipfileSection(text, lock['default']), development: pipfileSection(text, lock['develop']) };
    const packages = [...new Map([...sections.development, ...sections.runtime].map((locked) => [locked.id, locked])).values()];
    const direct = await directByPipfile(beside);
    const ids = (section: readonly LockedPackage[]): string[] => section.map(({ id }) => id);
    if (!direct) return { packages, runtime: ids(sections.runtime), development: ids(sections.development) };
    // The file has no edges: what is not direct is reached from an unnamed middle, so its scope is taken from its section.
    return { packages, runtime: ids(sections.runtime), development: ids(sections.development), direct };
  },
};

function graphOf(entries: readonly Fields[], lines: readonly number[], wanted: Awaited<ReturnType<typeof wantedByPyproject>>): LockedGraph {
  const byName = new Map<string, string>();
  const packages: LockedPackage[] = [];
  const roots = { runtime: new Set(wanted?.runtime), development: new Set(wanted?.development) };
  let known = wanted !== undefined;
  entries.forEach((entry, index) => {
    const name = typeof entry['name'] === 'string' ? pythonName(entry['name']) : undefined;
    if (name === undefined) return;
    const source = objectOf(entry['source']);
    if (source['virtual'] !== undefined || source['editable'] !== undefined) {
      known = true;
      needsOf(entry['dependencies']).forEach((need) => roots.runtime.add(need));
      Object.values(objectOf(entry['optional-dependencies']))
        .flatMap(needsOf)
        .forEach((need) => roots.runtime.add(need));
      Object.values(objectOf(entry['dev-dependencies']))
        .flatMap(needsOf)
        .forEach((need) => roots.development.add(need));
      return;
    }
    if (typeof entry['version'] !== 'string') return;
    const id = `${name}@${entry['version']}`;
    byName.set(name, id);
    packages.push({ id, name, version: entry['version'], line: lines[index], needs: needsOf(entry['dependencies']) });
  });
  const ids = (names: Iterable<string>): string[] => [...names].flatMap((name) => byName.get(name) ?? []);
  return {
    packages: packages.map((locked) => ({ ...locked, needs: ids(locked.needs) })),
    runtime: known ? ids(roots.runtime) : undefined,
    development: ids(roots.development),
  };
}

/** poetry: a table by name; uv: a list of tables with a name; pdm: a list of requirements. */
function needsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return Object.keys(objectOf(value)).map(pythonName);
  return value.flatMap((item) => {
    if (typeof item === 'string') return nameOfRequirement(item) ?? [];
    const name = objectOf(item)['name'];
    return typeof name === 'string' ? pythonName(name) : [];
  });
}

/** The line of each `[[package]]`, in order. */
function tableLines(text: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => (line.trim() === '[[package]]' ? [index + 1] : []));
}

function pipfileSection(text: string, section: unknown): readonly LockedPackage[] {
  return Object.entries(objectOf(section)).flatMap(([name, value]) => {
    const version = objectOf(value)['version'];
    if (typeof version !== 'string' || !version.startsWith('==')) return [];
    const line = text.slice(0, text.indexOf(`"${name}": {`) + 1).split('\n').length;
    return [{ id: `${pythonName(name)}@${version.slice(2)}`, name: pythonName(name), version: version.slice(2), line, needs: [] }];
  });
}

async function directByPipfile(beside: Beside): Promise<ReadonlySet<string> | undefined> {
  const text = await beside('Pipfile');
  if (text === undefined) return undefined;
  try {
    const pipfile = await readToml(text);
    return new Set([...Object.keys(objectOf(pipfile['packages'])), ...Object.keys(objectOf(pipfile['dev-packages']))].map(pythonName));
  } catch {
    return undefined;
  }
}
