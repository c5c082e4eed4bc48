import { LockFileRefused, type LockedGraph, type LockedPackage, type LockFormat, type OpenPackage } from './lock-file.ts';

interface Requirement {
  readonly path: string;
  readonly version: string;
  readonly line: number;
  readonly indirect: boolean;
}

interface Replacement {
  readonly version: string | undefined;
  readonly path: string;
  readonly by: { readonly path: string; readonly version: string | undefined };
}

interface GoMod {
  readonly requirements: readonly Requirement[];
  readonly replacements: readonly Replacement[];
  readonly excluded: ReadonlySet<string>;
  readonly go: { readonly version: string; readonly line: number } | undefined;
  readonly toolchain: { readonly version: string; readonly line: number } | undefined;
}

/**
 * `go.mod`. Since Go 1.17 it names every module of a build in the version that was selected; before that, the modules in between
 * stand in `go.sum` only. Go itself is the package `stdlib`.
 */
export const goMod: LockFormat = {
  ecosystem: 'Go',
  matches: (file) => file === 'go.mod',
  async read(text, beside) {
    const mod = parseMod(text);
    const open: OpenPackage[] = [];
    const packages = mod.requirements.flatMap((requirement) => packageOf(requirement, mod, open));
    const direct = new Set(mod.requirements.flatMap((one) => (one.indirect ? [] : [replaced(one, mod).path])));
    const known = new Set(mod.requirements.map(({ path }) => path));
    const summed = isOlder(mod.go?.version, 17) ? packagesInSum((await beside('go.sum')) ?? '', known) : { built: [], seen: [] };
    const library = libraryOf(mod);
    return {
      packages: [...library, ...packages, ...summed.built, ...summed.seen],
      runtime: [...library, ...packages, ...summed.built].map(({ id }) => id),
      development: [],
      direct: new Set([...direct, 'stdlib']),
      open,
    } satisfies LockedGraph;
  },
};

const moduleVersion = /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

function packageOf(requirement: Requirement, mod: GoMod, open: OpenPackage[]): readonly LockedPackage[] {
  const { line } = requirement;
  const { path, version } = replaced(requirement, mod);
  // A folder of the repository is its own code.
  if (version === undefined) return [];
  if (mod.excluded.has(`${path}@${version}`)) {
    open.push({ name: path, line, reason: `its version ${version} is excluded: the next one that the registry has is taken` });
    return [];
  }
  if (!moduleVersion.test(version)) {
    open.push({ name: path, line, reason: 'it names a branch or commit, not a version' });
    return [];
  }
  return [{ id: `${path}@${version}`, name: path, version, line, needs: [] }];
}

/** A replacement for one version goes before that for all. */
function replaced(
  { path, version }: Requirement,
  { replacements }: GoMod,
): { readonly path: string; readonly version: string | undefined } {
  const fitting = replacements.filter((one) => one.path === path && (one.version === undefined || one.version === version));
  return (fitting.find((one) => one.version !== undefined) ?? fitting[0])?.by ?? { path, version };
}

/** Go's own version: what the toolchain line names, else the go line, which names the oldest that is allowed since Go 1.21. */
function libraryOf({ go, toolchain }: GoMod): readonly LockedPackage[] {
  const said = toolchain ?? (isOlder(go?.version, 21) ? undefined : go);
  const [, release, pre, number] = /^(\d+\.\d+(?:\.\d+)?)(?:(rc|beta)(\d+))?/.exec(said?.version ?? '') ?? [];
  if (!said || release === undefined) return [];
  const whole = release.split('.').length === 2 ? `${release}.0` : release;
  const version = pre === undefined ? whole : `${whole}-${pre}.${number!}`;
  return [{ id: `stdlib@${version}`, name: 'stdlib', version, line: said.line, needs: [] }];
}

function isOlder(go: string | undefined, minor: number): boolean {
  const [, major = '1', its = '0'] = /^(\d+)\.(\d+)/.exec(go ?? '') ?? [];
  return Number(major) < 1 || (Number(major) === 1 && Number(its) < minor);
}

/** Of each module the last version, which is the highest. Only those with a digest of their content were part of a build. */
function packagesInSum(sum: string, known: ReadonlySet<string>): { readonly built: LockedPackage[]; readonly seen: LockedPackage[] } {
  const [built, seen] = [new Map<string, LockedPackage>(), new Map<string, LockedPackage>()];
  for (const line of sum.split('\n')) {
    const [path = '', said = ''] = line.trim().split(/\s+/);
    const version = said.replace(/\/go\.mod$/, '');
    if (known.has(path) || !moduleVersion.test(version)) continue;
    (said === version ? built : seen).set(path, { id: `${path}@${version}`, name: path, version, needs: [] });
  }
  return { built: [...built.values()], seen: [...seen.values()].filter(({ name }) => !built.has(name)) };
}

function parseMod(text: string): GoMod {
  const [requirements, replacements, excluded]: [Requirement[], Replacement[], Set<string>] = [[], [], new Set()];
  const single = new Map<string, { version: string; line: number }>();
  for (const { verb, words, line, comment } of directives(text)) {
    const [first = '', second] = words;
    if (verb === 'require' && second !== undefined)
      requirements.push({ path: first, version: second, line, indirect: /^\s*indirect\b/.test(comment) });
    else if (verb === 'exclude' && second !== undefined) excluded.add(`${first}@${second}`);
    else if (verb === 'replace') replacements.push(...replacementOf(words));
    else if (verb === 'go' || verb === 'module') single.set(verb, { version: first, line });
    else if (verb === 'toolchain' && first.startsWith('go')) single.set(verb, { version: first.slice(2), line });
  }
  if (single.size === 0 && requirements.length === 0) throw new LockFileRefused('it names no module');
  return { requirements, replacements, excluded, go: single.get('go'), toolchain: single.get('toolchain') };
}

function replacementOf(words: readonly string[]): readonly Replacement[] {
  const arrow = words.indexOf('=>');
  const [path, version] = words.slice(0, arrow);
  const [by, at] = words.slice(arrow + 1);
  return arrow < 1 || path === undefined || by === undefined ? [] : [{ path, version, by: { path: by, version: at } }];
}

interface Directive {
  readonly verb: string;
  readonly words: readonly string[];
  readonly line: number;
  readonly comment: string;
}

/** One for each line; a block gives its verb to the lines in it. */
function* directives(text: string): Iterable<Directive> {
  let block: string | undefined;
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const at = content.search(/(?:^|\s)\/\//);
    const comment = at === -1 ? '' : content.slice(content.indexOf('//', at) + 2);
    const words =
      (at === -1 ? content : content.slice(0, at))
        .match(/"[^"]*"|`[^`]*`|[()]|[^\s()]+/g)
        ?.map((word) => word.replace(/^(["`])(.*)\1$/, '$2')) ?? [];
    if (words[0] === ')') block = undefined;
    else if (words[1] === '(') block = words[0];
    else if (words.length > 0) {
      const [verb = '', ...rest] = block === undefined ? words : [block, ...words];
      yield { verb, words: rest, line: index + 1, comment };
    }
  }
}
