import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { uuidv7, type Page, type VexAnswer, type VexImportAnswer, type VexQuery } from '@throughline/contracts';
import { readVex, ReportRefused, type VexDocument, type VexStatement } from '@throughline/findings';
import { Database, decodeCursor, defaultLimit, pageOf, Problem, rows, type Identity, type Tx } from '@throughline/service';
import { chunksOf, given } from '../bulk.ts';
import { VexRows } from './vex-rows.ts';
import { isTrusted } from './vex-verdict.ts';
import { VexTriages } from './vex-triages.ts';
import { vexProductOf } from './vex-product.ts';

interface DocumentRow {
  readonly number: string;
  readonly id: string;
  readonly format: string;
  readonly document: string;
  readonly author: string;
  readonly sentBy: string;
  readonly identity: string;
  readonly digest: Buffer;
  readonly said: Date;
  readonly received: Date;
}

const selected = `select number, id, format, document_id as document, author, sent_by as "sentBy", identity, digest, said_at as said, received_at as received from vex_document`;
const chunkSize = 2_000;

/** VEX documents, as accounts sent them. */
@Injectable()
export class VexDocuments {
  constructor(
    private readonly database: Database,
    private readonly table: VexRows,
    private readonly triages: VexTriages,
  ) {}

  /** The same again changes nothing. Throws `Problem` 409 for one that is older than what is here, and 422 for what is no VEX. */
  async take(body: Buffer, caller: Identity): Promise<VexImportAnswer> {
    const document = read(body);
    const digest = createHash('sha256').update(body).digest();
    const statements = document.lines.flatMap((line) => ('statement' in line ? [line.statement] : []));
    const rejected = document.lines.flatMap((line) => ('rejected' in line ? [line.rejected] : []));
    if (statements.length === 0)
      throw new Problem(422, 'unprocessable', 'no statement of the document can be taken', rejected.slice(0, 100));
    const account = { identity: caller.person?.id ?? caller.id, name: caller.name };
    return this.database.transaction(async (tx) => {
      await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`vex ${account.identity} ${document.id}`]);
      const [before] = await rows<DocumentRow>(tx, `${selected} where identity = $1 and document_id = $2`, [account.identity, document.id]);
      const unchanged = before?.digest.equals(digest) === true;
      const row = unchanged ? before : await this.replace(tx, before, { document, statements, body, digest, account });
      const counts = await this.withCounts(tx, [row]);
      return { ...counts[0]!, unchanged, rejectedTotal: rejected.length, rejected: rejected.slice(0, 100) };
    });
  }

  page(query: VexQuery): Promise<Page<VexAnswer>> {
    const [before] = decodeCursor(query.cursor, 1) ?? [null];
    return this.database.transaction(async (tx) => {
      const found = await rows<DocumentRow>(
        tx,
        `${selected} where ($1::bigint is null or number < $1) and ($2::text is null or identity = $2) order by number desc limit $3`,
        [before, query.identity ?? null, (query.limit ?? defaultLimit) + 1],
      );
      const { items, next } = pageOf(found, query.limit, ({ number }) => [number]);
      return { items: [...(await this.withCounts(tx, items))], next };
    });
  }

  /** Takes a document back; what rested on it alone is open again. */
  async remove(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const names = await this.table.namesIn(tx, { document: id });
      const gone = await rows(tx, 'delete from vex_document where id = $1 returning id', [id]);
      if (gone.length === 0) throw new Problem(404, 'not_found', 'there is no such document');
      await this.triages.said(tx, names);
    });
  }

  private async replace(tx: Tx, before: DocumentRow | undefined, sent: Sent): Promise<DocumentRow> {
    const { document, statements, body, digest, account } = sent;
    // What claims to come from the future would stay the newest for ever.
    const now = new Date();
    const said = instant(document.at, now);
    if (before && said < before.said)
      throw new Problem(409, 'older', `a newer document with this id is here, of ${before.said.toISOString()}: take that away first`);
    const former = before ? await this.table.namesIn(tx, { document: before.id }) : [];
    if (before) await rows(tx, 'delete from vex_document where number = $1', [before.number]);
    const [row] = (await rows<DocumentRow>(
      tx,
      `with made as (insert into vex_document (id, identity, sent_by, format, document_id, author, digest, said_at, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *)
       ${selected.replace('vex_document', 'made')}`,
      [before?.id ?? uuidv7(), account.identity, account.name, document.format, document.id, document.author, digest, said, body],
    )) as [DocumentRow];
    for (const chunk of chunksOf(statements, chunkSize)) await this.insert(tx, row, chunk, now);
    await this.triages.said(tx, [...new Set([...former, ...statements.flatMap(({ names }) => names)])]);
    return row;
  }

  private async insert(tx: Tx, { number, said }: DocumentRow, statements: readonly VexStatement[], now: Date): Promise<void> {
    const table = given(
      statements,
      {
        names: { type: 'text', of: ({ names }) => names.join('\n') },
        status: { type: 'text', of: ({ status }) => status },
        justification: { type: 'text', of: ({ justification }) => justification },
        reason: { type: 'text', of: ({ reason }) => reason },
        product: { type: 'text', of: ({ product }) => product },
        product_key: { type: 'text', of: ({ product }) => vexProductOf(product)?.key },
        component: { type: 'text', of: ({ component }) => component },
        said_at: { type: 'timestamptz', of: ({ at }) => (at === undefined ? said : instant(at, now)) },
      },
      2,
    );
    await rows(
      tx,
      `insert into vex_statement (document_number, names, status, justification, reason, product, product_key, component, said_at)
       select $1, string_to_array(names, E'\\n'), status, justification, reason, product, product_key, component, said_at from ${table.sql}`,
      [number, ...table.params],
    );
  }

  private async withCounts(tx: Tx, documents: readonly DocumentRow[]): Promise<readonly VexAnswer[]> {
    const counted = await rows<{ number: string; productKey: string | null; scopes: string[]; count: number }>(
      tx,
      `select s.document_number as number, s.product_key as "productKey", count(*)::int as count,
         array(select unnest(a.products) from vex_author a where a.identity = d.identity) as scopes
       from vex_statement s join vex_document d on d.number = s.document_number where d.number = any($1::bigint[]) group by 1, 2, d.identity`,
      [documents.map(({ number }) => number)],
    );
    const sum = (some: readonly { readonly count: number }[]): number => some.map(({ count }) => count).reduce((a, b) => a + b, 0);
    return documents.map(({ number, digest: _, said, received, ...document }) => {
      const own = counted.filter((one) => one.number === number);
      const times = { said: said.toISOString(), received: received.toISOString() };
      return { ...document, ...times, statements: sum(own), trusted: sum(own.filter(isTrusted)) };
    });
  }
}

interface Sent {
  readonly document: VexDocument;
  readonly statements: readonly VexStatement[];
  readonly body: Buffer;
  readonly digest: Buffer;
  readonly account: { readonly identity: string; readonly name: string };
}

function instant(text: string | undefined, now: Date): Date {
  const at = text === undefined ? now : new Date(text);
  return at > now ? now : at;
}

function read(body: Buffer): VexDocument {
  try {
    return readVex(body);
  } catch (error) {
    if (!(error instanceof ReportRefused)) throw error;
    const { pointer } = error.place;
    throw new Problem(422, 'unprocessable', error.message, pointer === undefined ? undefined : [{ pointer, detail: error.message }]);
  }
}
