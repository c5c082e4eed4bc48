import { CloudEvent, Kafka } from 'cloudevents';
import { decodeEnvelope, decodeFact, encodeHeaders, encodeValue, FactRefused } from './codec.ts';
import { envelopeFor, envelopeOf } from './envelope.ts';
import { ChangePushed } from './events/change.ts';
import { make } from './fact.ts';

const push = () =>
  make(ChangePushed, {
    repository: 'git.example/acme/shop',
    ref: 'refs/heads/main',
    after: 'a'.repeat(40),
    defaultBranch: 'main',
    forced: false,
    pusher: 'zoë',
    commits: [{ id: 'a'.repeat(40), title: 'add \u0000 and 💥', author: 'Zoë' }],
  });

function record(fact: ChangePushed) {
  const value = encodeValue(fact);
  const envelope = envelopeFor({ fact, deliveryKey: 'd1', sequence: 7, correlationid: 'c' }, value);
  return { envelope, value, headers: encodeHeaders(envelope) };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof FactRefused ? error.code : String(error);
  }
  return 'accepted';
}

describe('the CloudEvents codec', () => {
  it('writes what the CloudEvents SDK reads', () => {
    const { headers, value, envelope } = record(push());

    const event = Kafka.toEvent({ headers, body: value, key: 'k', value, timestamp: '' } as never) as CloudEvent;

    expect(event.id).toBe(envelope.id);
    expect(event.type).toBe('dev.throughline.change.pushed.v1');
    expect(event['correlationid']).toBe('c');
    expect(event.data).toEqual(JSON.parse(value));
  });

  it('reads what the CloudEvents SDK writes', () => {
    const { envelope, value } = record(push());
    const message = Kafka.binary(new CloudEvent({ ...envelope, specversion: '1.0', data: JSON.parse(value) }));

    const fact = decodeFact(decodeEnvelope(message.headers), value) as ChangePushed;

    expect(fact).toBeInstanceOf(ChangePushed);
    expect(fact.commits[0]!.title).toBe('add \u0000 and 💥');
    expect(envelopeOf(fact)).toMatchObject({ id: envelope.id, source: '/throughline/ingest' });
  });

  it('reads headers as the buffers that a client hands out', () => {
    const { headers, envelope } = record(push());
    const buffers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));

    expect(decodeEnvelope(buffers)).toEqual(envelope);
  });

  it('gives the same id to the same fact of the same delivery, and another to another', () => {
    expect(record(push()).envelope.id).toBe(record(push()).envelope.id);
    expect(record(make(ChangePushed, { ...push(), forced: true })).envelope.id).not.toBe(record(push()).envelope.id);
  });

  it('drops fields that it does not know, so that a newer writer can add some', () => {
    const { envelope } = record(push());

    const fact = decodeFact(envelope, JSON.stringify({ ...push(), later: 1, ['__proto__']: { polluted: true } }));

    expect(fact).not.toHaveProperty('later');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses what is no fact, saying which kind of wrong it is', () => {
    const { envelope, headers } = record(push());

    expect(refusal(() => decodeFact(envelope, '{broken'))).toBe('malformed');
    expect(refusal(() => decodeFact(envelope, '[]'))).toBe('malformed');
    expect(refusal(() => decodeFact(envelope, JSON.stringify({ ...push(), after: 'main' })))).toBe('invalid');
    expect(refusal(() => decodeFact({ ...envelope, type: 'dev.throughline.never.seen.v1' }, '{}'))).toBe('unknown_type');
    expect(refusal(() => decodeEnvelope({ ...headers, ce_id: undefined }))).toBe('malformed');
    expect(refusal(() => encodeValue({ ...push(), ref: 'x'.repeat(70_000) }))).toBe('too_large');
  });
});
