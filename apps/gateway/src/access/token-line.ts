import { everything, within, type Grant } from './grants.ts';

/** A token row, as far as its standing goes. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly team: string | null;
  /** Made by the installation, before anybody had a name. */
  readonly first: boolean;
  readonly first_used_at: Date | null;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_because: string | null;
  /** What a job of a build system may speak about, as JSON. */
  readonly bound: string | null;
}

/** Whose token it is. */
export interface TokenPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly disabled: boolean;
  readonly grants: readonly Grant[];
}

/** What stands behind a token now. */
export interface TokenLine {
  /** The token, the one that made it, and so on. */
  readonly tokens: readonly TokenRow[];
  /** Undefined for a token that is nobody's. */
  readonly person: TokenPerson | undefined;
  /** Applications by team, for the teams that the tokens name. */
  readonly applications: ReadonlyMap<string, readonly string[]>;
}

/** What a token allows now; `refused` says why it allows nothing. */
export type Standing =
  | { readonly token: TokenRow; readonly grants: readonly Grant[]; readonly team: string | null; readonly expiresAt: Date | null }
  | { readonly refused: string; readonly code: 'unauthorized' | 'first_token_ended' };

const firstLastsMs = 24 * 3_600_000;

/** What a person on the machine can do who has no way in any more. */
const wayBackIn = 'make a named administrator on the machine that runs the platform: `npx throughline admin create <name>`';

/**
 * Works out a token's standing from its line: what its person may do, as far as the token and each of those that made it
 * also allow it. It ends when one of them does, and with its person.
 */
export function standingOf({ tokens, person, applications }: TokenLine, now: Date): Standing {
  const [token] = tokens;
  if (!token) return refused('the token is not known here');
  if (person?.disabled) return refused(`the account of ${person.name} was disabled`);
  for (const row of tokens) {
    const whose = row === token ? 'the token' : `the token ${row.name}, with which this one was made,`;
    const end = row.first ? endOfFirst(row, now) : undefined;
    if (end) {
      return { refused: `the first administrator's token has ended: ${end}. Sign in by name, or ${wayBackIn}`, code: 'first_token_ended' };
    }
    if (row.ended_at) return refused(`${whose} ended: ${row.ended_because ?? 'it was revoked'}`);
    if (row.expires_at && row.expires_at <= now) return refused(`${whose} expired`);
  }
  const expiries = tokens.flatMap(({ expires_at }) => (expires_at ? [expires_at.getTime()] : []));
  const bounds = tokens.map((row) => boundOf(row, applications));
  return {
    token,
    grants: bounds.reduce<readonly Grant[]>(within, person?.grants ?? [everything]),
    team: tokens.find(({ team }) => team !== null)?.team ?? null,
    expiresAt: expiries.length > 0 ? new Date(Math.min(...expiries)) : null,
  };
}

function refused(why: string): Standing {
  return { refused: why, code: 'unauthorized' };
}

function endOfFirst({ ended_at, ended_because, first_used_at }: TokenRow, now: Date): string | undefined {
  if (ended_at) return ended_because ?? 'it was revoked';
  const isOver = first_used_at !== null && first_used_at.getTime() + firstLastsMs <= now.getTime();
  return isOver ? '24 hours have passed since it was first used' : undefined;
}

function boundOf({ rights, team, bound }: TokenRow, applications: TokenLine['applications']): Grant {
  // Which rows a job reaches follows from its repository: the handlers that let it in look at that.
  if (bound !== null) return { rights, applications: '*', teams: [] };
  return team === null ? { ...everything, rights } : { rights, applications: applications.get(team) ?? [], teams: [team] };
}
