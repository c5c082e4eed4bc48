import { Injectable } from '@nestjs/common';
import type { FixProof, FixState } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** An approval and what became of it. */
export interface FixRow {
  readonly id: string;
  readonly proposal: string;
  readonly repository: string;
  readonly application: string;
  /** Full ref that it is for. */
  readonly line: string;
  readonly base_commit: string;
  readonly diff: string;
  readonly tool: string;
  readonly ecosystem: string;
  readonly findings: readonly string[];
  readonly base_findings: readonly string[];
  readonly branch: string;
  readonly head: string | null;
  readonly number: number | null;
  readonly url: string | null;
  readonly state: FixState;
  readonly proof: FixProof;
  /** Chain key of the evaluation that says so. */
  readonly evaluation: string | null;
  readonly evaluated_revision: number | null;
  readonly reason: string | null;
  readonly approved_by: string;
  readonly approved_at: Date;
  readonly updated_at: Date;
}

type Later = 'head' | 'number' | 'url' | 'state' | 'proof' | 'evaluation' | 'evaluated_revision' | 'reason' | 'approved_at' | 'updated_at';
export type NewFix = Omit<FixRow, Later>;

/** What may change of a row. */
export interface FixChange {
  readonly state?: FixState;
  readonly proof?: FixProof;
  readonly evaluation?: string | null;
  readonly evaluated_revision?: number | null;
  readonly head?: string;
  readonly number?: number;
  readonly url?: string;
  readonly reason?: string | null;
}

interface Numbered {
  readonly repository: string;
  readonly number: number;
}

/** In SQL: how often what was approved of a proposal was taken back. */
export const timesUndone = (proposal: string): string =>
  `(select count(*)::int from fixes where fixes.proposal = ${proposal} and fixes.state = 'undone')`;

const mostReason = 500;

/** Reads and writes approvals within a transaction. */
@Injectable()
export class FixRows {
  async add(tx: Tx, fix: NewFix): Promise<FixRow> {
    await rows(
      tx,
      `update fixes set state = 'superseded', updated_at = clock_timestamp() where proposal = $1 and state in ('approved', 'open')`,
      [fix.proposal],
    );
    const names = Object.keys(fix) as (keyof NewFix)[];
    const values = names.map((_, index) => `$${index + 1}`).join(', ');
    const [row] = await rows<FixRow>(
      tx,
      `insert into fixes (${names.join(', ')}, state) values (${values}, 'approved') returning *`,
      names.map((name) => fix[name]),
    );
    return row!;
  }

  async byId(tx: Tx, id: string): Promise<FixRow | undefined> {
    return (await rows<FixRow>(tx, 'select * from fixes where id = $1 for update', [id]))[0];
  }

  async latest(tx: Tx, proposal: string): Promise<FixRow | undefined> {
    const sql = 'select * from fixes where proposal = $1 order by id desc limit 1 for update';
    return (await rows<FixRow>(tx, sql, [proposal]))[0];
  }

  /** Of all approvals whose branch has or had this head: one that was taken back and approved again has the same. */
  async ofHead(tx: Tx, repository: string, head: string): Promise<FixRow[]> {
    return rows<FixRow>(tx, 'select * from fixes where repository = $1 and head = $2 order by id for update', [repository, head]);
  }

  /** Whether any approval has or had this head. */
  async hasHead(tx: Tx, repository: string, head: string): Promise<boolean> {
    return (await rows(tx, 'select 1 from fixes where repository = $1 and head = $2 limit 1', [repository, head])).length > 0;
  }

  async openOfBranch(tx: Tx, repository: string, branch: string): Promise<FixRow[]> {
    const sql = `select * from fixes where repository = $1 and branch = $2 and state in ('approved', 'open') for update`;
    return rows<FixRow>(tx, sql, [repository, branch]);
  }

  /** Of a change request, in one of these states. */
  async ofNumber(tx: Tx, { repository, number }: Numbered, states: readonly FixState[]): Promise<FixRow[]> {
    const sql = 'select * from fixes where repository = $1 and number = $2 and state = any($3::text[]) for update';
    return rows<FixRow>(tx, sql, [repository, number, states]);
  }

  async timesUndone(tx: Tx, proposal: string): Promise<number> {
    return (await rows<{ n: number }>(tx, `select ${timesUndone('$1')} as n`, [proposal]))[0]!.n;
  }

  /** Heads that we ever made for a proposal: a branch that stands at another one is not ours to move. */
  async heads(tx: Tx, proposal: string): Promise<string[]> {
    const found = await rows<{ head: string }>(tx, 'select distinct head from fixes where proposal = $1 and head is not null', [proposal]);
    return found.map(({ head }) => head);
  }

  /** Approvals of an application within the last hour. */
  async withinHour(tx: Tx, application: string): Promise<number> {
    // Two approvals at once must not both be the last one that is allowed.
    await rows(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`fixes of ${application}`]);
    const sql = `select count(*)::int as n from fixes where application = $1 and approved_at > clock_timestamp() - interval '1 hour'`;
    return (await rows<{ n: number }>(tx, sql, [application]))[0]!.n;
  }

  async change(tx: Tx, id: string, change: FixChange): Promise<FixRow> {
    const names = Object.keys(change) as (keyof FixChange)[];
    const sets = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
    const values = names.map((name) => (name === 'reason' ? change.reason?.replaceAll('\0', '').slice(0, mostReason) : change[name]));
    const [row] = await rows<FixRow>(tx, `update fixes set ${sets}, updated_at = clock_timestamp() where id = $1 returning *`, [
      id,
      ...values,
    ]);
    return row!;
  }
}
