import { Injectable } from '@nestjs/common';
import { Database, Problem, type Bound } from '@throughline/service';
import { Clock } from './clock.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { reachOf, type Grant } from './grants.ts';
import { RoleBindings } from './role-bindings.ts';
import { standingOf, type TokenLine, type TokenPerson, type TokenRow } from './token-line.ts';

const rememberMs = 5_000;
const rememberAtMost = 10_000;
/** A token made with a token made with a token …: longer lines end here, and allow nothing. */
const longestLine = 20;

interface Remembered {
  readonly caller: GatewayCaller;
  readonly until: number;
}

interface LineRow extends TokenRow {
  readonly person_id: string | null;
  readonly person_name: string;
  readonly email: string | null;
  readonly disabled: boolean;
}

/** Finds out what a token allows now, by its hash or by its id; remembers it for five seconds. */
@Injectable()
export class TokenLines {
  private remembered = new Map<string, Remembered>();
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly bindings: RoleBindings,
    private readonly clock: Clock,
  ) {}

  /** Throws `Problem` 401, saying why, for a token that allows nothing. */
  byHash(hash: Buffer): Promise<GatewayCaller> {
    return this.caller(hash.toString('hex'), 'hash = $1', hash);
  }

  byId(id: string): Promise<GatewayCaller> {
    return this.caller(id, 'id = $1', id);
  }

  /** After a token was made or ended, or a role given or taken: what was remembered may be wrong. */
  forget(): void {
    this.remembered = new Map();
    for (const listener of this.listeners) listener();
  }

  /** Calls the listener after each such change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private async caller(key: string, condition: string, value: unknown): Promise<GatewayCaller> {
    const now = this.clock.now().getTime();
    const known = this.remembered.get(key);
    if (known && known.until > now) return known.caller;
    const remembered = this.remembered;
    const caller = await this.read(condition, value);
    if (remembered.size >= rememberAtMost) remembered.clear();
    remembered.set(key, { caller, until: now + rememberMs });
    return caller;
  }

  private async read(condition: string, value: unknown): Promise<GatewayCaller> {
    const now = this.clock.now();
    const line = await this.line(condition, value, now);
    const standing = standingOf(line, now);
    if ('refused' in standing) throw new Problem(401, standing.code, standing.refused);
    const { token, grants, team, expiresAt } = standing;
    await this.database.rows(
      `update token set last_used_at = $2, first_used_at = coalesce(first_used_at, $2)
       where id = $1 and coalesce(last_used_at < $2::timestamptz - interval '1 minute', true)`,
      [token.id, now],
    );
    const { person } = line;
    return {
      kind: 'user',
      via: 'token',
      id: person?.id ?? token.id,
      name: person?.name ?? token.name,
      token: token.id,
      person: person && { id: person.id, name: person.name, email: person.email },
      grants,
      ...reachOf(grants, undefined),
      team,
      expiresAt,
      ...(token.bound === null ? {} : { bound: JSON.parse(token.bound) as Bound }),
    };
  }

  private async line(condition: string, value: unknown, now: Date): Promise<TokenLine> {
    const found = await this.database.rows<LineRow>(
      `with recursive line as (
         select token.*, 1 as depth from token where ${condition}
         union all
         select maker.*, depth + 1 from token maker join line on maker.id = line.created_by where depth <= ${longestLine}
       ) select line.id, line.name, rights, team, first, first_used_at, expires_at, ended_at, ended_because, bound,
           person.id as person_id, person.name as person_name, email, disabled_at is not null as disabled
         from line left join person on person.id = line.person order by depth`,
      [value],
    );
    if (found.length > longestLine) throw new Problem(401, 'unauthorized', 'the token was made by too long a line of tokens');
    const own = found[0]?.person_id ? await this.bindings.active(found[0].person_id, now) : [];
    const applications = await this.bindings.applicationsByTeam([...found, ...own].flatMap(({ team }) => team ?? []));
    return { tokens: found, person: personOf(found[0], this.bindings.grants(own, applications)), applications };
  }
}

function personOf(row: LineRow | undefined, grants: readonly Grant[]): TokenPerson | undefined {
  if (!row?.person_id) return undefined;
  return { id: row.person_id, name: row.person_name, email: row.email, disabled: row.disabled, grants };
}
