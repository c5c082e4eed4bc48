import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuidv7, type NewToken, type Page, type PageQuery, type Token, type TokenMade } from '@throughline/contracts';
import { allRights, Database, decodeCursor, defaultLimit, Log, pageOf, Problem, rows, type Tx } from '@throughline/service';
import { GatewayConfig } from '../config.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { hashOf, newSecret } from './secret.ts';
import { TokenLines } from './token-lines.ts';
import { excess } from './token-line.ts';

const defaultDays = 90;
const longestDays = 730;
const dayMs = 86_400_000;
const columns = 'id, name, prefix, rights, team, created_by, created_at, expires_at, last_used_at';

interface ShownRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly rights: string[];
  readonly team: string | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
}

/** The tokens of this installation: made, listed, ended. Only their hashes are kept. */
@Injectable()
export class Tokens implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly lines: TokenLines,
    private readonly config: GatewayConfig,
    private readonly log: Log,
  ) {}

  /** The first administrator's token counts only while no administrator was ever known. */
  async onModuleInit(): Promise<void> {
    const hash = this.config.adminTokenSha256;
    if (!hash) return;
    const made = await this.database.rows(
      `insert into token (id, name, hash, prefix, rights, first)
       select $1, 'first administrator', decode($2, 'hex'), 'tl_', '{*}', true
       where not exists (select 1 from token where '*' = any (rights)) returning id`,
      [uuidv7(), hash],
    );
    if (made.length > 0) this.log.info({}, 'the first administrator may come in');
  }

  /** Makes a token with at most the rights of the caller; the answer holds the secret, which nobody can show again. */
  async make(caller: GatewayCaller, asked: NewToken): Promise<TokenMade> {
    refuseExcess(caller, asked);
    const secret = newSecret('token');
    const days = Math.min(asked.expiresInDays ?? defaultDays, longestDays);
    const expires = new Date(Math.min(Date.now() + days * dayMs, caller.expiresAt?.getTime() ?? Infinity));
    const row = await this.database.transaction(async (tx) => {
      const [made] = await rows<ShownRow>(
        tx,
        `insert into token (id, name, hash, prefix, rights, team, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6, (select id from token where id = $7 and not first), $8) returning ${columns}`,
        [uuidv7(), asked.name, hashOf(secret), secret.slice(0, 7), asked.rights, asked.team ?? caller.team, caller.id, expires],
      );
      if (asked.rights.includes('*') && !made!.team) await endFirst(tx);
      return made!;
    });
    this.lines.forget();
    this.log.info({ madeId: row.id, by: caller.id, rights: asked.rights }, 'a token was made');
    return { ...shown(row), secret };
  }

  async page(caller: GatewayCaller, { limit = defaultLimit, cursor }: PageQuery): Promise<Page<Token>> {
    const after = decodeCursor(cursor, 1);
    const found = await this.database.rows<ShownRow>(
      `select ${columns} from token
       where ended_at is null and ($1::text is null or team = $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [caller.team, after?.[0] ?? null, limit + 1],
    );
    const page = pageOf(found, limit, ({ id }) => [id]);
    return { items: page.items.map(shown), next: page.next };
  }

  /** Ends a token, and with it what was made with it and the sessions that lean on it. */
  async end(caller: GatewayCaller, id: string): Promise<void> {
    const ended = await this.database.rows(
      `update token set ended_at = now(), ended_because = 'it was revoked'
       where id = $1 and ended_at is null and ($2::text is null or team = $2) returning id`,
      [id, caller.team],
    );
    if (ended.length === 0) throw new Problem(404, 'not_found', 'there is no such token');
    this.lines.forget();
    this.log.info({ endedId: id, by: caller.id }, 'a token was revoked');
  }
}

function refuseExcess(caller: GatewayCaller, asked: NewToken): void {
  const known = new Set<string>(['*', ...allRights]);
  const unknown = asked.rights.filter((right) => !known.has(right));
  if (unknown.length > 0) {
    throw new Problem(400, 'invalid', 'a right is not known', [{ pointer: '/rights', detail: `unknown: ${unknown.join(', ')}` }]);
  }
  const over = excess(asked.rights, caller.rights);
  if (over.length > 0) throw new Problem(403, 'forbidden', `a token cannot allow more than the one that makes it: ${over.join(', ')}`);
  if (caller.team && asked.team && asked.team !== caller.team)
    throw new Problem(403, 'forbidden', `this token makes tokens for ${caller.team} only`);
}

async function endFirst(tx: Tx): Promise<void> {
  const because = 'it was for the first administrator, and there is a named one now';
  await rows(tx, 'update token set ended_at = now(), ended_because = $1 where first and ended_at is null', [because]);
}

function shown(row: ShownRow): Token {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    rights: row.rights,
    createdAt: row.created_at.toISOString(),
    ...(row.team ? { team: row.team } : {}),
    ...(row.created_by ? { createdBy: row.created_by } : {}),
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
    ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
  };
}
