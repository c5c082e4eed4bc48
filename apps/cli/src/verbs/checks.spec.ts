import { describe, expect, it } from '@jest/globals';
import type { CheckReleaseAnswer } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { Refused } from '../exit.ts';
import { releaseLine, releaseOf, requestRelease } from './checks.ts';

const asked = {
  ...{ id: 'r', label: 'R-3', state: 'requested', application: '*', reason: 'a\nb', minutes: 60, requestedBy: 'ada' },
  ...{ waiting: 4, released: 0, judged: 0, blocked: 0, merged: 0, confirmBefore: '2026-11-22T22:00:00.000Z' },
} as CheckReleaseAnswer;

describe('checks release', () => {
  it('asks for what the flags name', () => {
    expect(releaseOf({ reason: 'an outage', minutes: '30' })).toEqual({ reason: 'an outage', minutes: 30 });
    expect(releaseOf({ reason: 'an outage', repository: 'https://git.example/a/b' })).toMatchObject({
      repository: 'https://git.example/a/b',
    });
  });

  it.each([
    ['a reason', {}],
    ['a number of minutes', { reason: 'x', minutes: 'long' }],
  ])('is wrong usage without %s', (_, flags) => {
    expect(() => releaseOf(flags)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('shows a release on one line, with foreign text made harmless', () => {
    expect(releaseLine(asked)).toMatch(/^R-3 +.*requested.* all checks {2}4 waiting {2}ada: a\\u\{a\}b$/);
    const open = {
      ...asked,
      state: 'open',
      released: 5,
      judged: 2,
      blocked: 1,
      until: '2026-11-22T23:00:00.000Z',
      confirmedBy: 'ben',
    } as const;
    expect(releaseLine({ ...open, source: 's1' })).toMatch(
      /source s1 {2}5 released, 2 judged since, 1 blocked, 0 merged before {2}until 2026-11-22T23:00:00\.000Z {2}ada and ben: /,
    );
  });

  it('waits for a platform that is away, and not for one that refuses', async () => {
    const answers: (() => Promise<unknown>)[] = [
      () => Promise.reject(new Refused('unreachable', 'away')),
      () => Promise.reject(new Refused('not_allowed', 'no')),
    ];
    const api = { call: () => answers.shift()!() } as unknown as Api;

    await expect(requestRelease(api, { reason: 'x', wait: '60' })).rejects.toMatchObject({ reason: 'not_allowed' });
    expect(answers).toEqual([]);
    await expect(
      requestRelease({ call: () => Promise.reject(new Refused('unreachable', 'away')) } as unknown as Api, { reason: 'x', wait: '0' }),
    ).rejects.toMatchObject({
      reason: 'unreachable',
    });
  });
});
