import semver from 'semver';

/** What a dependent asks for: `range` when it is one, and the package behind an alias. */
export interface Wish {
  readonly name: string;
  readonly range: string | undefined;
  /** `npm:other@` before the range. */
  readonly prefix: string;
}

/** Reads a specification of package.json or a lock file. */
export function wishOf(name: string, specification: string): Wish {
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)@(.*)$/.exec(specification);
  const range = alias ? alias[2]! : specification;
  return {
    name: alias ? alias[1]! : name,
    range: semver.validRange(range, { loose: true }) === null ? undefined : range,
    prefix: alias ? `npm:${alias[1]}@` : '',
  };
}

export function admits(range: string, version: string): boolean {
  return semver.satisfies(version, range, { loose: true, includePrerelease: semver.prerelease(version) !== null });
}

/**
 * The range that asks for at least the version, in the manner of the old one: `^1.2.0` becomes `^1.3.1`. The old one when
 * it lets no affected version in; undefined when it is of a form that nobody should rewrite by machine.
 */
export function raisedRange(range: string, change: { readonly from: readonly string[]; readonly to: string }): string | undefined {
  const open = change.from.some((version) => admits(range, version));
  if (!open && admits(range, change.to)) return range;
  const simple = /^\s*(\^|~|>=|=|v)?\s*v?(\d+(?:\.\d+){0,2}(?:-[\w.]+)?)\s*$/.exec(range);
  if (!simple) return admits(range, change.to) ? range : undefined;
  const operator = simple[1] === 'v' ? '' : (simple[1] ?? '');
  const partial = operator === '' && simple[2]!.split('.').length < 3 && !simple[2]!.includes('-');
  return partial ? `^${change.to}` : `${operator}${change.to}`;
}
