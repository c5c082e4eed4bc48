import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readPolicy, type Judgement, type Reason } from '@throughline/policy';
import type { Database } from '@throughline/service';
import type { DecisionFilter, DecisionRow, DecisionRows } from '../decisions/decision-rows.ts';
import type { PolicyRow } from '../policies/policy-rows.ts';
import type { Judging } from '../replay/judging.ts';
import { Narrowing, type Replacement } from './narrowing.ts';

const text = (name: string, rule: string): string => `name: ${name}
description: No ${rule}
gates: [change]
mode: enforce
severity: high
select: f.rule == "${rule}"
message: '${rule} in {place}'
fix: Do without
`;
const another = (name: string): Replacement => ({
  before: { ...readPolicy(text(name, 'A'), 1), name, source: text(name, 'A') } as unknown as PolicyRow,
  after: readPolicy(text(name, 'B'), 2),
});
const denial = (policy: string): Reason => ({ policy, effect: 'deny', total: 1, findings: [{ id: 'f1' }] }) as unknown as Reason;
const newest = Date.parse('2026-11-20T12:00:00Z');

/** So many denials by these policies, a minute apart; what judging one again says, and how long that takes. */
function engine(
  denials: number,
  { by = ['p'], says, takesMs = 0 }: { by?: readonly string[]; says: (policy: string) => Partial<Judgement> | undefined; takesMs?: number },
) {
  const done = { read: 0, judged: 0 };
  let now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  const rows = Array.from({ length: denials }, (_, index) => ({
    ...{ id: String(999_999 - index), gate: 'change', result: 'deny', repository: 'git.example.org/acme/shop', commit: 'c'.repeat(40) },
    ...{ ref: 'refs/heads/main', pullRequest: null, base: null },
    ...{ reasons: by.map(denial), decidedAt: new Date(newest - index * 60_000) },
  })) as unknown as DecisionRow[];
  const decisions = {
    page: (_: object, { before }: DecisionFilter, __: object, limit: number) => {
      const page = rows.filter(({ id }) => before === undefined || id < before).slice(0, limit);
      done.read += page.length;
      return Promise.resolve(page);
    },
  } as unknown as DecisionRows;
  const judging = {
    with: (_: DecisionRow, { document: { name } }: Replacement['after']) => {
      done.judged += 1;
      now += takesMs;
      const judgement = says(name);
      return Promise.resolve(judgement && { reasons: [], missing: [], ...judgement });
    },
  } as unknown as Judging;
  const database = { transaction: (work: (tx: object) => unknown) => Promise.resolve(work({})) } as unknown as Database;
  const narrowing = new Narrowing(database, decisions, judging);
  return { done, of: (...names: string[]) => narrowing.of(names.map(another)) };
}

const same = (policy: string) => ({ result: 'deny', reasons: [denial(policy)] }) as const;
const nothing = () => ({ result: 'pass', reasons: [] }) as const;
const minutes = (count: number): string => new Date(newest - count * 60_000).toISOString();

describe('denials judged again', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('say nothing when each is led to as before, up to the last that may be judged', async () => {
    const { done, of } = engine(300, { says: same });

    expect(await of('p')).toEqual({ weakens: [], affected: [] });

    expect(done.judged).toBe(300);
  });

  it('weaken where there are more than may be judged: the rest was not looked at', async () => {
    const { done, of } = engine(301, { says: same });

    const { weakens, affected } = await of('p');

    expect([weakens, affected, done.judged]).toEqual([[{ policy: 'p', what: expect.stringContaining(`up to ${minutes(300)}`) }], [], 300]);
  });

  it('weaken where there are more than may be read, also when others led to those', async () => {
    const { done, of } = engine(2_001, { by: ['other'], says: same });

    const { weakens } = await of('p');

    expect([weakens, done.judged]).toEqual([[{ policy: 'p', what: expect.stringContaining(`up to ${minutes(2_000)}`) }], 0]);
  });

  it('weaken where the time was over', async () => {
    const { done, of } = engine(20, { says: same, takesMs: 3_000 });

    const { weakens } = await of('p');

    expect([weakens, done.judged]).toEqual([[{ policy: 'p', what: expect.stringContaining(`up to ${minutes(4)}`) }], 4]);
  });

  it('have one bound however many policies change', async () => {
    const all = ['p', 'q', 'r'];
    const { done, of } = engine(200, { by: all, says: same });

    const { weakens } = await of(...all);

    expect([done.judged, done.read]).toEqual([300, 150]);
    expect(weakens.map(({ policy }) => policy)).toEqual(all);
  });

  it('name what would bite less, the latest fifty, and count all', async () => {
    const { of } = engine(60, { by: ['p', 'q'], says: (policy) => (policy === 'p' ? nothing() : same(policy)) });

    const { weakens, affected } = await of('p', 'q');

    expect(weakens).toEqual([{ policy: 'p', what: expect.stringMatching(/^it would block less in 60 of its denials/) }]);
    expect([affected.length, affected[0]!.decision, affected.at(-1)!.decision]).toEqual([50, '999999', '999950']);
  });

  it.each<[string, Partial<Judgement> | undefined]>([
    ['the input is not kept any more', undefined],
    ['its expression fails', { result: 'undecided', missing: ['Policy p could not be judged: took longer than 250 ms'] }],
  ])('weaken where nobody knows, because %s', async (_, judgement) => {
    const { of } = engine(2, { says: () => judgement });

    const { weakens, affected } = await of('p');

    expect(weakens).toEqual([{ policy: 'p', what: expect.stringMatching(/^nobody knows whether it would block less in 2 of/) }]);
    expect(affected).toEqual([]);
  });

  it('weaken also where something else was missing and the gate would still not pass', async () => {
    const { of } = engine(1, { says: () => ({ result: 'undecided', missing: ['bandit (code) has not finished'] }) });

    const { weakens, affected } = await of('p');

    expect(weakens).toEqual([{ policy: 'p', what: expect.stringContaining('it would block less in 1 of its denials') }]);
    expect(affected).toMatchObject([{ was: 'deny', would: 'undecided' }]);
  });

  it('are not read where no expression changes', async () => {
    const { done, of } = engine(5, { says: nothing });

    expect(await of()).toEqual({ weakens: [], affected: [] });
    expect(done).toEqual({ read: 0, judged: 0 });
  });
});
