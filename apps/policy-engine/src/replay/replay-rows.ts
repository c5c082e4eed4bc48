import { Injectable } from '@nestjs/common';
import type { Gate, PolicyReplay, ReplayedDecision } from '@throughline/contracts';
import { rows, type Identity, type Tx } from '@throughline/service';
import type { PublishedPolicy } from '../evaluation/orders.ts';

/** How far a replay has come. */
export interface Progress {
  readonly cursor: string | null;
  readonly decisions: number;
  readonly identical: number;
  readonly otherReasons: number;
  readonly changedTotal: number;
  readonly changed: readonly ReplayedDecision[];
  readonly gone: number;
}

/** A replay as it is kept. */
export interface ReplayRow extends Progress {
  readonly id: string;
  readonly name: string;
  readonly policy: PublishedPolicy;
  readonly since: Date;
  readonly gates: readonly Gate[];
  readonly applications: Identity['applications'];
  readonly status: PolicyReplay['status'];
  readonly truncated: boolean;
  readonly failure: string | null;
}

type Stored = Omit<ReplayRow, 'policy' | 'applications' | 'changed'> & Record<'policy' | 'applications' | 'changed', string>;

const keepDays = 30;
const columns = `id, name, policy, since, gates, applications, status, cursor, decisions, identical, other_reasons as "otherReasons",
  changed_total as "changedTotal", changed, gone, truncated, failure`;

@Injectable()
export class ReplayRows {
  async insert(tx: Tx, row: Pick<ReplayRow, 'id' | 'name' | 'policy' | 'since' | 'gates' | 'applications'>, by: string): Promise<void> {
    await rows(tx, `delete from policy_replay where created_at < clock_timestamp() - make_interval(days => ${keepDays})`);
    await rows(
      tx,
      'insert into policy_replay (id, name, policy, since, gates, applications, requested_by) values ($1, $2, $3, $4, $5, $6, $7)',
      [...[row.id, row.name, JSON.stringify(row.policy), row.since, row.gates, JSON.stringify(row.applications), by]],
    );
  }

  async open(tx: Tx): Promise<number> {
    const sql = "select count(*)::int as count from policy_replay where status in ('queued', 'running')";
    return (await rows<{ count: number }>(tx, sql))[0]!.count;
  }

  async find(tx: Tx, id: string): Promise<ReplayRow | undefined> {
    const [row] = await rows<Stored>(tx, `select ${columns} from policy_replay where id::text = $1`, [id]);
    if (!row) return undefined;
    return {
      ...row,
      policy: JSON.parse(row.policy) as PublishedPolicy,
      applications: JSON.parse(row.applications) as ReplayRow['applications'],
      changed: JSON.parse(row.changed) as ReplayedDecision[],
    };
  }

  async save(
    tx: Tx,
    id: string,
    progress: Progress,
    end: { readonly status: ReplayRow['status']; readonly truncated: boolean },
  ): Promise<void> {
    const { cursor, decisions, identical, otherReasons, changedTotal, changed, gone } = progress;
    await rows(
      tx,
      `update policy_replay set cursor = $2, decisions = $3, identical = $4, other_reasons = $5, changed_total = $6, changed = $7, gone = $8,
         status = $9, truncated = $10 where id = $1`,
      [id, cursor, decisions, identical, otherReasons, changedTotal, JSON.stringify(changed), gone, end.status, end.truncated],
    );
  }

  async fail(tx: Tx, id: string, failure: string): Promise<void> {
    await rows(tx, "update policy_replay set status = 'failed', failure = $2 where id = $1", [id, failure.slice(0, 500)]);
  }
}
