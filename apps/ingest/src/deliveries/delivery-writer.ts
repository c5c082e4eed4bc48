import { Injectable } from '@nestjs/common';
import type { WebhookReceipt } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { Heads, headsIn } from '../repositories/heads.ts';
import { RepositoryRegister } from '../repositories/repository-register.ts';
import { dayOf, type Candidate } from './candidate.ts';
import { claimMarks, type FirstDelivery } from './marks.ts';
import { checkOf } from './push-check.ts';
import { afterPushes, branchPushes, inDoubt, isDoubtful } from './push-order.ts';
import { asTheyStand } from './standing.ts';
import { deliveredFacts, draftsOf } from './told-facts.ts';

const insert = `
  insert into delivery (id, received_on, received_at, source_id, application, status, reason, event, provider_id, facts, headers, secret_id, body, body_blob, body_bytes, repository)
  select * from unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
    $12::uuid[], $13::bytea[], $14::bytea[], $15::integer[], $16::text[])`;

const withoutSource: Candidate['outcome'] = { status: 'ignored', reason: 'its source was removed', facts: [] };

/** Writes deliveries and their facts: a batch is one transaction, after which all of it is answered or none. */
@Injectable()
export class DeliveryWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly repositories: RepositoryRegister,
    private readonly heads: Heads,
    private readonly work: WorkQueue,
  ) {}

  /** The receipts, in the order of the candidates; a repetition gets the receipt of the delivery that it repeats. */
  async write(candidates: readonly Candidate[]): Promise<WebhookReceipt[]> {
    const { distinct, repeats } = coalesce(candidates);
    const receipts = await this.database.transaction((tx) => this.writeDistinct(tx, distinct));
    return candidates.map((candidate) => receipts.get(repeats.get(candidate) ?? candidate)!);
  }

  private async writeDistinct(tx: Tx, distinct: readonly Candidate[]): Promise<ReadonlyMap<Candidate, WebhookReceipt>> {
    const outcomes = await asTheyStand(tx, distinct);
    const earlier = await claimMarks(tx, [...outcomes.keys()]);
    const standing = distinct.map((candidate) => ({ ...candidate, outcome: outcomes.get(candidate) ?? withoutSource }));
    const fresh = standing.filter((_, index) => outcomes.has(distinct[index]!) && !earlier.has(distinct[index]!));
    const written = await this.writeFresh(tx, fresh);
    return new Map(
      distinct.map((candidate, index) => {
        const now = standing[index]!;
        return [candidate, receiptOf(earlier.get(candidate) ?? firstOf(written.get(now) ?? now))];
      }),
    );
  }

  /** What was written of each: a push out of order is held back. */
  private async writeFresh(tx: Tx, candidates: readonly Candidate[]): Promise<ReadonlyMap<Candidate, Candidate>> {
    if (candidates.length === 0) return new Map();
    const written = await this.inOrder(tx, candidates);
    const fresh = [...written.values()];
    const registered = await this.repositories.register(
      tx,
      fresh.flatMap(({ outcome, source, traceparent }) => (outcome.repository ? [{ ...outcome.repository, source, traceparent }] : [])),
    );
    await insertDeliveries(tx, fresh, registered.applications);
    await this.heads.record(
      tx,
      fresh.flatMap(({ outcome, receivedAt }) => headsIn(outcome.facts, { at: receivedAt, saidAt: outcome.saidAt })),
    );
    await this.outbox.add(tx, ...registered.facts, ...fresh.flatMap(draftsOf));
    await this.work.add(tx, ...fresh.filter(({ outcome }) => outcome.status === 'checking').map(({ id }) => checkOf(id)));
    return written;
  }

  /** One after the other as they came: each push is compared with what the ones before it left. */
  private async inOrder(tx: Tx, candidates: readonly Candidate[]): Promise<ReadonlyMap<Candidate, Candidate>> {
    const heads = new Map(
      await this.heads.lock(
        tx,
        candidates.flatMap(({ outcome }) => branchPushes(outcome)),
      ),
    );
    const settled = new Map<Candidate, Candidate>();
    for (const candidate of candidates) {
      const doubtful = isDoubtful(candidate.outcome, heads);
      settled.set(candidate, doubtful ? { ...candidate, outcome: inDoubt(candidate.outcome) } : candidate);
      if (!doubtful) for (const [name, head] of afterPushes(candidate.outcome)) heads.set(name, head);
    }
    return settled;
  }
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
    column((candidate) => JSON.stringify(deliveredFacts(draftsOf(candidate)))),
    column(({ headers }) => JSON.stringify(headers)),
    column(({ secretId }) => secretId),
    column(({ body }) => body.inline ?? null),
    column(({ body }) => (body.blob === undefined ? null : Buffer.from(body.blob.slice('sha256:'.length), 'hex'))),
    column(({ body }) => body.bytes),
    column(({ outcome }) => outcome.repository?.id ?? null),
  ]);
}

function firstOf({ id, outcome }: Candidate): FirstDelivery {
  return { id, facts: outcome.facts.length, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }) };
}

function receiptOf({ id, facts, reason }: FirstDelivery): WebhookReceipt {
  return { deliveryId: id, facts, ...(reason === undefined ? {} : { ignored: reason }) };
}
