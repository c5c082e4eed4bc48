import { Injectable } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { carrierNow, episode, inSpan } from '@throughline/telemetry';
import type { Message, Producer } from 'kafkajs';
import { KafkaConnection } from '../kafka/kafka-connection.ts';
import { within } from '../limits.ts';
import { Measures, timed } from '../measures.ts';
import type { OutboxFact } from './outbox-rows.ts';

/** What became of the facts of one send. */
export interface Outcome {
  readonly sent: readonly OutboxFact[];
  /** The broker will never take them. */
  readonly refused: readonly { readonly fact: OutboxFact; readonly error: Error }[];
  /** Topics that are not there or not ours to write: their facts wait, others go on. */
  readonly blocked: readonly string[];
}

interface Draft {
  readonly fact: OutboxFact;
  readonly message: Message;
}

/** Not a time that the broker does not believe: it is that of our clock, and another when the clock is right. Until then all wait. */
const refusedForGood = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']);
const disconnectMs = 5_000;
const topicUnusable = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'TOPIC_AUTHORIZATION_FAILED', 'INVALID_TOPIC_EXCEPTION']);

/** Sends facts in order, acknowledged by all replicas, each with a span in the trace that made it. */
@Injectable()
export class FactSender {
  private producer: Promise<Producer> | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly measures: Measures,
  ) {}

  /** Throws when the broker is away; the facts are then to be sent again. */
  async send(facts: readonly OutboxFact[]): Promise<Outcome> {
    const drafts: Draft[] = [];
    const settled = Promise.withResolvers<void>();
    const spans = facts.map((fact) => this.draft(fact, drafts, settled.promise).catch(() => undefined));
    try {
      const send = (): Promise<Outcome> => context.with(suppressTracing(context.active()), () => this.sendDrafts(drafts));
      const outcome = await timed(this.measures.sendSeconds, {}, send);
      this.count(outcome);
      settled.resolve();
      return outcome;
    } catch (error) {
      settled.reject(error);
      await this.disconnect();
      throw error;
    } finally {
      await Promise.all(spans);
    }
  }

  private count({ sent, refused }: Outcome): void {
    for (const [topic, own] of Map.groupBy(sent, (fact) => fact.topic)) this.measures.sent.add({ topic }, own.length);
    for (const { fact } of refused) this.measures.refused.add({ topic: fact.topic });
  }

  /** The relay is the last who needs the broker. */
  async close(): Promise<void> {
    await this.disconnect();
    this.connection.close();
  }

  /** The next send connects anew: a producer that failed may have lost count of its sequence. */
  private async disconnect(): Promise<void> {
    const producer = await this.producer?.catch(() => undefined);
    this.producer = undefined;
    if (producer) await within(disconnectMs, producer.disconnect());
  }

  /** The span ends when the broker has answered; its carrier goes with the record. */
  private draft(fact: OutboxFact, drafts: Draft[], settled: Promise<void>): Promise<void> {
    const carrier = fact.carrier ? { traceparent: fact.carrier } : undefined;
    const attributes = { 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.destination.name': fact.topic };
    return inSpan(`send ${fact.topic}`, { kind: 'producer', ...episode(carrier, fact.waitedMs), attributes }, () => {
      const headers = { ...(JSON.parse(fact.headers) as Record<string, string>), ...carrierNow() };
      drafts.push({ fact, message: { key: fact.key, value: fact.payload, headers } });
      return settled;
    });
  }

  private async sendDrafts(drafts: readonly Draft[]): Promise<Outcome> {
    try {
      await this.produce(drafts);
      return { sent: drafts.map(({ fact }) => fact), refused: [], blocked: [] };
    } catch (error) {
      if (reasonOf(error) === 'away') throw error;
    }
    return this.sendByTopic(drafts);
  }

  private async sendByTopic(drafts: readonly Draft[]): Promise<Outcome> {
    const sent: OutboxFact[] = [];
    const refused: { fact: OutboxFact; error: Error }[] = [];
    const blocked: string[] = [];
    for (const [topic, own] of byTopic(drafts)) {
      try {
        await this.produce(own);
        sent.push(...own.map(({ fact }) => fact));
      } catch (error) {
        if (reasonOf(error) === 'away') throw error;
        if (reasonOf(error) === 'topic') blocked.push(topic);
        else await this.sendOneByOne(own, sent, refused);
      }
    }
    return { sent, refused, blocked };
  }

  private async sendOneByOne(drafts: readonly Draft[], sent: OutboxFact[], refused: { fact: OutboxFact; error: Error }[]): Promise<void> {
    for (const draft of drafts) {
      try {
        await this.produce([draft]);
        sent.push(draft.fact);
      } catch (error) {
        if (reasonOf(error) !== 'refused') throw error;
        refused.push({ fact: draft.fact, error: error as Error });
      }
    }
  }

  private async produce(drafts: readonly Draft[]): Promise<void> {
    const topicMessages = [...byTopic(drafts)].map(([topic, own]) => ({
      topic: this.connection.prefix + topic,
      messages: own.map(({ message }) => message),
    }));
    const producer = await (this.producer ??= this.connect());
    await producer.sendBatch({ acks: -1, timeout: 8_000, topicMessages });
  }

  private async connect(): Promise<Producer> {
    const producer = this.connection.producers.producer({ idempotent: true, maxInFlightRequests: 1 });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      // It may have its sockets already and lack only its id.
      await within(disconnectMs, producer.disconnect());
      throw error;
    }
  }
}

function byTopic(drafts: readonly Draft[]): Map<string, Draft[]> {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const group = groups.get(draft.fact.topic);
    if (group) group.push(draft);
    else groups.set(draft.fact.topic, [draft]);
  }
  return groups;
}

/** kafkajs wraps what the broker said; the protocol's word is somewhere in the causes. */
function reasonOf(error: unknown): 'refused' | 'topic' | 'away' {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { type } = cause as { type?: unknown };
    if (typeof type !== 'string') continue;
    if (refusedForGood.has(type)) return 'refused';
    if (topicUnusable.has(type)) return 'topic';
  }
  return 'away';
}
