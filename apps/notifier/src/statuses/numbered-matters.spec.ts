import { describe, expect, it } from '@jest/globals';
import type { Matter } from './comment-items.ts';
import { numberedMatters, offersOf } from './numbered-matters.ts';

const matter = (key: string, ...findings: readonly string[]): Matter => ({
  ...{ key, label: key, blocks: true, severity: 'high', reasons: [] },
  findings: findings.map((id) => ({ id, title: id, severity: 'high' })),
});

describe('the numbers of what a comment names', () => {
  it('count from one in the order of the first comment', () => {
    expect(numberedMatters([], [matter('a', 'f1', 'f2'), matter('b', 'f3')])).toEqual([
      { key: 'a', number: 1, findings: ['f1', 'f2'] },
      { key: 'b', number: 2, findings: ['f3'] },
    ]);
  });

  it('mean the same in each later one: what is gone leaves its number behind, and has it again when it is back', () => {
    const first = numberedMatters([], [matter('a', 'f1'), matter('b', 'f2')]);
    const second = numberedMatters(first, [matter('c', 'f3'), matter('b', 'f2', 'f4')]);
    const third = numberedMatters(second, [matter('a', 'f1')]);

    expect(third).toEqual([
      { key: 'a', number: 1, findings: ['f1'] },
      { key: 'b', number: 2, findings: ['f2', 'f4'] },
      { key: 'c', number: 3, findings: ['f3'] },
    ]);
  });

  it('are bounded, the newest kept', () => {
    const many = Array.from({ length: 700 }, (_, index) => matter(`m${index}`, `f${index}`));

    const numbered = numberedMatters([], many);

    expect(numbered).toHaveLength(500);
    expect(numbered.at(-1)).toMatchObject({ key: 'm699', number: 700 });
  });

  it('are offered for the first matter that has findings', () => {
    const shown = [matter('policy only'), matter('b', 'f2')];

    expect(JSON.stringify(offersOf(shown, numberedMatters([], shown)))).toContain('/throughline waive 2 until');
    expect(offersOf(shown, undefined)).toEqual([]);
    expect(offersOf([matter('policy only')], numberedMatters([], [matter('policy only')]))).toEqual([]);
  });
});
