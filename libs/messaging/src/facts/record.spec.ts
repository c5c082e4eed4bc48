import { describe, expect, it } from '@jest/globals';
import { ChangeMerged, encodeHeaders, encodeValue, envelopeFor, envelopeOf, make } from '@throughline/contracts';
import { readRecord, type FactRecord } from './record.ts';

const wanted = new Set([ChangeMerged]);

describe('a record', () => {
  it('becomes the fact with its envelope', () => {
    const reading = readRecord(record(), wanted);

    expect(reading).toMatchObject({ as: 'fact', fact: { number: 7, mergedBy: 'ada' } });
    expect(reading.as === 'fact' && envelopeOf(reading.fact).type).toBe('dev.throughline.change.merged.v1');
  });

  it('is skipped when nobody here wants it or knows it', () => {
    expect(readRecord(record(), new Set())).toEqual({ as: 'skipped', why: 'not_wanted' });
    expect(readRecord(record({ ce_type: 'dev.throughline.change.dreamt.v1' }), wanted)).toEqual({ as: 'skipped', why: 'unknown_type' });
    expect(readRecord(record({ ce_type: 'com.example.change.merged.v1' }), wanted)).toEqual({ as: 'skipped', why: 'unknown_type' });
  });

  it('is dropped when it does not come from the writer of its type, or lies in another topic', () => {
    expect(readRecord(record({ ce_source: '/throughline/ledger' }), wanted)).toEqual({ as: 'skipped', why: 'wrong_writer' });
    expect(readRecord({ ...record(), topic: 'throughline.policy.v1' }, wanted)).toEqual({ as: 'skipped', why: 'wrong_writer' });
  });

  it.each([
    ['an id that no database takes', { ce_id: 'a\0b' }],
    ['an empty id', { ce_id: '' }],
    ['a time that is none', { ce_time: 'yesterday' }],
    ['a time no calendar has', { ce_time: '-000001-01-01T00:00:00Z' }],
  ])('is refused with %s', (_, headers) => {
    expect(readRecord(record(headers), wanted)).toMatchObject({ as: 'refused', error: { code: 'malformed' } });
  });

  it('is refused without a value, with half of one, and with a wrong one', () => {
    const reasons = [null, Buffer.from('{"num'), Buffer.from('{"number":"seven"}')].map((value) =>
      readRecord({ ...record(), value }, wanted),
    );

    expect(reasons).toMatchObject([{ error: { code: 'malformed' } }, { error: { code: 'malformed' } }, { error: { code: 'invalid' } }]);
  });
});

function record(change: Record<string, string> = {}): FactRecord {
  const fact = make(ChangeMerged, { repository: 'host/a', number: 7, commit: '0'.repeat(40), baseRef: 'refs/heads/main', mergedBy: 'ada' });
  const value = encodeValue(fact);
  const headers = { ...encodeHeaders(envelopeFor({ fact, deliveryKey: 'd' }, value)), ...change };
  return { topic: 'throughline.change.v1', partition: 0, offset: '0', key: 'host/a', headers, value: Buffer.from(value), sentAt: 0 };
}
