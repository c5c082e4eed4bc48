import { validateSync, type ValidationError } from 'class-validator';
import { received, shortType, type Envelope } from './envelope.ts';
import { findFact, type FactClass } from './fact.ts';
import { instanceOf, isValid } from './shape.ts';

/** Facts are at most this large on the wire; a larger body goes into a blob that the fact refers to. */
export const maxRecordBytes = 64 * 1024;

/** A record that cannot be read as a fact. `unknown_type` is skipped by consumers, the others are held. */
export class FactRefused extends Error {
  constructor(
    readonly code: 'unknown_type' | 'malformed' | 'invalid' | 'too_large',
    message: string,
  ) {
    super(message);
  }
}

const attributes = ['id', 'source', 'type', 'subject', 'time'] as const;
const extensions = ['traceparent', 'correlationid', 'causationid', 'supersedes', 'dataref'] as const;

/** Headers of the CloudEvents Kafka binding, binary mode (section 3.2). */
export function encodeHeaders(envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = { ce_specversion: '1.0', 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(envelope)) headers[`ce_${name}`] = String(value);
  return headers;
}

/** The JSON value of a fact; throws `FactRefused` for one that is invalid or too large. */
export function encodeValue(fact: object): string {
  const value = JSON.stringify(fact);
  if (Buffer.byteLength(value) > maxRecordBytes) {
    throw new FactRefused('too_large', `${fact.constructor.name} has more than ${maxRecordBytes} bytes: keep its body in a blob`);
  }
  refuseInvalid(fact);
  return value;
}

/** Reads the envelope from record headers, as strings or as the buffers that kafkajs hands out. */
export function decodeEnvelope(headers: Readonly<Record<string, unknown>>): Envelope {
  const text = (name: string): string | undefined => {
    const value = headers[`ce_${name}`];
    if (typeof value === 'string') return value;
    return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
  };
  const fields: Record<string, string | number> = {};
  for (const name of attributes) {
    const value = text(name);
    if (value === undefined) throw new FactRefused('malformed', `the record has no header ce_${name}`);
    fields[name] = value;
  }
  for (const name of extensions) {
    const value = text(name);
    if (value !== undefined) fields[name] = value;
  }
  for (const name of ['sequence', 'afterremoval']) {
    const value = text(name);
    if (value !== undefined) fields[name] = Number(value);
  }
  return fields as unknown as Envelope;
}

/** Reads a record into an instance of its fact class; `envelopeOf(fact)` then answers. Throws `FactRefused`. */
export function decodeFact(envelope: Envelope, value: string | Uint8Array): object {
  const short = shortType(envelope.type);
  const cls = short === undefined ? undefined : findFact(short);
  if (!cls) throw new FactRefused('unknown_type', `no fact class has the type ${envelope.type}`);
  return received(instantiate(cls, parse(value)), envelope);
}

function parse(value: string | Uint8Array): object {
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
  if (Buffer.byteLength(text) > maxRecordBytes) throw new FactRefused('too_large', `the record has more than ${maxRecordBytes} bytes`);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new FactRefused('malformed', `the record is not JSON: ${(error as Error).message}`);
  }
  throw new FactRefused('malformed', 'the record is JSON, but not an object');
}

function instantiate(cls: FactClass, plain: object): object {
  const fact = instanceOf(cls, plain);
  refuseInvalid(fact);
  return fact;
}

function refuseInvalid(fact: object): void {
  if (isValid(fact)) return;
  const errors = validateSync(fact, { forbidUnknownValues: false });
  throw new FactRefused('invalid', `${fact.constructor.name}: ${describe(errors)}`);
}

function describe(errors: readonly ValidationError[], prefix = ''): string {
  return errors
    .slice(0, 10)
    .map((error) => {
      const pointer = `${prefix}/${error.property}`;
      if (error.constraints) return `${pointer} ${Object.values(error.constraints).join(', ')}`;
      return describe(error.children ?? [], pointer);
    })
    .join('; ');
}
