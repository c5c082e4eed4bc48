import { describe, expect, it } from '@jest/globals';
import { isNews } from './progress-news.ts';

/** Words about a commit whose scanners end one after the other, each so long after the one before, looked at every 5 s. */
function wordsAbout(total: number, eachMs: number): string[] {
  const words: string[] = [];
  let told = { done: 0, at: 0 };
  for (let now = 5_000; now < total * eachMs; now += 5_000) {
    const done = Math.floor(now / eachMs);
    if (!isNews({ done, total }, { done: told.done, toldMs: now - told.at })) continue;
    words.push(`${done} of ${total}`);
    told = { done, at: now };
  }
  return words;
}

describe('how far the scans of a commit are', () => {
  it('is told a quarter at a time, however many scanners there are', () => {
    expect(wordsAbout(6, 5_000)).toEqual(['2 of 6', '4 of 6']);
    expect(wordsAbout(40, 1_000)).toHaveLength(3);
    expect(wordsAbout(3, 5_000)).toEqual(['1 of 3', '2 of 3']);
  });

  it('is told one by one where each keeps people waiting', () => {
    expect(wordsAbout(6, 40_000)).toEqual(['1 of 6', '2 of 6', '3 of 6', '4 of 6', '5 of 6']);
  });

  it.each([
    ['nothing has ended', { done: 0, total: 6 }],
    ['nothing more has ended', { done: 2, total: 6 }],
    ['it is asked for anew', { done: 1, total: 6 }],
    ['there is one scanner', { done: 1, total: 1 }],
  ])('is not told when %s', (_what, scans) => {
    expect(isNews(scans, { done: scans.total === 1 ? 0 : 2, toldMs: 60_000 })).toBe(false);
  });

  it('is not told when all are done, unless the judgement keeps people waiting', () => {
    expect(isNews({ done: 6, total: 6 }, { done: 2, toldMs: 6_000 })).toBe(false);
    expect(isNews({ done: 6, total: 6 }, { done: 5, toldMs: 31_000 })).toBe(true);
  });
});
