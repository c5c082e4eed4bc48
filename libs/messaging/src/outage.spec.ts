import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Log } from '@throughline/service';
import { Outage } from './outage.ts';

let lines: { level: number; failures: number; msg: string }[];
let outage: Outage;

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  lines = [];
  const log = Log.to({ write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) }, 'ledger');
  outage = new Outage(log, 'facts cannot be sent');
});

afterEach(() => {
  jest.useRealTimers();
});

describe('an outage', () => {
  it('is told once at first and once a minute', () => {
    for (let second = 0; second <= 61; second += 1) {
      jest.setSystemTime(second * 1000);
      outage.failed(new Error('away'));
    }

    expect(lines.map(({ failures }) => failures)).toEqual([1, 61]);
  });

  it('is told again when it comes back', () => {
    outage.failed(new Error('away'));
    outage.over();
    outage.failed(new Error('away'));

    expect(lines.map(({ failures }) => failures)).toEqual([1, 1]);
  });

  it('that was more than a moment is told to be over, with how often and how long', () => {
    outage.failed(new Error('away'));
    jest.setSystemTime(3_000);
    outage.failed(new Error('away'));
    outage.over();
    outage.over();

    expect(lines.at(-1)).toMatchObject({ level: 30, failures: 2, forMs: 3_000, msg: 'over: facts cannot be sent' });
    expect(lines).toHaveLength(2);
  });
});
