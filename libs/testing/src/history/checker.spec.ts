import { describe, expect, it } from '@jest/globals';
import { anomaliesOf, differing, repeatedIn, sentAgain, type Effect } from './checker.ts';
import type { Entry } from './history.ts';

const entry = (type: Entry['type'], value: string, over: Partial<Entry> = {}): Entry => ({
  type,
  process: 'p',
  f: 'push',
  value,
  time: 0,
  wall: 0,
  ...over,
});
const done = (value: string, process = 'p'): Entry[] => [entry('invoke', value, { process }), entry('ok', value, { process })];
const effects = (...values: readonly string[]): Effect[] => values.map((value) => ({ process: 'p', value }));
const clean = { lost: [], duplicated: [], unexpected: [], inverted: [] };

describe('the checker of histories', () => {
  it('has nothing to say when each acknowledged operation is there once and in order', () => {
    expect(anomaliesOf([...done('a'), ...done('b')], 'push', effects('a', 'b'))).toEqual(clean);
  });

  it('finds what was acknowledged and is not there', () => {
    expect(anomaliesOf([...done('a'), ...done('b')], 'push', effects('a'))).toEqual({ ...clean, lost: ['b'] });
  });

  it('finds what was acknowledged only after nobody knew, and is not there', () => {
    expect(anomaliesOf([entry('invoke', 'a'), entry('info', 'a'), entry('ok', 'a')], 'push', [])).toEqual({ ...clean, lost: ['a'] });
  });

  it('finds what is there twice', () => {
    expect(anomaliesOf(done('a'), 'push', effects('a', 'a', 'a'))).toEqual({ ...clean, duplicated: ['a'] });
  });

  it('lets what nobody knows be there or not, but not twice', () => {
    const history = [entry('invoke', 'a'), entry('info', 'a')];

    expect(anomaliesOf(history, 'push', [])).toEqual(clean);
    expect(anomaliesOf(history, 'push', effects('a'))).toEqual(clean);
    expect(anomaliesOf(history, 'push', effects('a', 'a'))).toEqual({ ...clean, duplicated: ['a'] });
  });

  it('finds what was refused, or never asked for, and is there all the same', () => {
    const history = [entry('invoke', 'a'), entry('fail', 'a')];

    expect(anomaliesOf(history, 'push', effects('a', 'x'))).toEqual({ ...clean, unexpected: ['a', 'x'] });
    expect(anomaliesOf([...history, ...done('a')], 'push', effects('a'))).toEqual(clean);
  });

  it('finds what happened before what its process had finished earlier, and compares no two processes', () => {
    const ordered = [...done('a'), ...done('b'), ...done('c')];

    expect(anomaliesOf(ordered, 'push', effects('b', 'a', 'c')).inverted).toEqual(['b before a']);
    expect(anomaliesOf([...done('a', 'p'), ...done('b', 'q')], 'push', effects('b', 'a')).inverted).toEqual([]);
  });

  it('leaves other kinds of operations alone', () => {
    expect(anomaliesOf([...done('a'), entry('invoke', 'kill', { f: 'fault' })], 'push', effects('a'))).toEqual(clean);
  });
});

describe('two lists that must agree', () => {
  it('may be in any order', () => {
    expect(differing(['pushed', ['a', 'b', 'b']], ['planned', ['b', 'a', 'b']])).toEqual([]);
  });

  it('differ by what only one of them has', () => {
    expect(differing(['pushed', ['a', 'b']], ['planned', ['b', 'c']])).toEqual(['a: 1 more in pushed', 'c: 1 more in planned']);
  });

  it('differ by what one of them has more often', () => {
    expect(differing(['pushed', ['a']], ['planned', ['a', 'a', 'a']])).toEqual(['a: 2 more in planned']);
  });
});

it('names what is there more than once, once', () => {
  expect(repeatedIn(['a', 'b', 'a', 'c', 'a', 'b'])).toEqual(['a', 'b']);
});

describe('what a receiver outside got', () => {
  const outside = { f: 'told', shakes: ({ victims }: Entry) => victims?.includes('notifier') ?? false, windowMs: 1_000 };
  const told = (value: string, time: number): Entry => entry('ok', value, { f: 'told', time });
  const killed = (victim: string, from: number, to: number): Entry[] => [
    entry('invoke', `kill ${victim}`, { f: 'fault', time: from, victims: [victim] }),
    entry('ok', `kill ${victim}`, { f: 'fault', time: to, victims: [victim] }),
  ];

  it('may have come once each, whatever happened', () => {
    expect(sentAgain([told('a', 10), ...killed('notifier', 20, 30), told('b', 40)], outside)).toEqual([]);
  });

  it('may have come again under the same key when the sender was struck before it could note the first', () => {
    expect(sentAgain([told('a', 10), ...killed('notifier', 500, 900), told('a', 2_000)], outside)).toEqual([]);
  });

  it('may have come again when the sender was being struck as the first arrived', () => {
    expect(sentAgain([...killed('notifier', 5, 900), told('a', 10), told('a', 2_000)], outside)).toEqual([]);
  });

  it('may not have come again without a reason', () => {
    expect(sentAgain([told('a', 10), told('a', 400)], outside)).toEqual(['a after 390 ms']);
  });

  it('may not have come again because of a fault that struck something else', () => {
    expect(sentAgain([told('a', 10), ...killed('chain', 20, 30), told('a', 400)], outside)).toEqual(['a after 390 ms']);
  });

  it('may not have come again because of a fault that was over, or came when it was long noted', () => {
    expect(sentAgain([...killed('notifier', 1, 5), told('a', 10), told('a', 400)], outside)).toHaveLength(1);
    expect(sentAgain([told('a', 10), ...killed('notifier', 5_000, 5_100), told('a', 6_000)], outside)).toHaveLength(1);
  });

  it('is judged from one time to the next', () => {
    expect(sentAgain([told('a', 10), ...killed('notifier', 20, 30), told('a', 40), told('a', 9_000)], outside)).toEqual([
      'a after 8960 ms',
    ]);
  });
});
