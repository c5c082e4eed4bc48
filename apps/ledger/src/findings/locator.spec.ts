import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityKey } from '@throughline/findings';
import { Locator, nameOf } from './locator.ts';

const keyOf = (key: string): IdentityKey => ({ scheme: 's', key });
const keysOf = (text: string): IdentityKey[] => [...text].map(keyOf);

/** What an import leaves: each key with the finding that it leads to; findings are numbered as they come. */
function imported(
  report: readonly string[],
  before: ReadonlyMap<string, string> = new Map(),
): { all: Map<string, string>; numbers: string[] } {
  const locator = new Locator();
  const all = new Map(before);
  const made = new Map<string, string>();
  let last = before.size === 0 ? 0 : Math.max(...[...before.values()].map(Number));
  const numbers = report.map((text) => {
    const { id, number, newKeys } = locator.locate(keysOf(text), before);
    if (number === undefined && !made.has(id)) made.set(id, String((last += 1)));
    const of = number ?? made.get(id)!;
    for (const key of newKeys) {
      expect(all.has(nameOf(key))).toBe(false);
      all.set(nameOf(key), of);
    }
    return of;
  });
  return { all, numbers };
}

describe('the results of a report', () => {
  it('are one finding when a later one shares a lesser key with an earlier one', () => {
    expect(imported(['ab', 'b', 'c']).numbers).toEqual(['1', '1', '2']);
  });

  it('are what their best known key says, known before or named in the report', () => {
    const before = imported(['b']).all;

    expect(imported(['ab', 'a', 'b'], before).numbers).toEqual(['1', '1', '1']);
  });

  it('are named first by one of them only', () => {
    const before = imported(['a', 'b']).all;
    const locator = new Locator();

    expect(['a', 'ac', 'c', 'b', 'd', 'd'].map((text) => locator.locate(keysOf(text), before).isFirst)).toEqual([
      ...[true, false, false],
      ...[true, true, false],
    ]);
  });

  it('are the same findings when the report comes again', () => {
    const reports = fc.array(
      fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 4 }).map((keys) => keys.join('')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(reports, reports, (earlier, report) => {
        const first = imported(report, imported(earlier).all);
        const again = imported(report, first.all);

        expect(again.numbers).toEqual(first.numbers);
        expect(again.all).toEqual(first.all);
      }),
    );
  });
});
