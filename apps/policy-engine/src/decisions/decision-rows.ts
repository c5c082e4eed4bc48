import { Injectable } from '@nestjs/common';
import type { AddedSuppressions, Gate, Result } from '@throughline/contracts';
import type { Judgement, Reason, Waived } from '@throughline/policy';
import { rows, SqlFilter, visibleTo, type Identity, type Tx } from '@throughline/service';
import type { BundleName } from '../bundles/bundles.ts';
import type { KeptPage, Verdict } from '../evaluation/orders.ts';

/** A decision as it is kept. */
export interface DecisionRow {
  readonly id: string;
  readonly gate: Gate;
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly pullRequest: number | null;
  readonly base: string | null;
  readonly application: string;
  readonly result: Result;
  readonly reasons: readonly Reason[];
  readonly audited: readonly Reason[];
  readonly waived: readonly Waived[];
  /** What the change adds of comments and files that ask scanners to say nothing; none of it was applied. */
  readonly suppressions: AddedSuppressions | null;
  readonly missing: readonly string[];
  readonly policies: Judgement['policies'];
  /** The signed bundle that they are from; null for decisions older than bundles. */
  readonly bundle: BundleName | null;
  readonly tolerance: string;
  readonly older: number;
  readonly revision: number;
  readonly degraded: boolean;
  readonly published: boolean;
  readonly input: string;
  readonly evaluator: string;
  readonly latencyMs: number;
  readonly judgingMs: number;
  readonly dataAsOf: Date | null;
  readonly traceId: string | null;
  readonly decidedAt: Date;
}

/** What a list of decisions is narrowed to. */
export interface DecisionFilter {
  readonly repository?: string;
  readonly commit?: string;
  readonly gate?: Gate;
  readonly gates?: readonly Gate[];
  readonly result?: Result;
  readonly application?: string;
  readonly pullRequest?: number;
  readonly from?: string;
  readonly to?: string;
  /** Id of the last decision of the page before. */
  readonly before?: string;
}

type Stored = Omit<DecisionRow, 'reasons' | 'audited' | 'waived' | 'suppressions' | 'missing' | 'policies' | 'bundle'> &
  Record<'reasons' | 'audited' | 'waived' | 'missing' | 'policies', string> & {
    readonly suppressions: string | null;
    readonly bundleSequence: number | null;
    readonly bundleDigest: string | null;
  };

const columns = `id, gate, repository, commit, ref, pull_request as "pullRequest", base, application, result, reasons, audited, waived, missing, policies,
  tolerance, older, revision, degraded, published, input, evaluator, latency_ms as "latencyMs", judging_ms as "judgingMs",
  data_as_of as "dataAsOf", trace_id as "traceId", decided_at as "decidedAt",
  bundle_sequence::float8 as "bundleSequence", bundle_digest as "bundleDigest", suppressions`;

@Injectable()
export class DecisionRows {
  async insert(tx: Tx, decision: DecisionRow, input: Verdict['input']): Promise<void> {
    const month = monthOf(decision.decidedAt);
    await rows(
      tx,
      `insert into decision (month, id, gate, repository, commit, ref, pull_request, base, application, result, reasons, audited, missing,
         policies, tolerance, older, revision, degraded, published, input, evaluator, latency_ms, judging_ms, data_as_of, trace_id, decided_at,
         bundle_sequence, bundle_digest, waived, suppressions)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)`,
      [
        ...[month, decision.id, decision.gate, decision.repository, decision.commit, decision.ref, decision.pullRequest, decision.base],
        ...[decision.application, decision.result, JSON.stringify(decision.reasons), JSON.stringify(decision.audited)],
        ...[JSON.stringify(decision.missing), JSON.stringify(decision.policies), decision.tolerance, decision.older, decision.revision],
        ...[decision.degraded, decision.published, decision.input, decision.evaluator, decision.latencyMs, decision.judgingMs],
        ...[decision.dataAsOf, decision.traceId, decision.decidedAt, decision.bundle?.sequence ?? null, decision.bundle?.digest ?? null],
        ...[JSON.stringify(decision.waived), decision.suppressions && JSON.stringify(decision.suppressions)],
      ],
    );
    await rows(tx, 'insert into decision_input (month, decision, skeleton, pages) values ($1, $2, $3, $4)', [
      month,
      decision.id,
      Buffer.from(input.skeleton),
      input.pages.map(({ digest }) => digest),
    ]);
    await this.insertPages(tx, month, input.pages);
  }

  async find(tx: Tx, id: string): Promise<DecisionRow | undefined> {
    const [row] = await rows<Stored>(tx, `select ${columns} from decision where id = $1 and month = $2`, [id, monthOfId(id)]);
    return row && parsed(row);
  }

  /** The newest first. */
  async page(tx: Tx, filter: DecisionFilter, caller: Identity, limit: number): Promise<readonly DecisionRow[]> {
    const sql = new SqlFilter();
    sql.and(visibleTo(caller, sql.params));
    sql.narrow('repository = ?', filter.repository);
    sql.narrow('commit = ?', filter.commit);
    sql.narrow('gate = ?', filter.gate);
    sql.narrow('gate = any(?::text[])', filter.gates);
    sql.narrow('result = ?', filter.result);
    sql.narrow('application = ?', filter.application);
    sql.narrow('pull_request = ?', filter.pullRequest);
    sql.narrow('decided_at >= ?::timestamptz', filter.from);
    sql.narrow("month >= date_trunc('month', ?::timestamptz at time zone 'utc')", filter.from);
    sql.narrow('decided_at < ?::timestamptz', filter.to);
    sql.narrow('id < ?::uuid', filter.before);
    const page = `select ${columns} from decision where ${sql.where} order by id desc limit ${sql.param(limit)}`;
    return (await rows<Stored>(tx, page, sql.params)).map(parsed);
  }

  /** The kept input of a decision, compressed; undefined when it was dropped with its month. */
  async inputOf(tx: Tx, id: string): Promise<{ skeleton: Buffer; pages: ReadonlyMap<string, Buffer> } | undefined> {
    const month = monthOfId(id);
    const sql = 'select skeleton, pages from decision_input where decision = $1 and month = $2';
    const [kept] = await rows<{ skeleton: Buffer; pages: string[] }>(tx, sql, [id, month]);
    if (!kept) return undefined;
    const found = await rows<{ digest: string; body: Buffer }>(
      tx,
      'select digest, body from decision_page where month = $1 and digest = any($2::text[])',
      [month, kept.pages],
    );
    return { skeleton: kept.skeleton, pages: new Map(found.map(({ digest, body }) => [digest, body])) };
  }

  /** In the order of digests, so that two transactions never wait for each other. */
  private async insertPages(tx: Tx, month: string, pages: readonly KeptPage[]): Promise<void> {
    const ordered = [...pages].sort((a, b) => (a.digest < b.digest ? -1 : 1));
    await rows(
      tx,
      'insert into decision_page (month, digest, body) select $1::date, * from unnest($2::text[], $3::bytea[]) on conflict do nothing',
      [month, ordered.map(({ digest }) => digest), ordered.map(({ body }) => Buffer.from(body))],
    );
  }
}

function monthOf(time: Date): string {
  return `${time.toISOString().slice(0, 7)}-01`;
}

/** A UUIDv7 begins with its time: the partition is known from the id. */
function monthOfId(id: string): string {
  return monthOf(new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)));
}

function parsed({ reasons, audited, waived, suppressions, missing, policies, bundleSequence, bundleDigest, ...row }: Stored): DecisionRow {
  return {
    ...row,
    bundle: bundleSequence === null || bundleDigest === null ? null : { sequence: bundleSequence, digest: bundleDigest },
    reasons: JSON.parse(reasons) as readonly Reason[],
    audited: JSON.parse(audited) as readonly Reason[],
    waived: JSON.parse(waived) as readonly Waived[],
    suppressions: suppressions === null ? null : (JSON.parse(suppressions) as AddedSuppressions),
    missing: JSON.parse(missing) as readonly string[],
    policies: JSON.parse(policies) as Judgement['policies'],
  };
}
