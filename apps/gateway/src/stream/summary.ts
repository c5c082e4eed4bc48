import { envelopeOf, factMeta, make, StreamEvent, type FactClass } from '@throughline/contracts';

const longestText = 300;
const atMost = 30;

/** What the stream tells of a fact: who and what, and its short fields; lists and long texts are read where they live. */
export function streamEvent(fact: object, application: string): StreamEvent {
  const envelope = envelopeOf(fact);
  const traceId = envelope.traceparent?.split('-')[1];
  return make(StreamEvent, {
    type: factMeta(fact.constructor as FactClass).type,
    id: envelope.id,
    subject: envelope.subject,
    time: envelope.time,
    application,
    ...(traceId ? { traceId } : {}),
    summary: shortFields(fact),
  });
}

/** The application that a fact names itself. */
export function applicationOf(fact: object): string | undefined {
  const { application } = fact as { application?: unknown };
  return typeof application === 'string' ? application : undefined;
}

function shortFields(fact: object): Record<string, string | number | boolean> {
  const { subject } = fact as { subject?: unknown };
  const nested = typeof subject === 'object' && subject !== null ? Object.entries(subject) : [];
  const short = [...Object.entries(fact), ...nested].filter(([, value]) => isShort(value)).slice(0, atMost);
  return Object.fromEntries(short);
}

function isShort(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= longestText);
}
