import { rows, type Tx } from '@throughline/service';
import { dayOf, type Candidate } from './candidate.ts';

/** The delivery that a repetition repeats. */
export interface FirstDelivery {
  readonly id: string;
  readonly facts: number;
  readonly reason?: string;
}

interface MarkedRow {
  readonly source_id: string;
  readonly mark: string;
  readonly delivery_id: string;
  readonly facts: string | null;
  readonly reason: string | null;
}

interface Mark {
  readonly source: string;
  readonly mark: string;
  readonly candidate: Candidate;
}

const claim = `
  insert into delivery_mark (source_id, mark, delivery_id, received_on)
  select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[])
  on conflict do nothing
  returning source_id, mark`;

const read = `
  select held.source_id, held.mark, held.delivery_id, delivery.facts, delivery.reason
  from unnest($1::uuid[], $2::text[]) as wanted (source_id, mark)
  join delivery_mark held using (source_id, mark)
  left join delivery on delivery.id = held.delivery_id and delivery.received_on = held.received_on`;

/**
 * Claims the marks of the candidates; answers those that repeat an earlier delivery, with that one. Two transactions with
 * the same marks wait for each other here, in one order, and the later one finds the earlier one's delivery.
 */
export async function claimMarks(tx: Tx, candidates: readonly Candidate[]): Promise<ReadonlyMap<Candidate, FirstDelivery>> {
  const marks = candidates.flatMap((candidate) => candidate.marks.map((mark): Mark => ({ source: candidate.source.id, mark, candidate })));
  marks.sort((a, b) => compare(nameOf(a), nameOf(b)));
  const claimed = await rows<MarkedRow>(tx, claim, [
    marks.map(({ source }) => source),
    marks.map(({ mark }) => mark),
    marks.map(({ candidate }) => candidate.id),
    marks.map(({ candidate }) => dayOf(candidate.receivedAt)),
  ]);
  const ours = new Set(claimed.map(({ source_id, mark }) => `${source_id} ${mark}`));
  const taken = marks.filter((mark) => !ours.has(nameOf(mark)));
  if (taken.length === 0) return new Map();
  const first = await readFirst(tx, taken);
  await giveBack(tx, marks, ours, first);
  return first;
}

async function readFirst(tx: Tx, taken: readonly Mark[]): Promise<ReadonlyMap<Candidate, FirstDelivery>> {
  const held = await rows<MarkedRow>(tx, read, [taken.map(({ source }) => source), taken.map(({ mark }) => mark)]);
  const byName = new Map(held.map((row) => [`${row.source_id} ${row.mark}`, row]));
  const first = new Map<Candidate, FirstDelivery>();
  for (const mark of taken) {
    const row = byName.get(nameOf(mark));
    if (!row) throw new Error(`the mark ${mark.mark} vanished while it was read: the delivery is tried again`);
    if (first.has(mark.candidate)) continue;
    const facts = row.facts === null ? 0 : (JSON.parse(row.facts) as unknown[]).length;
    first.set(mark.candidate, { id: row.delivery_id, facts, ...(row.reason === null ? {} : { reason: row.reason }) });
  }
  return first;
}

/** A repetition keeps no marks: an id that was used again must not hide the body that came with it. */
async function giveBack(
  tx: Tx,
  marks: readonly Mark[],
  ours: ReadonlySet<string>,
  repeated: ReadonlyMap<Candidate, FirstDelivery>,
): Promise<void> {
  const back = marks.filter((mark) => repeated.has(mark.candidate) && ours.has(nameOf(mark)));
  if (back.length === 0) return;
  await rows(
    tx,
    `delete from delivery_mark using unnest($1::uuid[], $2::text[]) as back (source_id, mark)
     where delivery_mark.source_id = back.source_id and delivery_mark.mark = back.mark`,
    [back.map(({ source }) => source), back.map(({ mark }) => mark)],
  );
}

function nameOf({ source, mark }: Mark): string {
  return `${source} ${mark}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
