import type { SourceScope } from '@throughline/contracts';

const ofOnePart = '*';
const ofAllParts = '**';

/** Whether a source may speak about a repository: no list means any that its provider knows. */
export function scopeCovers(scope: SourceScope, repository: { readonly id: string; readonly fullName: string }): boolean {
  if (scope.repositories === undefined) return true;
  return scope.repositories.some((glob) => globMatches(glob, repository.fullName) || globMatches(glob, repository.id));
}

/** Names that nobody gave to anything: a glob that covers them covers all. */
const ofNobody = ['2f9c41d07be8/8d1e5a60c3f7', 'git.invalid/2f9c41d07be8/8d1e5a60c3f7'];

/**
 * Why a scope will not do; undefined when it will. A source whose requests nothing signs must name what it may speak about: who
 * learns its secret speaks for no more than that.
 */
export function scopeFault(scope: SourceScope | undefined, unsigned: boolean): string | undefined {
  if (!unsigned) return undefined;
  const globs = scope?.repositories ?? [];
  if (globs.length === 0) return 'must name the repositories: this kind signs nothing';
  return globs.some((glob) => ofNobody.some((name) => globMatches(glob, name)))
    ? 'must not cover everything: this kind signs nothing'
    : undefined;
}

/** Matches without regard to case; `*` stands for any text within a path part, `**` for any text. Linear in memory, bounded in time. */
export function globMatches(glob: string, text: string): boolean {
  const tokens = glob.toLowerCase().match(/\*\*|./gsu) ?? [];
  let reached = new Set([0]);
  for (const char of text.toLowerCase()) {
    reached = step(tokens, spread(tokens, reached), char);
    if (reached.size === 0) return false;
  }
  return spread(tokens, reached).has(tokens.length);
}

/** Places that are reached without a further character: a star may stand for nothing. */
function spread(tokens: readonly string[], places: ReadonlySet<number>): Set<number> {
  const all = new Set(places);
  for (const place of all) if (isStar(tokens[place])) all.add(place + 1);
  return all;
}

function step(tokens: readonly string[], places: ReadonlySet<number>, char: string): Set<number> {
  const next = new Set<number>();
  for (const place of places) {
    const token = tokens[place];
    if (token === ofAllParts || (token === ofOnePart && char !== '/')) next.add(place);
    else if (token === char && !isStar(token)) next.add(place + 1);
  }
  return next;
}

function isStar(token: string | undefined): boolean {
  return token === ofOnePart || token === ofAllParts;
}
