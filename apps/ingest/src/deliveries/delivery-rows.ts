import { lastRows, type Tx } from '@throughline/service';
import { headColumns, headsIn, upsertHeads } from '../repositories/heads.ts';
import { dayOf, type Candidate } from './candidate.ts';
import { deliveredFacts, draftsOf } from './told-facts.ts';

/** Bodies come as one value: in a list each byte would be two characters. */
const insert = `
  with told_head as (${upsertHeads})
  insert into delivery (id, received_on, received_at, source_id, application, status, reason, event, provider_id, facts, headers, secret_id, body, body_blob, body_bytes, repository)
  select id, received_on, received_at, source_id, application, status, reason, event, provider_id, facts, headers, secret_id,
    substring($22::bytea from body_from for body_length), body_blob, body_bytes, repository
  from unnest($6::uuid[], $7::date[], $8::timestamptz[], $9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::uuid[], $18::integer[], $19::integer[], $20::bytea[], $21::integer[], $23::text[])
    as told (id, received_on, received_at, source_id, application, status, reason, event, provider_id, facts, headers,
      secret_id, body_from, body_length, body_blob, body_bytes, repository)`;

/** Writes deliveries and the heads that they tell in one statement, with which the transaction ends; their repositories are there. */
export async function insertLastDeliveries(tx: Tx, fresh: readonly Candidate[], applications: ReadonlyMap<string, string>): Promise<void> {
  const column = <T>(read: (candidate: Candidate) => T): T[] => fresh.map(read);
  const heads = fresh.flatMap(({ outcome, receivedAt }) => headsIn(outcome.facts, { at: receivedAt, saidAt: outcome.saidAt }));
  const bodies = bodiesOf(fresh);
  await lastRows(tx, insert, [
    ...headColumns(heads),
    column(({ id }) => id),
    column(({ receivedAt }) => dayOf(receivedAt)),
    column(({ receivedAt }) => receivedAt),
    column(({ source }) => source.id),
    column(({ outcome }) => (outcome.repository && applications.get(outcome.repository.id)) ?? 'unassigned'),
    column(({ outcome }) => outcome.status),
    column(({ outcome }) => outcome.reason ?? null),
    column(({ arrival }) => arrival.event),
    column(({ arrival }) => arrival.deliveryId),
    column((candidate) => JSON.stringify(deliveredFacts(draftsOf(candidate)))),
    column(({ headers }) => JSON.stringify(headers)),
    column(({ secretId }) => secretId),
    bodies.starts,
    bodies.lengths,
    column(({ body }) => (body.blob === undefined ? null : Buffer.from(body.blob.slice('sha256:'.length), 'hex'))),
    column(({ body }) => body.bytes),
    bodies.joined,
    column(({ outcome }) => outcome.repository?.id ?? null),
  ]);
}

/** The sealed bodies one after the other, and where each of them lies; SQL counts from one. */
function bodiesOf(fresh: readonly Candidate[]): { joined: Buffer; starts: (number | null)[]; lengths: (number | null)[] } {
  let end = 1;
  const starts = fresh.map(({ body: { inline } }) => {
    const start = end;
    end += inline?.length ?? 0;
    return inline ? start : null;
  });
  return {
    joined: Buffer.concat(fresh.flatMap(({ body }) => body.inline ?? [])),
    starts,
    lengths: fresh.map(({ body }) => body.inline?.length ?? null),
  };
}
