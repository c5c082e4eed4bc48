import { Injectable } from '@nestjs/common';
import {
  encodeHeaders,
  encodeValue,
  envelopeFor,
  factMeta,
  FactRefused,
  repositoryOf,
  topicName,
  type FactClass,
  type NewFact,
} from '@throughline/contracts';
import { rows, ServiceConfig, type Tx } from '@throughline/service';
import { carrierNow, traceIdOf } from '@throughline/telemetry';
import { Wakeups } from '../database/wakeups.ts';

/** A fact as it lies in the outbox. */
export interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly revision: number | null;
  readonly headers: string;
  readonly payload: string;
  readonly carrier: string | null;
  readonly repository: string | null;
}

const insert = `
  insert into outbox (id, topic, key, revision, headers, payload, carrier, after_removal)
  select id, topic, key, revision, headers, payload, carrier, removed_repository.sequence
  from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
    with ordinality as fact (id, topic, key, revision, headers, payload, carrier, repository, number)
  left join removed_repository using (repository)
  order by number`;

/** Facts of this service on their way to the broker: they leave if and only if the transaction commits. */
@Injectable()
export class Outbox {
  constructor(
    private readonly config: ServiceConfig,
    private readonly wakeups: Wakeups,
  ) {}

  /**
   * Publishes facts with the commit of `tx`. Call it after the row that they report was written: the lock on that row is
   * what orders the facts about it. Throws `FactRefused` for a fact that is invalid or larger than 64 KiB.
   */
  async add(tx: Tx, ...facts: readonly NewFact[]): Promise<void> {
    await this.write(tx, this.draft(facts));
  }

  /** For `write`: all that can be wrong with facts is found here, before anything is said to the database. Throws `FactRefused`. */
  draft(facts: readonly NewFact[]): readonly OutboxRow[] {
    return facts.map((fact) => this.rowOf(fact));
  }

  async write(tx: Tx, drafts: readonly OutboxRow[]): Promise<void> {
    if (drafts.length === 0) return;
    const column = <K extends keyof OutboxRow>(name: K): OutboxRow[K][] => drafts.map((row) => row[name]);
    await rows(tx, insert, [
      column('id'),
      column('topic'),
      column('key'),
      column('revision'),
      column('headers'),
      column('payload'),
      column('carrier'),
      column('repository'),
    ]);
    this.wakeups.announce(tx, 'outbox');
  }

  private rowOf(draft: NewFact): OutboxRow {
    const meta = factMeta(draft.fact.constructor as FactClass);
    if (meta.writer !== this.config.serviceName) {
      throw new Error(`${this.config.serviceName} may not write ${meta.type}: its writer is ${meta.writer}`);
    }
    const payload = draft.value ?? encodeValue(draft.fact);
    const envelope = envelopeFor({ ...draft, traceparent: draft.traceparent ?? episodeOf(draft) }, payload);
    const key = meta.key(draft.fact);
    if (key.includes('\0')) throw new FactRefused('invalid', `the key of ${meta.type} contains a NUL character`);
    return {
      id: envelope.id,
      topic: topicName(meta.topic),
      key,
      revision: draft.sequence ?? null,
      headers: JSON.stringify(encodeHeaders(envelope)),
      payload,
      carrier: carrierOf(draft) ?? null,
      repository: repositoryOf(draft.fact) ?? null,
    };
  }
}

/** A fact that starts an episode says in which trace it arrived: facts of several episodes may share a transaction. */
function carrierOf(draft: NewFact): string | undefined {
  return (draft.because ? undefined : draft.traceparent) ?? carrierNow().traceparent;
}

/** The start of the episode goes on from fact to fact, until a wait has begun a new trace. */
function episodeOf(draft: NewFact): string | undefined {
  const now = carrierNow();
  const before = draft.because?.traceparent;
  if (before && (!now.traceparent || traceIdOf({ traceparent: before }) === traceIdOf(now))) return before;
  return now.traceparent;
}
