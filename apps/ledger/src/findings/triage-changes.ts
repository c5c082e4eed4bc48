import { FindingChanged, make, type Triage } from '@throughline/contracts';
import type { Outbox } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { given } from '../bulk.ts';

/** A finding whose triage changes; the caller has its row locked, as it is here. */
export interface TriageChange {
  readonly number: string;
  readonly id: string;
  readonly repository: string;
  readonly triage: Triage;
  readonly revision: number;
  readonly to: Triage;
}

const columns = {
  number: { type: 'bigint', of: ({ number }: TriageChange) => number },
  before: { type: 'text', of: ({ triage }: TriageChange) => triage },
  after: { type: 'text', of: ({ to }: TriageChange) => to },
};

/** Writes down what is said of findings, whoever says it: the triage, its history, and the facts about it. */
export async function writeTriage(
  tx: Tx,
  outbox: Outbox,
  changes: readonly TriageChange[],
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const table = given(changes, columns);
  await rows(
    tx,
    `update finding f set triage = given.after, revision = f.revision + 1 from ${table.sql} where f.number = given.number`,
    table.params,
  );
  const events = given(changes, columns, 3);
  await rows(
    tx,
    `insert into finding_event (finding_number, kind, before_state, after_state, person, reason)
     select number, 'triage', before, after, $1, nullif($2, '') from ${events.sql}`,
    [by, reason, ...events.params],
  );
  const facts = changes.map(({ id, repository, to, revision }) => ({
    fact: make(FindingChanged, { finding: id, repository, triage: to, by: by.slice(0, 200), reason }),
    deliveryKey: `triage ${id} ${revision + 1}`,
    sequence: revision + 1,
  }));
  await outbox.add(tx, ...facts);
}
