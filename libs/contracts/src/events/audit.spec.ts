import { describe, expect, it } from '@jest/globals';
import { make } from '../fact.ts';
import { auditDigest, AuditRecorded } from './audit.ts';

const record = (fields: Partial<AuditRecorded> = {}): AuditRecorded =>
  make(AuditRecorded, {
    service: 'gateway',
    number: 1,
    at: '2026-01-01T00:00:00.000Z',
    actor: 'p1',
    actorName: 'Ada',
    via: 'token',
    operation: 'gateway.people.make',
    subject: '/api/v1/people/p2',
    outcome: 'done',
    status: 201,
    previous: '0'.repeat(64),
    ...fields,
  });

describe('the digest of an audit record', () => {
  it('is the same for the same record', () => {
    expect(auditDigest(record())).toMatch(/^[0-9a-f]{64}$/);
    expect(auditDigest(record())).toBe(auditDigest(record()));
  });

  it.each<[keyof AuditRecorded, Partial<AuditRecorded>]>([
    ['number', { number: 2 }],
    ['at', { at: '2026-01-01T00:00:01.000Z' }],
    ['actor', { actor: 'p3' }],
    ['actorName', { actorName: 'Eve' }],
    ['via', { via: 'session' }],
    ['token', { token: 't1' }],
    ['operation', { operation: 'gateway.people.disable' }],
    ['subject', { subject: '/api/v1/people/p3' }],
    ['outcome', { outcome: 'refused' }],
    ['status', { status: 403 }],
    ['address', { address: '10.0.0.1' }],
    ['previous', { previous: '1'.repeat(64) }],
  ])('is another when its %s is', (_field, fields) => {
    expect(auditDigest(record(fields))).not.toBe(auditDigest(record()));
  });
});
