import { describe, expect, it } from '@jest/globals';
import { excess, intersection, standingOf, type TokenRow } from './token-line.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-02-01T00:00:00Z');
const token = (fields: Partial<TokenRow> = {}): TokenRow => ({
  id: 't1',
  name: 'ci',
  rights: ['findings:read', 'scans:read'],
  team: null,
  expires_at: later,
  ended_at: null,
  ended_because: null,
  ...fields,
});

describe('the standing of a token', () => {
  it('is its rights and its team', () => {
    expect(standingOf([token({ team: 'red' })], now)).toMatchObject({
      rights: ['findings:read', 'scans:read'],
      team: 'red',
      expiresAt: later,
    });
  });

  it('is never more than what any of its makers has now', () => {
    const line = [token({ rights: ['*'] }), token({ rights: ['findings:read', 'alerts:read'], team: 'red' }), token({ rights: ['*'] })];

    expect(standingOf(line, now)).toMatchObject({ rights: ['findings:read', 'alerts:read'], team: 'red' });
  });

  it('lasts as long as the first of the line to end', () => {
    const sooner = new Date('2026-01-02T00:00:00Z');

    expect(standingOf([token(), token({ expires_at: sooner }), token({ expires_at: null })], now)).toMatchObject({ expiresAt: sooner });
  });

  it.each([
    ['nobody knows it', [], /not known/],
    ['it expired', [token({ expires_at: now })], /the token expired/],
    ['it was ended', [token({ ended_at: now, ended_because: 'it was revoked' })], /the token ended: it was revoked/],
    ['its maker was ended', [token(), token({ name: 'lead', ended_at: now })], /the token lead, with which this one was made, ended/],
    ['its maker expired', [token(), token({ expires_at: now })], /expired/],
  ])('is nothing when %s', (_what, line, reason) => {
    expect(standingOf(line, now)).toEqual({ refused: expect.stringMatching(reason) });
  });
});

describe('rights', () => {
  it('have in common what is in both, where * is all', () => {
    expect(intersection(['*'], ['a'])).toEqual(['a']);
    expect(intersection(['a', 'b'], ['*'])).toEqual(['a', 'b']);
    expect(intersection(['a', 'b'], ['b', 'c'])).toEqual(['b']);
  });

  it('cannot be given by one who has them not', () => {
    expect(excess(['*', 'a'], ['a', 'b'])).toEqual(['*']);
    expect(excess(['a'], ['*'])).toEqual([]);
  });
});
