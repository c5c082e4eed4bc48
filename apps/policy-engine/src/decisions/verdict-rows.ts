import { Injectable } from '@nestjs/common';
import type { Gate } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';

/** What was last decided about a subject at a gate, and what it was decided from. */
export interface VerdictRow {
  readonly gate: Gate;
  readonly decision: string;
  readonly revision: number;
  /** Made while something was still open, for somebody who could not wait longer. */
  readonly provisional: boolean;
  /** Of the subject's standing. */
  readonly asOf: string;
  /** Digests: the input without its time, the policies in force, the tolerance, the outcome, and the outcome last told to others. */
  readonly known: string;
  readonly policies: string;
  readonly tolerance: string;
  readonly outcome: string;
  readonly published: string | null;
  readonly judgedAt: Date;
}

const columns = `gate, decision, revision, provisional, as_of as "asOf", known, policies, tolerance, outcome,
  published, judged_at as "judgedAt"`;

@Injectable()
export class VerdictRows {
  async find(tx: Tx, subject: string, gate: Gate): Promise<VerdictRow | undefined> {
    const sql = `select ${columns} from verdict where subject_id = $1 and gate = $2`;
    return (await rows<VerdictRow>(tx, sql, [subject, gate]))[0];
  }

  all(tx: Tx, subject: string): Promise<readonly VerdictRow[]> {
    return rows<VerdictRow>(tx, `select ${columns} from verdict where subject_id = $1 order by gate`, [subject]);
  }

  async save(tx: Tx, subject: string, verdict: Omit<VerdictRow, 'judgedAt'>): Promise<void> {
    const { gate, decision, revision, provisional, asOf, known, policies, tolerance, outcome, published } = verdict;
    await rows(
      tx,
      `insert into verdict (subject_id, gate, decision, revision, provisional, as_of, known, policies, tolerance, outcome, published, judged_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp())
       on conflict (subject_id, gate) do update set decision = excluded.decision, revision = excluded.revision,
         provisional = excluded.provisional, as_of = excluded.as_of, known = excluded.known,
         policies = excluded.policies, tolerance = excluded.tolerance, outcome = excluded.outcome, published = excluded.published,
         judged_at = excluded.judged_at`,
      [subject, gate, decision, revision, provisional, asOf, known, policies, tolerance, outcome, published],
    );
  }
}
