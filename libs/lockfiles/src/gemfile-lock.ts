import { LockFileRefused, type Beside, type LockedGraph, type LockedPackage, type LockFormat } from './lock-file.ts';

interface Spec {
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly needs: string[];
  /** It lies in the repository. */
  readonly own: boolean;
}

interface Lock {
  readonly specs: readonly Spec[];
  readonly asked: readonly string[];
}

/** `Gemfile.lock` and `gems.locked`. One gem may stand there for several platforms: it is one package. */
export const gemfileLock: LockFormat = {
  ecosystem: 'RubyGems',
  matches: (file) => file === 'Gemfile.lock' || file === 'gems.locked',
  async read(text, beside) {
    const { specs, asked } = parseLock(text);
    const byName = new Map<string, string[]>();
    for (const spec of specs) if (!spec.own) byName.set(spec.name, [...new Set([...(byName.get(spec.name) ?? []), idOf(spec)])]);
    const ids = (names: Iterable<string>): string[] => [...names].flatMap((name) => byName.get(name) ?? []);
    const forDevelopment = await developmentGems(beside);
    const own = specs.filter((spec) => spec.own).flatMap(({ needs }) => needs);
    return {
      packages: packagesOf(specs, ids),
      runtime: ids([...asked.filter((name) => !forDevelopment.has(name)), ...own]),
      development: ids(asked.filter((name) => forDevelopment.has(name))),
    } satisfies LockedGraph;
  },
};

function idOf({ name, version }: Pick<Spec, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

function packagesOf(specs: readonly Spec[], ids: (names: Iterable<string>) => string[]): readonly LockedPackage[] {
  const packages = new Map<string, LockedPackage>();
  for (const spec of specs) {
    if (spec.own) continue;
    const before = packages.get(idOf(spec));
    const needs = [...new Set([...(before?.needs ?? []), ...ids(spec.needs)])];
    packages.set(idOf(spec), { id: idOf(spec), name: spec.name, version: spec.version, line: before?.line ?? spec.line, needs });
  }
  return [...packages.values()];
}

/** Sections at the margin, gems indented by four, what they need by six; what the project asks for by two. */
function parseLock(text: string): Lock {
  const [specs, asked]: [Spec[], string[]] = [[], []];
  let section = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^(?:<{7}|>{7}|={7})/.test(line)) throw new LockFileRefused(`it has a merge conflict in line ${index + 1}`);
    if (/^\S/.test(line)) section = line.trim();
    const [, indent, name, version] = /^( {2}| {4}| {6})(?! )([^\s(!]+)(?: \(([^)]*)\))?!?$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (section === 'DEPENDENCIES' && indent!.length === 2) asked.push(name);
    if (!['GEM', 'GIT', 'PATH', 'PLUGIN SOURCE'].includes(section)) continue;
    if (indent!.length === 6) specs.at(-1)?.needs.push(name);
    // What follows the first hyphen of a locked version is the platform.
    else if (indent!.length === 4 && version)
      specs.push({ name, version: version.split('-', 1)[0]!, line: index + 1, needs: [], own: section === 'PATH' });
  }
  if (section === '') throw new LockFileRefused('it has no sections');
  return { specs, asked };
}

/** Gems that the Gemfile names for development and tests only. It is Ruby: what cannot be told from its lines is needed at run time. */
async function developmentGems(beside: Beside): Promise<ReadonlySet<string>> {
  const gemfile = (await beside('Gemfile')) ?? (await beside('gems.rb')) ?? '';
  const [forDevelopment, needed] = [new Set<string>(), new Set<string>()];
  const blocks: boolean[] = [];
  for (const line of gemfile.split(/\r?\n/)) {
    const code = line.replace(/(^|\s)#.*$/, '').trim();
    const [, name] = /^gem[\s(]+["']([^"']+)["']/.exec(code) ?? [];
    if (name !== undefined)
      (blocks.includes(true) || isForDevelopment(/\bgroups?(?::|\s*=>)\s*(.+)$/.exec(code)?.[1]) ? forDevelopment : needed).add(name);
    else if (/\bdo(?:\s*\|[^|]*\|)?$/.test(code)) blocks.push(isForDevelopment(/^group[\s(]+(.+?)\)?\s+do\b/.exec(code)?.[1]));
    else if (/^(?:if|unless|case|begin|def)\b/.test(code)) blocks.push(false);
    else if (/^end\b/.test(code)) blocks.pop();
  }
  return new Set([...forDevelopment].filter((name) => !needed.has(name)));
}

function isForDevelopment(groups: string | undefined): boolean {
  const names = groups?.match(/:\w+|["']\w+["']/g)?.map((name) => name.replace(/\W/g, '')) ?? [];
  return names.length > 0 && names.every((name) => /^(?:development|test|ci|lint|docs?)$/.test(name));
}
