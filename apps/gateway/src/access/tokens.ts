import { Injectable } from '@nestjs/common';
import { uuidv7, type NewToken, type Page, type Token, type TokenMade, type TokenQuery } from '@throughline/contracts';
import { allRights, Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Tx } from '@throughline/service';
import { FirstToken } from './first-token.ts';
import { everywhere, type GatewayCaller } from './gateway-caller.ts';
import { excess } from './grants.ts';
import { hashOf, newSecret } from './secret.ts';
import { shownToken, tokenColumns, type ShownTokenRow } from './shown-token.ts';
import { TokenLines } from './token-lines.ts';

const defaultDays = 90;
const longestDays = 730;
const dayMs = 86_400_000;

/** A token as it is to be made. */
interface Wanted {
  readonly name: string;
  readonly rights: readonly string[];
  readonly team?: string | null;
  readonly person?: string;
  readonly madeWith?: string;
  readonly expiresAt: Date;
}

/** The tokens of this installation: made, listed, ended. Only their hashes are kept. */
@Injectable()
export class Tokens {
  constructor(
    private readonly database: Database,
    private readonly lines: TokenLines,
    private readonly first: FirstToken,
  ) {}

  /** Makes a token with at most the rights of the caller; the answer holds the secret, which nobody can show again. */
  async make(caller: GatewayCaller, asked: NewToken): Promise<TokenMade> {
    refuseExcess(caller, asked);
    const days = Math.min(asked.expiresInDays ?? defaultDays, longestDays);
    const expiresAt = new Date(Math.min(Date.now() + days * dayMs, caller.expiresAt?.getTime() ?? Infinity));
    const team = asked.team ?? caller.team;
    const made = await this.database.transaction(async (tx) => {
      if (asked.rights.includes('*') && !team && everywhere(caller, undefined)) await this.first.end(tx);
      const { name, rights } = asked;
      return this.insert(tx, { name, rights, team, person: caller.person?.id, madeWith: caller.token, expiresAt });
    });
    this.lines.forget();
    return made;
  }

  /** A token with which a person may do all that the person may do; whoever calls this has made sure that it may. */
  async makeFor(tx: Tx, person: string, name: string): Promise<TokenMade> {
    return this.insert(tx, { name, rights: ['*'], person, expiresAt: new Date(Date.now() + defaultDays * dayMs) });
  }

  async page(caller: GatewayCaller, { limit = defaultLimit, cursor, person }: TokenQuery): Promise<Page<Token>> {
    const after = decodeCursor(cursor, 1);
    const params: unknown[] = [after?.[0] ?? null, person ?? null, limit + 1];
    const found = await this.database.rows<ShownTokenRow>(
      `select ${tokenColumns} from token left join person on person.id = token.person
       where ended_at is null and ci_issuer is null and ($1::text is null or token.id::text < $1) and ($2::text is null or person.id::text = $2)
         and ${manageable(caller, 'tokens:read', params)}
       order by token.id desc limit $3`,
      params,
    );
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { items: page.items.map(shownToken), next: page.next };
  }

  async one(caller: GatewayCaller, id: string): Promise<Token> {
    const params: unknown[] = [id];
    const [found] = await this.database.rows<ShownTokenRow>(
      `select ${tokenColumns} from token left join person on person.id = token.person
       where token.id = $1 and ended_at is null and ${manageable(caller, 'tokens:read', params)}`,
      params,
    );
    if (!found) throw new Problem(404, 'not_found', 'there is no such token');
    return shownToken(found);
  }

  /** Ends a token, and with it what was made with it and the sessions that lean on it. */
  async end(caller: GatewayCaller, id: string): Promise<void> {
    const params: unknown[] = [id];
    const ended = await this.database.rows(
      `update token set ended_at = now(), ended_because = 'it was revoked'
       where id = $1 and ended_at is null and ${manageable(caller, 'tokens:write', params)} returning id`,
      params,
    );
    if (ended.length === 0) throw new Problem(404, 'not_found', 'there is no such token');
    this.lines.forget();
  }

  private async insert(tx: Tx, { name, rights, team, person, madeWith, expiresAt }: Wanted): Promise<TokenMade> {
    const secret = newSecret('token');
    const id = uuidv7();
    await rows(
      tx,
      `insert into token (id, name, hash, prefix, rights, team, person, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, (select id from token where id = $8 and not first), $9)`,
      [id, name, hashOf(secret), secret.slice(0, 7), rights, team ?? null, person ?? null, madeWith ?? null, expiresAt],
    );
    const [row] = await rows<ShownTokenRow>(
      tx,
      `select ${tokenColumns} from token left join person on person.id = token.person where token.id = $1`,
      [id],
    );
    return { ...shownToken(row!), secret };
  }
}

/** Everybody manages their own tokens and those that are nobody's of their teams; who manages people, all. */
function manageable(caller: GatewayCaller, right: 'tokens:read' | 'tokens:write', params: unknown[]): string {
  const ofPeople = right === 'tokens:read' ? 'people:read' : 'people:write';
  if (everywhere(caller, right) && (!caller.person || everywhere(caller, ofPeople))) return 'true';
  const teams = caller.teams === '*' ? null : caller.teams;
  params.push(caller.person?.id ?? null, teams, caller.token);
  const [person, team, own] = [params.length - 2, params.length - 1, params.length];
  return `(token.person = $${person}::uuid or token.id = $${own}::uuid
    or (token.person is null and $${team}::text[] is not null and token.team = any ($${team}::text[])))`;
}

function refuseExcess(caller: GatewayCaller, asked: NewToken): void {
  const known = new Set<string>(['*', ...allRights]);
  const unknown = asked.rights.filter((right) => !known.has(right));
  if (unknown.length > 0) {
    throw new Problem(400, 'invalid', 'a right is not known', [{ pointer: '/rights', detail: `unknown: ${unknown.join(', ')}` }]);
  }
  if (asked.team && caller.teams !== '*' && !caller.teams.includes(asked.team)) {
    const own = caller.teams.length > 0 ? `for ${caller.teams.join(', ')} only` : 'for no team';
    throw new Problem(403, 'forbidden', `you make tokens ${own}`);
  }
  const over = excess({ rights: asked.rights, applications: [], teams: asked.team ? [asked.team] : [] }, caller.grants);
  if (over.length > 0) throw new Problem(403, 'forbidden', `a token cannot allow more than the one that makes it: ${over.join(', ')}`);
}
