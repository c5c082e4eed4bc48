import { Injectable } from '@nestjs/common';
import { type CiIssuer, type CiIssuerDocument, type Page, type PageQuery } from '@throughline/contracts';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, requireMatch, rows, type Tx } from '@throughline/service';
import { TokenLines } from '../access/token-lines.ts';
import { documentRead } from './issuer-document.ts';

/** An issuer as it is kept. */
export interface CiIssuerRow {
  readonly name: string;
  readonly version: number;
  readonly document: CiIssuerDocument;
  readonly by: string;
  readonly at: Date;
}

type Stored = Omit<CiIssuerRow, 'document'> & { readonly document: string };

/** Who changes an issuer, and which version they have seen. */
interface Change {
  readonly by: string;
  readonly ifMatch: string | undefined;
}

const columns = 'said.name, said.version, said.document, updated_by as by, updated_at as at';
const current = `select ${columns} from ci_issuer join ci_issuer_version said on said.name = ci_issuer.name and said.version = ci_issuer.version
  where ci_issuer.document is not null`;

/** The issuers whose tokens CI jobs come in with; every version is kept. */
@Injectable()
export class CiIssuers {
  constructor(
    private readonly database: Database,
    private readonly lines: TokenLines,
  ) {}

  async page({ limit = defaultLimit, cursor }: PageQuery): Promise<Page<CiIssuer>> {
    const after = decodeCursor(cursor, 1)?.[0] ?? '';
    const found = await this.database.rows<Stored>(`${current} and said.name > $1 order by said.name limit $2`, [after, limit + 1]);
    const page = pageOf(found.map(parsed), limit, ({ name }) => [name]);
    return { items: page.items.map(shownIssuer), next: page.next };
  }

  /** Throws `Problem` 404. */
  async one(name: string): Promise<CiIssuerRow> {
    const [found] = await this.database.rows<Stored>(`${current} and said.name = $1`, [name]);
    if (!found) throw new Problem(404, 'not_found', `there is no CI issuer ${name}`);
    return parsed(found);
  }

  /** By the `iss` of its tokens. */
  async byIssuer(issuer: string): Promise<CiIssuerRow | undefined> {
    const [found] = await this.database.rows<Stored>(`${current} and issuer = $1`, [issuer]);
    return found && parsed(found);
  }

  /** The versions in which there was something, the latest first. */
  async versions(name: string, { limit = defaultLimit, cursor }: PageQuery): Promise<Page<CiIssuer>> {
    const before = Number(decodeCursor(cursor, 1)?.[0] ?? 2 ** 31 - 1);
    const found = await this.database.rows<Stored>(
      `select ${columns} from ci_issuer_version said where name = $1 and version < $2 and document is not null order by version desc limit $3`,
      [name, before, limit + 1],
    );
    if (found.length === 0 && cursor === undefined) throw new Problem(404, 'not_found', `there is no CI issuer ${name}`);
    const page = pageOf(found.map(parsed), limit, ({ version }) => [version]);
    return { items: page.items.map(shownIssuer), next: page.next };
  }

  /** Throws `Problem` 409, 412, 422, 428. Jobs that are in come in anew, by what it says now. */
  async put(name: string, asked: CiIssuerDocument, change: Change): Promise<CiIssuerRow> {
    const document = documentRead(asked);
    await this.database.transaction(async (tx) => {
      await lock(tx);
      const before = await versionOf(tx, name);
      requireMatch(`the CI issuer ${name}`, before, change.ifMatch);
      const [other] = await rows<{ name: string }>(tx, 'select name from ci_issuer where issuer = $1 and name <> $2', [
        document.issuer,
        name,
      ]);
      if (other) throw new Problem(409, 'conflict', `${document.issuer} is the issuer ${other.name} already: add the repositories there`);
      await write(tx, { name, document, by: change.by });
      await endTokens(tx, name, 'its CI issuer was changed');
    });
    this.lines.forget();
    return this.one(name);
  }

  /** Throws `Problem` 404, 412, 428. Jobs that are in are put out. */
  async remove(name: string, change: Change): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lock(tx);
      const before = await versionOf(tx, name);
      if (before === undefined) throw new Problem(404, 'not_found', `there is no CI issuer ${name}`);
      requireMatch(`the CI issuer ${name}`, before, change.ifMatch);
      await write(tx, { name, document: null, by: change.by });
      await endTokens(tx, name, 'its CI issuer was removed');
    });
    this.lines.forget();
  }
}

/** An issuer as the interface shows it. */
export function shownIssuer({ name, version, document, by, at }: CiIssuerRow): CiIssuer {
  return { name, version, ...document, updatedBy: by, updatedAt: at.toISOString() };
}

async function lock(tx: Tx): Promise<void> {
  await rows(tx, "select pg_advisory_xact_lock(hashtextextended('ci issuers', 0))");
}

async function versionOf(tx: Tx, name: string): Promise<number | undefined> {
  const sql = 'select version from ci_issuer where name = $1 and document is not null';
  return (await rows<{ version: number }>(tx, sql, [name]))[0]?.version;
}

async function write(tx: Tx, { name, document, by }: { name: string; document: CiIssuerDocument | null; by: string }): Promise<void> {
  const text = document && JSON.stringify(document);
  const [made] = await rows<{ version: number }>(
    tx,
    `insert into ci_issuer (name, version, issuer, document) values ($1, 1, $2, $3)
     on conflict (name) do update set version = ci_issuer.version + 1, issuer = excluded.issuer, document = excluded.document returning version`,
    [name, document?.issuer ?? null, text],
  );
  await rows(tx, 'insert into ci_issuer_version (name, version, document, updated_by) values ($1, $2, $3, $4)', [
    ...[name, made!.version, text, by],
  ]);
}

async function endTokens(tx: Tx, issuer: string, because: string): Promise<void> {
  await rows(tx, 'update token set ended_at = now(), ended_because = $2 where ci_issuer = $1 and ended_at is null', [issuer, because]);
}

function parsed({ document, ...row }: Stored): CiIssuerRow {
  return { ...row, document: JSON.parse(document) as CiIssuerDocument };
}
