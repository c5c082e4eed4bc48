import { factMeta, type FactClass } from './fact.ts';
import { sha256, uuidv5 } from './ids.ts';

/** CloudEvents 1.0 context attributes of a fact, with the extensions that we use. */
export interface Envelope {
  readonly id: string;
  /** `/throughline/<service>`. */
  readonly source: string;
  /** `dev.throughline.<subject>.<past participle>.v1`. */
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  /** Start of the episode (distributed tracing extension): it does not change from hop to hop. */
  readonly traceparent?: string;
  /** The best chain root that the emitter knows; a hint only. */
  readonly correlationid?: string;
  /** Id of the fact that caused this one. */
  readonly causationid?: string;
  /** Id of the fact that this one replaces: the same delivery, better understood. */
  readonly supersedes?: string;
  /** Revision of the subject: a consumer that keeps state ignores a lower one. */
  readonly sequence?: number;
  /** Digest of a large body in the blob store. */
  readonly dataref?: string;
  /** Sequence of the last removal of the repository that the emitter knew; a consumer that knows a later one drops the fact. */
  readonly afterremoval?: number;
}

/** A fact about to be published, with what its envelope cannot read off its fields. */
export interface NewFact<F extends object = object> {
  readonly fact: F;
  /** What `encodeValue` made of it, when that was asked before. */
  readonly value?: string;
  /** What makes a repetition recognisable: equal delivery key, type, subject and content give the equal event id. */
  readonly deliveryKey: string;
  /** The fact that caused it: causation, correlation and the episode are taken from there. */
  readonly because?: Envelope;
  readonly time?: Date;
  readonly sequence?: number;
  readonly supersedes?: string;
  readonly correlationid?: string;
  readonly traceparent?: string;
  readonly dataref?: string;
}

const typePrefix = 'dev.throughline.';
const typeSuffix = '.v1';
const envelopes = new WeakMap<object, Envelope>();

/** The full CloudEvents type of a short one. */
export function cloudEventType(type: string): string {
  return `${typePrefix}${type}${typeSuffix}`;
}

/** The short type of a full one; undefined for types that are not ours or of another version. */
export function shortType(type: string): string | undefined {
  if (!type.startsWith(typePrefix) || !type.endsWith(typeSuffix)) return undefined;
  return type.slice(typePrefix.length, -typeSuffix.length);
}

/** Builds the envelope of a new fact; its id is uuid-v5 of (source, delivery key, type, subject, digest of the fact). */
export function envelopeFor(draft: NewFact, value: string): Envelope {
  const meta = factMeta(draft.fact.constructor as FactClass);
  const source = `/throughline/${meta.writer}`;
  const type = cloudEventType(meta.type);
  const subject = meta.subject(draft.fact);
  return {
    id: uuidv5(source, draft.deliveryKey, type, subject, sha256(value)),
    source,
    type,
    subject,
    time: (draft.time ?? new Date()).toISOString(),
    ...defined({
      traceparent: draft.traceparent ?? draft.because?.traceparent,
      correlationid: draft.correlationid ?? draft.because?.correlationid,
      causationid: draft.because?.id,
      supersedes: draft.supersedes,
      sequence: draft.sequence,
      dataref: draft.dataref,
    }),
  };
}

/** The envelope a received fact came in; throws for a fact that was not decoded from the bus. */
export function envelopeOf(fact: object): Envelope {
  const envelope = envelopes.get(fact);
  if (!envelope) throw new Error(`this ${fact.constructor.name} was not received: it has no envelope`);
  return envelope;
}

/** Remembers the envelope of a fact; for the codec and for tests. */
export function received<F extends object>(fact: F, envelope: Envelope): F {
  envelopes.set(fact, envelope);
  return fact;
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
