/** A token row, as far as its rights go. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly team: string | null;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_because: string | null;
}

/** What a token allows now; `refused` says why it allows nothing. */
export type Standing =
  | { readonly token: TokenRow; readonly rights: readonly string[]; readonly team: string | null; readonly expiresAt: Date | null }
  | { readonly refused: string };

/**
 * Works out a token's standing from its line: the token, the one that made it, and so on. Its rights are never more than
 * what each of its makers has now, and it ends when one of them does.
 */
export function standingOf(line: readonly TokenRow[], now: Date): Standing {
  const [token] = line;
  if (!token) return { refused: 'the token is not known here' };
  for (const row of line) {
    const whose = row === token ? 'the token' : `the token ${row.name}, with which this one was made,`;
    if (row.ended_at) return { refused: `${whose} ended: ${row.ended_because ?? 'it was revoked'}` };
    if (row.expires_at && row.expires_at <= now) return { refused: `${whose} expired` };
  }
  const expiries = line.flatMap(({ expires_at }) => (expires_at ? [expires_at.getTime()] : []));
  return {
    token,
    rights: line.map(({ rights }) => rights).reduce(intersection),
    team: line.find(({ team }) => team !== null)?.team ?? null,
    expiresAt: expiries.length > 0 ? new Date(Math.min(...expiries)) : null,
  };
}

/** Rights that are in both lists; `*` stands for all. */
export function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.includes('*')) return b;
  if (b.includes('*')) return a;
  return a.filter((right) => b.includes(right));
}

/** The rights asked for that the other list does not have. */
export function excess(asked: readonly string[], held: readonly string[]): string[] {
  return held.includes('*') ? [] : asked.filter((right) => !held.includes(right));
}
