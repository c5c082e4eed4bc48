import { Injectable } from '@nestjs/common';
import { Coverage, make, SourceSubject, type Assurance, type FindingsEvaluated, type Parked } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import type { EndedRun } from './ended-run.ts';

/** An item of evidence as the ledger keeps it, and where its lineage stands. */
export interface Evaluation {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  readonly seq: number;
  readonly application: string;
  readonly ref: string;
  readonly pullRequest: number | null;
  readonly base: string | null;
  readonly baseline: boolean;
  readonly silent: boolean;
  readonly run: string;
  readonly tool: string;
  readonly ruleset: string;
  readonly finds: string[];
  readonly lineage: string | null;
  readonly position: number;
  readonly closes: boolean;
  readonly assurance: Assurance;
  readonly changeOnly: boolean;
  readonly scope: string;
  /** Whatever it closes needs no further look. */
  readonly agreed: boolean;
  /** It would have closed so much that a person has to agree: until then it closes nothing. */
  readonly parked: Parked | null;
  readonly report: string | null;
  readonly ecosystems: string[];
  readonly outcome: 'evaluated' | 'not_evaluated';
  readonly reason: string | null;
  readonly revision: number;
  readonly published: Buffer | null;
}

/** How far a lineage has come; its row is locked until the transaction ends. */
export interface LineageRow {
  readonly id: string;
  readonly applied?: number;
  readonly failed?: number;
  /** The item that says what is true of the line today. */
  readonly head: string | null;
}

/** A ruleset that another one replaced stands where that one stands. */
const lineageColumns = `id, failed::float8 as failed, head_id as head,
  greatest(applied, (select newer.applied from lineage newer where newer.id = lineage.superseded_by))::float8 as applied`;

interface StoredLineage {
  readonly id: string;
  readonly applied: number | null;
  readonly failed: number | null;
  readonly head: string | null;
}

const columns = `id, repository, commit, seq, application, ref, pull_request as "pullRequest", base, baseline, silent, run, tool, ruleset, finds,
  lineage_id as lineage, position::float8 as position, closes, assurance, change_only as "changeOnly", scope, agreed,
  case when parked_open is not null then json_build_object('wouldResolve', parked_resolves, 'open', parked_open) end as parked, report_id as report, ecosystems, outcome, reason, revision, published`;

const upsert = `
  insert into evaluation (repository, commit, seq, application, ref, pull_request, base, baseline, run, tool, ruleset, finds, lineage_id,
    position, closes, report_id, ecosystems, outcome, reason, assurance, scope, agreed, silent, change_only)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
  on conflict (repository, commit, seq) do update set
    application = excluded.application, run = excluded.run, tool = excluded.tool, ruleset = excluded.ruleset, finds = excluded.finds,
    lineage_id = excluded.lineage_id, position = excluded.position, closes = excluded.closes, report_id = excluded.report_id,
    ecosystems = excluded.ecosystems, outcome = excluded.outcome, reason = excluded.reason, assurance = excluded.assurance, scope = excluded.scope,
    agreed = excluded.agreed, change_only = excluded.change_only, parked_resolves = null, parked_open = null, evaluated_at = now()
  where evaluation.outcome <> 'evaluated' or excluded.outcome = 'evaluated'
  returning ${columns}`;

@Injectable()
export class EvaluationRows {
  /** Findings of a repository are written by one transaction at a time. */
  async lockRepository(tx: Tx, repository: string): Promise<void> {
    await rows(tx, "select pg_advisory_xact_lock(hashtextextended('ledger findings ' || $1, 0))", [repository]);
  }

  /** The lineage that a run belongs to; a baseline belongs to none, so that it moves nothing. */
  async lineageOf(tx: Tx, { subject, lineage, assurance, changeOnly, scope }: EndedRun): Promise<LineageRow | undefined> {
    if (subject.baseline === true) return undefined;
    // What counts at the change gate only closes nothing that counts further.
    const level = changeOnly ? `${assurance} change-only` : assurance;
    const [row] = await rows<StoredLineage>(
      tx,
      `insert into lineage (repository, line, tool, ruleset, assurance, scope) values ($1, $2, $3, $4, $5, $6)
       on conflict (repository, line, tool, assurance, scope, ruleset) do update set tool = excluded.tool
       returning ${lineageColumns}`,
      [subject.repository, lineage.line, lineage.tool, lineage.ruleset, level, scope],
    );
    return lineageOfRow(row!);
  }

  /** Writes an item down; undefined for a failure of one that was evaluated already. */
  async write(tx: Tx, ended: EndedRun, more: Pick<Evaluation, 'application' | 'lineage' | 'report'>): Promise<Evaluation | undefined> {
    const { subject, seq, run, tool, finds, lineage } = ended;
    const [row] = await rows<Evaluation>(tx, upsert, [
      subject.repository,
      subject.commit,
      seq,
      more.application,
      subject.ref,
      subject.pullRequest ?? null,
      subject.base ?? null,
      subject.baseline ?? false,
      run,
      tool,
      lineage.ruleset,
      finds,
      more.lineage,
      lineage.position,
      ended.closes,
      more.report,
      ended.ecosystems,
      ended.completed ? 'evaluated' : 'not_evaluated',
      ended.reason,
      ended.assurance,
      ended.scope,
      ended.agreed,
      subject.silent ?? false,
      ended.changeOnly,
    ]);
    return row;
  }

  /** In the order in which their repositories are locked. Those that are gone are left out. */
  ordered(tx: Tx, ids: readonly string[]): Promise<{ readonly id: string; readonly repository: string }[]> {
    return rows(tx, 'select id, repository from evaluation where id = any($1::bigint[]) order by repository collate "C", id', [ids]);
  }

  async find(tx: Tx, id: string): Promise<Evaluation | undefined> {
    return (await rows<Evaluation>(tx, `select ${columns} from evaluation where id = $1 for update`, [id]))[0];
  }

  async lineage(tx: Tx, id: string): Promise<LineageRow> {
    const [row] = await rows<StoredLineage>(tx, `select ${lineageColumns} from lineage where id = $1 for update`, [id]);
    return lineageOfRow(row!);
  }

  /** How far a lineage came by an item, and whether the item is its head now. */
  async progress(tx: Tx, lineage: string, progress: { applied?: number; failed?: number }, head: string | undefined): Promise<void> {
    await rows(tx, 'update lineage set applied = $2, failed = $3, head_id = coalesce($4, head_id) where id = $1', [
      lineage,
      progress.applied ?? null,
      progress.failed ?? null,
      head ?? null,
    ]);
  }

  /** It closes nothing until a person has agreed. */
  async park(tx: Tx, id: string, { wouldResolve, open }: Parked): Promise<void> {
    await rows(tx, 'update evaluation set closes = false, parked_resolves = $2, parked_open = $3 where id = $1', [id, wouldResolve, open]);
  }

  /** Remembers what was told about an item and answers the number of its revision. */
  async published(tx: Tx, id: string, digest: Buffer): Promise<number> {
    const [row] = await rows<{ revision: number }>(
      tx,
      'update evaluation set revision = revision + 1, published = $2, evaluated_at = now() where id = $1 returning revision',
      [id, digest],
    );
    return row!.revision;
  }
}

function lineageOfRow({ id, applied, failed, head }: StoredLineage): LineageRow {
  return { id, head, ...(applied !== null && { applied }), ...(failed !== null && { failed }) };
}

/** The subject of an item as facts carry it. */
export function subjectOf(evaluation: Evaluation): SourceSubject {
  const { repository, commit, ref, pullRequest, base, baseline, silent } = evaluation;
  return make(SourceSubject, {
    repository,
    commit,
    ref,
    ...(pullRequest !== null && { pullRequest }),
    ...(base !== null && { base }),
    ...(baseline && { baseline }),
    ...(silent && { silent }),
  });
}

/** How far an item counts and what it covers, as facts carry it; nothing for our own runs. */
export function standingOf({ assurance, changeOnly, scope, closes, parked }: Evaluation): Partial<FindingsEvaluated> {
  if (assurance === 'own') return {};
  return { assurance, ...(changeOnly && { changeOnly }), coverage: make(Coverage, { scope, complete: closes }), ...(parked && { parked }) };
}
