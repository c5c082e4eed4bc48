import { Injectable } from '@nestjs/common';
import { sha256, uuidv7, type Assurance, type ReceivedSbom, type ReportAccepted, type UploadQuery } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { Database, type Identity, type Tx } from '@throughline/service';
import { Announcements } from '../runs/announcements.ts';
import { workKinds } from '../runs/work-kinds.ts';
import type { ReadResult } from './report-box.ts';
import { ReportFacts } from './report-facts.ts';
import { ReportRows, type ReportRow } from './report-rows.ts';
import { SealedFiles } from './sealed-files.ts';
import type { UploadBody } from './upload-body.ts';
import { isImage, noLine, UploadSubjects, type UploadSubject } from './upload-subject.ts';

/**
 * A token says who sends a report, not that the report is about this commit. Of a CI job its build system says on which commit it
 * runs, and nothing else was taken from it.
 */
const assuranceOf = ({ bound }: Identity): Assurance => (bound ? 'bound' : 'claimed');

/** A report on its way in. */
export interface Incoming {
  readonly id: string;
  readonly query: UploadQuery;
  readonly caller: Identity;
  readonly subject: UploadSubject;
  readonly body: UploadBody;
  /** Version of the mapping that reads it, where its format is not built in. */
  readonly mapping?: number;
  /** It is small, and was read. */
  readonly result?: ReadResult;
  /** It is large, and waits under seal. */
  readonly sealed?: Buffer;
  /** Nobody sent it: the image is pulled, by its digest. */
  readonly pulled?: string;
}

/** Where reports lie once they are taken in, and how they come back into it. */
@Injectable()
export class ReportShelf {
  constructor(
    private readonly rows: ReportRows,
    private readonly facts: ReportFacts,
    private readonly announcements: Announcements,
    private readonly subjects: UploadSubjects,
    readonly files: SealedFiles,
    private readonly work: WorkQueue,
    private readonly database: Database,
  ) {}

  /** A large upload waits under seal. */
  async hold(incoming: Incoming): Promise<ReportAccepted> {
    const sealed = await this.files.write(incoming.id, incoming.body.bytes);
    try {
      return await this.accept({ ...incoming, sealed });
    } finally {
      await this.removeUnlessWaiting(incoming.id);
    }
  }

  row(tx: Tx, id: string): Promise<ReportRow | undefined> {
    return this.rows.read(tx, id);
  }

  accept(incoming: Incoming): Promise<ReportAccepted> {
    return this.database.transaction(async (tx) => {
      const plan = await this.subjects.plan(tx, incoming.subject, uuidv7());
      const { row, sameAs } = await this.put(tx, plan, incoming);
      return { id: row.id, status: row.state, location: `/api/v1/reports/${row.id}`, ...(sameAs !== undefined && { sameAs }) };
    });
  }

  /**
   * The same bytes about the same thing: while they are being read, it is the same report; afterwards they are applied again
   * without being read again, because something else may have been said in between.
   */
  private async put(tx: Tx, plan: string, incoming: Incoming): Promise<{ readonly row: ReportRow; readonly sameAs?: string }> {
    const { digest, bytes } = incoming.body.measured();
    const said = saidOf(incoming);
    const former = await this.rows.again(tx, plan, digest, said);
    if (former && (former.state === 'queued' || former.state === 'running')) return { row: former, sameAs: former.id };
    const result = incoming.result ?? resultOf(former);
    const row = await this.add(tx, plan, incoming, { digest, bytes, said, sameAs: former?.id ?? null, queued: result === undefined });
    // What is about an image alone is nothing that a change waits for.
    if (!isImage(row.repository)) await this.announcements.tell(tx, plan, await this.subjects.told(tx, plan, incoming.subject));
    if (result) await this.receive(tx, row, result);
    else
      await this.work.add(tx, {
        kind: incoming.pulled === undefined ? workKinds.readReport : workKinds.readImage,
        payload: { report: row.id },
        priority: 'interactive',
      });
    return {
      row: { ...row, state: result ? (isImage(row.repository) ? 'done' : 'running') : 'queued' },
      ...(former && { sameAs: former.id }),
    };
  }

  /** What a report says is known: told to the ledger in the transaction that writes it down. */
  async receive(tx: Tx, row: ReportRow, result: ReadResult): Promise<void> {
    await this.rows.received(tx, row.id, result);
    const { report, accepted, rejected, unread } = result;
    const sbom = result.sbom ? JSON.stringify(result.sbom) : null;
    await this.facts.received(tx, { ...(await this.placed(tx, row)), report, accepted, unread, sbom, rejected: JSON.stringify(rejected) });
    // What follows from it is shown where the SBOM is: no item of a commit waits for it.
    if (isImage(row.repository)) await this.rows.done(tx, row.id);
  }

  /** A build may be quicker than the news of its push: the line is the one on which the commit is judged by the time that it is told. */
  private async placed(tx: Tx, row: ReportRow): Promise<ReportRow> {
    if (row.line !== noLine) return row;
    const { ref: line } = await this.subjects.told(tx, row.plan, row);
    if (line === noLine) return row;
    const position = await this.subjects.positionOf(tx, { ...row, line });
    await this.rows.place(tx, row.id, { line, position });
    return { ...row, line, position };
  }

  private async removeUnlessWaiting(id: string): Promise<void> {
    const waiting = await this.database.transaction((tx) => this.rows.waiting(tx, [id]));
    if (!waiting.has(id)) await this.files.remove(id);
  }

  private async add(
    tx: Tx,
    plan: string,
    { id, query, caller, subject, body, mapping, sealed, pulled }: Incoming,
    more: { digest: string; bytes: number; said: string; sameAs: string | null; queued: boolean },
  ): Promise<ReportRow> {
    const { artifact, environment, target, scannedAt, pullRequest, complete = false } = query;
    const { image } = subject;
    const { reader } = body.recognised;
    const { digest, bytes, said, sameAs, queued } = more;
    await this.rows.add(tx, {
      ...{ id, plan, digest, bytes, said, sameAs, complete },
      format: reader.name,
      mapping: mapping ?? null,
      tool: toolOf(query, body),
      line: subject.line,
      position: await this.subjects.positionOf(tx, subject),
      pullRequest: pullRequest ?? null,
      scope: scopeOf(query),
      about: { artifact, image, environment, target, scannedAt, scope: query.scope },
      // What we read ourselves, of bytes that their digest proves, is nobody's claim.
      assurance: pulled === undefined ? assuranceOf(caller) : 'own',
      pulled: pulled ?? null,
      changeOnly: caller.bound?.changeOnly ?? null,
      principal: { id: caller.id, name: caller.name },
      finds: reader.finds,
      state: queued ? 'queued' : 'running',
      sealed: queued ? (sealed ?? null) : null,
    });
    return (await this.rows.read(tx, id))!;
  }
}

/** Only what covered the same part of the same thing compares. */
function scopeOf({ scope = '', target, environment, artifact }: UploadQuery): string {
  const named = { target, environment, artifact };
  const parts = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return [scope, ...parts].filter((part) => part !== '').join(' ');
}

function toolOf({ tool }: UploadQuery, { recognised }: UploadBody): string {
  const named = (tool ?? recognised.tool ?? recognised.reader.name).replace(/[^\p{L}\p{N} ._+@/-]/gu, '').trim();
  return named.slice(0, 64) || recognised.reader.name;
}

/** Everything but the bytes that makes two uploads the same. */
function saidOf({ query, subject, body, mapping, caller }: Incoming): string {
  const { complete = false, pullRequest = null } = query;
  const said = [body.recognised.reader.name, toolOf(query, body), subject.line, scopeOf(query), complete, pullRequest];
  // Another version reads something else in it.
  if (mapping !== undefined) said.push(`mapping ${mapping}`);
  const { bound } = caller;
  return sha256(JSON.stringify(bound ? [...said, assuranceOf(caller), bound.changeOnly !== undefined] : said));
}

function resultOf(former: ReportRow | undefined): ReadResult | undefined {
  if (!former?.report || former.accepted === null) return undefined;
  const { report, accepted, unread, sbom } = former;
  return {
    ...{ report, accepted, unread: unread ?? 0, rejected: JSON.parse(former.rejected) as ReadResult['rejected'] },
    ...(sbom !== null && { sbom: JSON.parse(sbom) as ReceivedSbom }),
  };
}
