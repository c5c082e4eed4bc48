import type { WebhookDeliveryStatus, WebhookReceipt } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { receiptOf, type Candidate } from './candidate.ts';

/** What makes a repetition of a candidate recognisable. */
export interface Mark {
  readonly name: string;
  readonly mark: string;
  readonly candidate: Candidate;
}

interface MarkedRow {
  readonly source_id: string;
  readonly mark: string;
  readonly delivery_id: string;
  readonly facts: string | null;
  readonly status: WebhookDeliveryStatus | null;
  readonly reason: string | null;
}

const read = `
  select held.source_id, held.mark, held.delivery_id, delivery.facts, delivery.status, delivery.reason
  from unnest($1::uuid[], $2::text[]) as wanted (source_id, mark)
  join delivery_mark held using (source_id, mark)
  left join delivery on delivery.id = held.delivery_id and delivery.received_on = held.received_on`;

/** The name of a mark among those of all sources. */
export function markName(source: string, mark: string): string {
  return `${source} ${mark}`;
}

/** The marks of candidates, in the one order in which all transactions claim them. */
export function marksOf(candidates: readonly Candidate[]): Mark[] {
  return candidates
    .flatMap((candidate) => candidate.marks.map((mark) => ({ name: markName(candidate.source.id, mark), mark, candidate })))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Answers the candidates that repeat an earlier delivery, since not all of their marks could be claimed, with its receipt. */
export async function repeatedAmong(
  tx: Tx,
  marks: readonly Mark[],
  claimed: ReadonlySet<string>,
): Promise<ReadonlyMap<Candidate, WebhookReceipt>> {
  const taken = marks.filter(({ name }) => !claimed.has(name));
  if (taken.length === 0) return new Map();
  const first = await readFirst(tx, taken);
  await giveBack(
    tx,
    marks.filter(({ name, candidate }) => claimed.has(name) && first.has(candidate)),
  );
  return first;
}

async function readFirst(tx: Tx, taken: readonly Mark[]): Promise<ReadonlyMap<Candidate, WebhookReceipt>> {
  const held = await rows<MarkedRow>(tx, read, [taken.map(({ candidate }) => candidate.source.id), taken.map(({ mark }) => mark)]);
  const byName = new Map(held.map((row) => [markName(row.source_id, row.mark), row]));
  const first = new Map<Candidate, WebhookReceipt>();
  for (const { name, mark, candidate } of taken) {
    const row = byName.get(name);
    if (!row) throw new Error(`the mark ${mark} vanished while it was read: the delivery is tried again`);
    if (first.has(candidate)) continue;
    const facts = row.facts === null ? 0 : (JSON.parse(row.facts) as unknown[]).length;
    first.set(candidate, receiptOf(row.delivery_id, facts, row));
  }
  return first;
}

/** A repetition keeps no marks: an id that was used again must not hide the body that came with it. */
async function giveBack(tx: Tx, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return;
  await rows(
    tx,
    `delete from delivery_mark using unnest($1::uuid[], $2::text[]) as back (source_id, mark)
     where delivery_mark.source_id = back.source_id and delivery_mark.mark = back.mark`,
    [marks.map(({ candidate }) => candidate.source.id), marks.map(({ mark }) => mark)],
  );
}
