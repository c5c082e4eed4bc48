import { Injectable } from '@nestjs/common';
import { Database, Problem } from '@throughline/service';
import type { GatewayCaller } from './gateway-caller.ts';
import { standingOf, type TokenRow } from './token-line.ts';

const rememberMs = 5_000;
const rememberAtMost = 10_000;
/** A token made with a token made with a token …: longer lines end here, and allow nothing. */
const longestLine = 20;

interface Remembered {
  readonly caller: GatewayCaller;
  readonly until: number;
}

/** Finds out what a token allows now, by its hash or by its id; remembers it for five seconds. */
@Injectable()
export class TokenLines {
  private remembered = new Map<string, Remembered>();

  constructor(private readonly database: Database) {}

  /** Throws `Problem` 401, saying why, for a token that allows nothing. */
  byHash(hash: Buffer): Promise<GatewayCaller> {
    return this.caller(hash.toString('hex'), 'hash = $1', hash);
  }

  byId(id: string): Promise<GatewayCaller> {
    return this.caller(id, 'id = $1', id);
  }

  /** After a token was made or ended: what was remembered may be wrong. */
  forget(): void {
    this.remembered = new Map();
  }

  private async caller(key: string, condition: string, value: unknown): Promise<GatewayCaller> {
    const known = this.remembered.get(key);
    if (known && known.until > Date.now()) return known.caller;
    const remembered = this.remembered;
    const caller = await this.read(condition, value);
    if (remembered.size >= rememberAtMost) remembered.clear();
    remembered.set(key, { caller, until: Date.now() + rememberMs });
    return caller;
  }

  private async read(condition: string, value: unknown): Promise<GatewayCaller> {
    const line = await this.database.rows<TokenRow>(
      `with recursive line as (
         select token.*, 1 as depth from token where ${condition}
         union all
         select maker.*, depth + 1 from token maker join line on maker.id = line.created_by where depth <= ${longestLine}
       ) select id, name, rights, team, expires_at, ended_at, ended_because from line order by depth`,
      [value],
    );
    if (line.length > longestLine) throw new Problem(401, 'unauthorized', 'the token was made by too long a line of tokens');
    const standing = standingOf(line, new Date());
    if ('refused' in standing) throw new Problem(401, 'unauthorized', standing.refused);
    const { token, rights, team, expiresAt } = standing;
    await this.database.rows(
      `update token set last_used_at = now() where id = $1 and coalesce(last_used_at < now() - interval '1 minute', true)`,
      [token.id],
    );
    return {
      kind: 'user',
      via: 'token',
      id: token.id,
      name: token.name,
      rights,
      team,
      expiresAt,
      applications: await this.applicationsOf(team),
    };
  }

  private async applicationsOf(team: string | null): Promise<'*' | readonly string[]> {
    if (team === null) return '*';
    const found = await this.database.rows<{ name: string }>('select name from application where team = $1 order by name limit 1000', [
      team,
    ]);
    return found.map(({ name }) => name);
  }
}
