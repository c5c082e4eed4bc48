import { Injectable } from '@nestjs/common';
import type { Assurance, ReportStatus } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { ReadResult } from './report-box.ts';

/** An upload as it is kept, with its subject. */
export interface ReportRow {
  readonly id: string;
  readonly plan: string;
  readonly repository: string;
  readonly commit: string;
  readonly seq: number;
  readonly format: string;
  /** Version of the mapping that declares the format, where it is not built in. */
  readonly mapping: number | null;
  /** Classes that such a report can hold. */
  readonly finds: readonly string[];
  readonly tool: string;
  readonly line: string;
  readonly position: number;
  readonly scope: string;
  readonly complete: boolean;
  readonly bytes: number;
  readonly assurance: Assurance;
  /** Why it counts at the change gate only. */
  readonly changeOnly: string | null;
  readonly state: ReportStatus;
  readonly sealed: Buffer | null;
  readonly report: string | null;
  readonly accepted: number | null;
  readonly rejected: string;
  readonly unread: number | null;
  /** What an SBOM says about itself. */
  readonly sbom: string | null;
  /** The image that is read for it, by its digest. */
  readonly pulled: string | null;
}

/** What is written down when a report is taken in. */
export interface NewReport extends Omit<
  ReportRow,
  'seq' | 'repository' | 'commit' | 'report' | 'accepted' | 'rejected' | 'unread' | 'sbom'
> {
  readonly pullRequest: number | null;
  readonly about: object;
  readonly digest: string;
  /** Digest of everything that was said about it. */
  readonly said: string;
  readonly principal: { readonly id: string; readonly name: string };
  readonly sameAs: string | null;
}

const columns = `u.id, u.plan_id as plan, p.repository, p.commit_id as commit, u.seq, u.format, u.mapping,
  (select e.finds from evidence_item e where e.id = u.id) as finds, u.tool, u.line, u.position::float8 as position,
  u.scope, u.complete, u.bytes::float8 as bytes, u.assurance, u.change_only as "changeOnly", u.state, u.sealed, u.report, u.accepted, u.rejected, u.unread, u.sbom, u.pulled`;

/** Uploaded reports, each with its item in the plan of its commit. */
@Injectable()
export class ReportRows {
  /** The last upload of the same bytes about the same thing that has not failed. */
  async again(tx: Tx, plan: string, digest: string, said: string): Promise<ReportRow | undefined> {
    const [row] = await rows<ReportRow>(
      tx,
      `select ${columns} from uploaded_report u join plan p on p.id = u.plan_id
       where u.plan_id = $1 and u.digest = $2 and u.said = $3 and u.state <> 'failed' order by u.seq desc limit 1`,
      [plan, digest, said],
    );
    return row;
  }

  async read(tx: Tx, id: string, lock: '' | 'for update of u' = ''): Promise<ReportRow | undefined> {
    const [row] = await rows<ReportRow>(
      tx,
      `select ${columns} from uploaded_report u join plan p on p.id = u.plan_id where u.id = $1 ${lock}`,
      [id],
    );
    return row;
  }

  /** Adds the report as the next item of its plan, whose row is locked, and answers its number. */
  async add(tx: Tx, fresh: NewReport): Promise<number> {
    const [plan] = await rows<{ seq: number }>(
      tx,
      'update plan set through_seq = through_seq + 1 where id = $1 returning through_seq as seq',
      [fresh.plan],
    );
    const { seq } = plan!;
    await rows(
      tx,
      `insert into evidence_item (id, plan_id, seq, tool, finds, ruleset, state, assurance, change_only)
       values ($1, $2, $3, $4, $5, $6, 'planned', $7, $8)`,
      [fresh.id, fresh.plan, seq, fresh.tool, fresh.finds, rulesetOf(fresh), fresh.assurance, fresh.changeOnly !== null],
    );
    await rows(
      tx,
      `insert into uploaded_report (id, plan_id, seq, format, tool, line, position, pull_request, scope, complete, about, digest, said, bytes,
         assurance, principal, principal_name, state, sealed, same_as, change_only, pulled, mapping)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
      [
        ...[
          fresh.id,
          fresh.plan,
          seq,
          fresh.format,
          fresh.tool,
          fresh.line,
          fresh.position,
          fresh.pullRequest,
          fresh.scope,
          fresh.complete,
        ],
        ...[JSON.stringify(fresh.about), fresh.digest, fresh.said, fresh.bytes, fresh.assurance, fresh.principal.id, fresh.principal.name],
        ...[fresh.state, fresh.sealed, fresh.sameAs, fresh.changeOnly, fresh.pulled, fresh.mapping],
      ],
    );
    return seq;
  }

  async place(tx: Tx, id: string, { line, position }: Pick<ReportRow, 'line' | 'position'>): Promise<void> {
    await rows(tx, 'update uploaded_report set line = $2, position = $3 where id = $1', [id, line, position]);
  }

  /** What it says is known; the item waits for the ledger. */
  async received(tx: Tx, id: string, { report, accepted, rejected, unread, sbom }: ReadResult): Promise<void> {
    await rows(
      tx,
      `update uploaded_report set state = 'running', sealed = null, report = $2, accepted = $3, rejected = $4, unread = $5, sbom = $6 where id = $1`,
      [id, report, accepted, JSON.stringify(rejected), unread, sbom ? JSON.stringify(sbom) : null],
    );
    await rows(
      tx,
      `update evidence_item set state = 'received', report = $2, findings = $3, components = $4, finished_at = now() where id = $1`,
      [id, report, sbom ? 0 : accepted, sbom?.components ?? 0],
    );
  }

  /** It is about an image alone: nobody answers what it did to a commit. */
  async done(tx: Tx, id: string): Promise<void> {
    await rows(tx, `update uploaded_report set state = 'done', finished_at = now() where id = $1`, [id]);
    await rows(tx, `update evidence_item set state = 'evaluated', closed_at = now() where id = $1`, [id]);
  }

  /** It could not be read: the item is closed, and nothing follows from it. */
  async failed(tx: Tx, id: string, reason: string): Promise<void> {
    await rows(tx, `update uploaded_report set state = 'failed', sealed = null, failure = $2, finished_at = now() where id = $1`, [
      id,
      reason,
    ]);
    await rows(
      tx,
      `update evidence_item set state = 'failed', reason = $2, finished_at = now(), closed_at = now() where id = $1 and state = 'planned'`,
      [id, reason],
    );
  }

  /** Of the given ids those whose report still waits to be read. */
  async waiting(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await rows<{ id: string }>(tx, `select id from uploaded_report where id::text = any($1::text[]) and sealed is not null`, [
      ids,
    ]);
    return new Set(found.map(({ id }) => id));
  }

  /** Reports of which nobody asks any more; the findings stay. */
  async forget(tx: Tx, olderThanDays: number): Promise<void> {
    await rows(tx, `delete from uploaded_report where created_at < now() - make_interval(days => $1) and sealed is null`, [olderThanDays]);
  }
}

/** Uploads compare with uploads of the same format only; an inventory is one however it is written. */
export function rulesetOf({ format }: Pick<ReportRow, 'format'>): string {
  return isSbom(format) ? 'upload-sbom' : `upload-${format}`;
}

const sbomPrefix = 'sbom-';

/** Whether an upload is an SBOM, by the name of its format. */
export function isSbom(format: string): boolean {
  return format.startsWith(sbomPrefix);
}

/** The name under which uploads of a format of SBOMs are kept. */
export function sbomFormatName(name: string): string {
  return `${sbomPrefix}${name}`;
}
