import { Injectable } from '@nestjs/common';
import { factMeta, type FactClass, type NewFact, type WebhookReceipt } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { Heads, headsIn } from '../repositories/heads.ts';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import { dayOf, type Candidate } from './candidate.ts';
import { claimMarks, type FirstDelivery } from './marks.ts';

const insert = `
  insert into delivery (id, received_on, received_at, source_id, application, status, reason, event, provider_id, facts, headers, secret_id, body, body_blob, body_bytes)
  select * from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
    $12::uuid[], $13::bytea[], $14::bytea[], $15::integer[])`;

/** Writes deliveries and their facts: a batch is one transaction, after which all of it is answered or none. */
@Injectable()
export class DeliveryWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly repositories: RepositoryRegister,
    private readonly heads: Heads,
  ) {}

  /** The receipts, in the order of the candidates; a repetition gets the receipt of the delivery that it repeats. */
  async write(candidates: readonly Candidate[]): Promise<WebhookReceipt[]> {
    const { distinct, repeats } = coalesce(candidates);
    const earlier = await this.database.transaction(async (tx) => {
      const found = await claimMarks(tx, distinct);
      await this.writeFresh(
        tx,
        distinct.filter((candidate) => !found.has(candidate)),
      );
      return found;
    });
    return candidates.map((candidate) => {
      const original = repeats.get(candidate) ?? candidate;
      return receiptOf(earlier.get(original) ?? firstOf(original));
    });
  }

  private async writeFresh(tx: Tx, fresh: readonly Candidate[]): Promise<void> {
    if (fresh.length === 0) return;
    const registered = await this.repositories.register(
      tx,
      fresh.flatMap(({ outcome, source, traceparent }) => (outcome.repository ? [{ ...outcome.repository, source, traceparent }] : [])),
    );
    await insertDeliveries(tx, fresh, registered.applications);
    await this.heads.record(
      tx,
      fresh.flatMap(({ outcome, receivedAt }) => headsIn(outcome.facts, receivedAt)),
    );
    await this.outbox.add(tx, ...registered.facts, ...fresh.flatMap(factsOf));
  }
}

/** The facts of a delivery as they are published: the same again when it is replayed unchanged. */
export function factsOf({
  id,
  receivedAt,
  outcome,
  traceparent,
}: Pick<Candidate, 'id' | 'receivedAt' | 'outcome' | 'traceparent'>): NewFact[] {
  return outcome.facts.map((fact) => ({ fact, deliveryKey: id, time: receivedAt, ...(traceparent === undefined ? {} : { traceparent }) }));
}

/** What is kept of the facts beside the delivery. */
export function factList(outcome: Candidate['outcome']): string {
  return JSON.stringify(
    outcome.facts.map((fact) => {
      const meta = factMeta(fact.constructor as FactClass);
      return { type: meta.type, subject: meta.subject(fact) };
    }),
  );
}

/** The first of those that carry the same mark goes into the database, the others wait for its answer. */
function coalesce(candidates: readonly Candidate[]): { distinct: Candidate[]; repeats: ReadonlyMap<Candidate, Candidate> } {
  const byMark = new Map<string, Candidate>();
  const repeats = new Map<Candidate, Candidate>();
  const distinct: Candidate[] = [];
  for (const candidate of candidates) {
    const names = candidate.marks.map((mark) => `${candidate.source.id} ${mark}`);
    const original = names.map((name) => byMark.get(name)).find((found) => found !== undefined);
    if (original) {
      repeats.set(candidate, original);
      continue;
    }
    distinct.push(candidate);
    for (const name of names) byMark.set(name, candidate);
  }
  return { distinct, repeats };
}

async function insertDeliveries(tx: Tx, fresh: readonly Candidate[], applications: ReadonlyMap<string, string>): Promise<void> {
  const column = <T>(read: (candidate: Candidate) => T): T[] => fresh.map(read);
  await rows(tx, insert, [
    column(({ id }) => id),
    column(({ receivedAt }) => dayOf(receivedAt)),
    column(({ receivedAt }) => receivedAt),
    column(({ source }) => source.id),
    column(({ outcome }) => (outcome.repository && applications.get(outcome.repository.id)) ?? 'unassigned'),
    column(({ outcome }) => outcome.status),
    column(({ outcome }) => outcome.reason ?? null),
    column(({ arrival }) => arrival.event),
    column(({ arrival }) => arrival.deliveryId),
    column(({ outcome }) => factList(outcome)),
    column(({ headers }) => JSON.stringify(headers)),
    column(({ secretId }) => secretId),
    column(({ body }) => body.inline ?? null),
    column(({ body }) => (body.blob === undefined ? null : Buffer.from(body.blob.slice('sha256:'.length), 'hex'))),
    column(({ body }) => body.bytes),
  ]);
}

function firstOf({ id, outcome }: Candidate): FirstDelivery {
  return { id, facts: outcome.facts.length, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }) };
}

function receiptOf({ id, facts, reason }: FirstDelivery): WebhookReceipt {
  return { deliveryId: id, facts, ...(reason === undefined ? {} : { ignored: reason }) };
}
