import {
  decodeEnvelope,
  decodeFact,
  factMeta,
  FactRefused,
  findFact,
  shortType,
  topicName,
  type Envelope,
  type FactClass,
} from '@throughline/contracts';
import { traceIdOf } from '@throughline/telemetry';

/** A record as it came from the broker, or as it was held. */
export interface FactRecord {
  /** Without the prefix of a shared cluster. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  /** When it was sent, in milliseconds. */
  readonly sentAt: number;
}

/** What a consumer makes of a record. */
export type Reading =
  | { readonly as: 'fact'; readonly fact: object }
  /** Nothing for this consumer. `wrong_writer`: the statement of somebody who may not make it. */
  | { readonly as: 'skipped'; readonly why: 'unknown_type' | 'not_wanted' | 'wrong_writer' }
  | { readonly as: 'refused'; readonly error: FactRefused; readonly cls: FactClass };

/** Decodes and validates a record for a consumer that wants the given facts. */
export function readRecord(record: FactRecord, wanted: { has(fact: FactClass): boolean }): Reading {
  const cls = classOf(record);
  if (!cls) return { as: 'skipped', why: 'unknown_type' };
  if (!wanted.has(cls)) return { as: 'skipped', why: 'not_wanted' };
  const meta = factMeta(cls);
  if (record.headers['ce_source'] !== `/throughline/${meta.writer}` || record.topic !== topicName(meta.topic)) {
    return { as: 'skipped', why: 'wrong_writer' };
  }
  try {
    const envelope = checked(decodeEnvelope(record.headers));
    if (!record.value) throw new FactRefused('malformed', 'the record has no value');
    return { as: 'fact', fact: decodeFact(envelope, record.value) };
  } catch (error) {
    if (error instanceof FactRefused) return { as: 'refused', error, cls };
    throw error;
  }
}

/** The declared class of a record, by its type alone. */
export function classOf(record: FactRecord): FactClass | undefined {
  const type = shortType(record.headers['ce_type'] ?? '');
  return type === undefined ? undefined : findFact(type);
}

/** The application that a fact names. */
export function applicationOf(fact: object): string {
  const { application } = fact as { application?: unknown };
  return typeof application === 'string' && application !== '' ? application : 'unassigned';
}

/** What tells the facts of one episode: the trace of the hop, else of the start. */
export function traceparentOf(record: FactRecord): string | undefined {
  return record.headers['traceparent'] ?? record.headers['ce_traceparent'];
}

export function traceOf(record: FactRecord): string | undefined {
  const traceparent = traceparentOf(record);
  return traceparent && traceIdOf({ traceparent });
}

/** Id and time become the inbox mark: they have to be what Postgres can take. */
function checked(envelope: Envelope): Envelope {
  if (!/^[\x21-\x7e]{1,200}$/.test(envelope.id)) throw new FactRefused('malformed', 'the id is empty, too long or not printable');
  const time = Date.parse(envelope.time);
  if (Number.isNaN(time) || time < 0 || time > 32_503_680_000_000) throw new FactRefused('malformed', 'the time is no time');
  return envelope;
}
