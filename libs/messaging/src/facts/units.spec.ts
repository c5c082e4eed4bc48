import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unitsOf } from './units.ts';

const record = (key: string, group: string, batch = 10) => ({ key, group, batch });

describe('units of a partition', () => {
  it('join records of one handler up to its batch', () => {
    const units = unitsOf([record('a', 'plan', 2), record('b', 'plan', 2), record('c', 'plan', 2)]);

    expect(units.map((unit) => unit.map(({ key }) => key))).toEqual([['a', 'b'], ['c']]);
  });

  it('join past a record of another handler when its key is another', () => {
    const units = unitsOf([record('a', 'plan'), record('b', 'scan'), record('c', 'plan')]);

    expect(units.map((unit) => unit.map(({ key }) => key))).toEqual([['a', 'c'], ['b']]);
  });

  it('never overtake a record of the same key', () => {
    const units = unitsOf([record('a', 'plan'), record('a', 'scan'), record('a', 'plan')]);

    expect(units.map((unit) => unit[0]!.group)).toEqual(['plan', 'scan', 'plan']);
  });

  it('keep every record once and the order of each key, whatever comes', () => {
    const anyRecord = fc.record({ key: fc.constantFrom('a', 'b', 'c'), group: fc.constantFrom('x', 'y', 'z') });
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (drawn, batch) => {
        const records = drawn.map((each, number) => ({ ...each, batch, number }));

        const units = unitsOf(records);

        const flat = units.flat();
        expect([...flat].sort((a, b) => a.number - b.number)).toEqual(records);
        for (const key of ['a', 'b', 'c']) {
          const numbers = flat.filter((each) => each.key === key).map(({ number }) => number);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        }
        for (const unit of units) expect(new Set(unit.map(({ group }) => group)).size).toBe(1);
      }),
    );
  });
});
