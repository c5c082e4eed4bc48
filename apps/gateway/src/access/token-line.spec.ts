import { describe, expect, it } from '@jest/globals';
import { standingOf, type TokenLine, type TokenPerson, type TokenRow } from './token-line.ts';

const now = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-02-01T00:00:00Z');
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);

const token = (fields: Partial<TokenRow> = {}): TokenRow => ({
  id: 't1',
  name: 'ci',
  rights: ['findings:read', 'scans:read'],
  team: null,
  first: false,
  first_used_at: null,
  expires_at: later,
  ended_at: null,
  ended_because: null,
  bound: null,
  ...fields,
});
const first = (fields: Partial<TokenRow> = {}): TokenRow => token({ first: true, rights: ['*'], expires_at: null, ...fields });
const line = (tokens: readonly TokenRow[], person?: Partial<TokenPerson>): TokenLine => ({
  tokens,
  person: person && { id: 'p1', name: 'Ada', email: null, disabled: false, grants: [], ...person },
  applications: new Map([['red', ['shop']]]),
});

describe('the standing of a token', () => {
  it('is its rights in its team', () => {
    expect(standingOf(line([token({ team: 'red' })]), now)).toMatchObject({
      grants: [{ rights: ['findings:read', 'scans:read'], applications: ['shop'], teams: ['red'] }],
      team: 'red',
      expiresAt: later,
    });
  });

  it('is never more than what any of its makers has now', () => {
    const tokens = [token({ rights: ['*'] }), token({ rights: ['findings:read', 'alerts:read'], team: 'red' }), token({ rights: ['*'] })];

    expect(standingOf(line(tokens), now)).toMatchObject({
      grants: [{ rights: ['findings:read', 'alerts:read'], applications: ['shop'] }],
      team: 'red',
    });
  });

  it('is never more than what its person may do now', () => {
    const grants = [{ rights: ['findings:read'], applications: ['pay'], teams: ['blue'] }];

    expect(standingOf(line([token({ rights: ['*'] })], { grants }), now)).toMatchObject({ grants });
    expect(standingOf(line([token({ rights: ['*'] })], { grants: [] }), now)).toMatchObject({ grants: [] });
  });

  it('lasts as long as the first of the line to end', () => {
    const sooner = new Date('2026-01-02T00:00:00Z');

    expect(standingOf(line([token(), token({ expires_at: sooner }), token({ expires_at: null })]), now)).toMatchObject({
      expiresAt: sooner,
    });
  });

  it.each([
    ['nobody knows it', line([]), /not known/],
    ['it expired', line([token({ expires_at: now })]), /the token expired/],
    ['it was ended', line([token({ ended_at: now, ended_because: 'it was revoked' })]), /the token ended: it was revoked/],
    ['its maker was ended', line([token(), token({ name: 'lead', ended_at: now })]), /the token lead, with which this one was made, ended/],
    ['its maker expired', line([token(), token({ expires_at: now })]), /expired/],
    ['its person is disabled', line([token()], { disabled: true }), /the account of Ada was disabled/],
  ])('is nothing when %s', (_what, given, reason) => {
    expect(standingOf(given, now)).toEqual({ code: 'unauthorized', refused: expect.stringMatching(reason) });
  });
});

describe("the first administrator's token", () => {
  it.each([
    ['never used', null],
    ['used for 23 hours', hoursAgo(23)],
  ])('is good while it was %s', (_what, first_used_at) => {
    expect(standingOf(line([first({ first_used_at })]), now)).toMatchObject({ grants: [{ rights: ['*'], applications: '*' }] });
  });

  it.each([
    ['24 hours after its first use', first({ first_used_at: hoursAgo(24) }), /24 hours have passed/],
    [
      'with a named administrator',
      first({ ended_at: now, ended_because: 'there is a named administrator now' }),
      /named administrator now/,
    ],
  ])('ends %s, and says what to do', (_what, row, reason) => {
    const standing = standingOf(line([row]), now);

    expect(standing).toMatchObject({ code: 'first_token_ended', refused: expect.stringMatching(reason) });
    expect(standing).toMatchObject({ refused: expect.stringContaining('npx throughline admin create <name>') });
  });
});
