import { describe, expect, it } from '@jest/globals';
import { becameOf, cameOf, lengthOf, reachOf, standingOf } from './release-words.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const [before, after] = ['2026-11-23T11:59:00.000Z', '2026-11-23T12:01:00.000Z'];

describe('a release of checks, in words', () => {
  it.each([
    ['requested', { state: 'requested', confirmBefore: after }, 'requested'],
    ['requested, and forgotten', { state: 'requested', confirmBefore: before }, 'not confirmed'],
    ['open', { state: 'open', confirmBefore: before, until: after }, 'open'],
    ['open past its time', { state: 'open', confirmBefore: before, until: before }, 'its time is over'],
    ['refused', { state: 'ended', confirmBefore: after, endedBecause: 'refused' }, 'refused'],
    ['ended early', { state: 'ended', confirmBefore: before, until: after, endedBecause: 'closed' }, 'ended early'],
  ] as const)('stands as it is: %s', (_what, release, word) => {
    expect(standingOf(release, now).word).toBe(word);
  });

  it('stands out only while it is open', () => {
    expect(standingOf({ state: 'open', confirmBefore: before, until: after }, now).tone).toBe('warn');
    expect(standingOf({ state: 'open', confirmBefore: before, until: before }, now).tone).toBe('plain');
  });

  it.each([
    [{ application: '*' }, 'every check'],
    [{ application: 'shop' }, 'every check of shop'],
    [{ application: '*', source: 's1' }, 'what one source told of'],
    [{ application: 'shop', repository: 'git.example/acme/shop' }, 'git.example/acme/shop'],
  ])('reaches as far as it was asked for: %j', (release, words) => {
    expect(reachOf(release)).toBe(words);
  });

  it('tells what came of it, the worst first, and nothing of what did not', () => {
    expect(cameOf({ released: 0, judged: 0, blocked: 0, merged: 0 })).toBe('nothing was released');
    expect(cameOf({ released: 5, judged: 3, blocked: 1, merged: 2 })).toBe(
      '1 blocked since · 2 merged unjudged · 2 not judged yet · 5 released',
    );
    expect(cameOf({ released: 5, judged: 5, blocked: 0, merged: 0 })).toBe('5 released');
  });

  it.each([
    [{}, 'not judged yet'],
    [{ mergedAt: before }, 'merged unjudged'],
    [{ result: 'deny' }, 'blocked since'],
    [{ result: 'deny', mergedAt: before }, 'merged, and blocked since'],
    [{ result: 'pass', mergedAt: before }, 'passed since'],
    [{ result: 'warn' }, 'passed since'],
  ] as const)('tells what became of a check: %j', (check, word) => {
    expect(becameOf(check).word).toBe(word);
  });

  it('says how long as people do', () => {
    expect([30, 60, 90, 240].map(lengthOf)).toEqual(['30 minutes', 'an hour', '90 minutes', '4 hours']);
  });
});
