import { describe, expect, it } from '@jest/globals';
import { answers } from './facts.ts';
import { allGates } from './words.ts';
import { evaluated, failed, isComparable, isComplete, latestItems, noEvidence, openItems, planned, type Plan } from './evidence.ts';

const item = { seq: 1, tool: 'bandit', finds: ['code'] as const, state: 'planned' as const };
const plan: Plan = { sequence: 1, throughSeq: 1, items: [item] };
const answer = { seq: 1, tool: 'bandit', finds: ['code'] as const, revision: 1, outcome: 'evaluated' as const };

describe('the evidence of a subject', () => {
  it('is not complete while its plan is not known, whatever was evaluated', () => {
    const evidence = evaluated(noEvidence, answer);

    expect(openItems(evidence)).toBeUndefined();
    expect(isComplete(evidence)).toBe(false);
  });

  it('is complete when every number up to the last one is closed', () => {
    expect(isComplete(evaluated(planned(noEvidence, plan), answer))).toBe(true);
    expect(isComplete(planned(evaluated(noEvidence, answer), plan))).toBe(true);
  });

  it('counts a number that nobody has described as open', () => {
    const evidence = evaluated(planned(noEvidence, { ...plan, throughSeq: 3 }), answer);

    expect(openItems(evidence)).toEqual([2, 3]);
  });

  it('names at most fifty open numbers, however far the plan goes', () => {
    expect(openItems(planned(noEvidence, { ...plan, throughSeq: Number.MAX_SAFE_INTEGER }))).toHaveLength(50);
  });

  it('ignores a plan that is older than the one it knows, and never takes back a number', () => {
    const evidence = planned(noEvidence, { ...plan, sequence: 5, throughSeq: 4 });

    expect(planned(evidence, { ...plan, sequence: 4, throughSeq: 1 })).toBe(evidence);
    expect(planned(evidence, { ...plan, sequence: 6, throughSeq: 2 }).plan?.throughSeq).toBe(4);
  });

  it('does not open an item again that a later plan still calls planned', () => {
    const evidence = evaluated(planned(noEvidence, plan), answer);

    expect(isComplete(planned(evidence, { ...plan, sequence: 2 }))).toBe(true);
  });

  it('ignores an evaluation that is not newer than the one it knows', () => {
    const evidence = evaluated(noEvidence, { ...answer, revision: 3 });

    expect(evaluated(evidence, { ...answer, revision: 2, outcome: 'not_evaluated', reason: 'late' })).toBe(evidence);
    expect(evaluated(evidence, { ...answer, revision: 3 })).toBe(evidence);
  });

  it('keeps what the ledger evaluated when news of a failed run comes late', () => {
    const evidence = evaluated(noEvidence, answer);

    expect(failed(evidence, { ...item, reason: 'killed' })).toBe(evidence);
  });

  it('keeps the reason of the run when the ledger says that the item was not evaluated', () => {
    const evidence = failed(planned(noEvidence, plan), { ...item, reason: 'disk full' });

    const after = evaluated(evidence, { ...answer, outcome: 'not_evaluated', reason: 'the run failed' });

    expect(after.items).toEqual([{ seq: 1, tool: 'bandit', finds: ['code'], state: 'failed', reason: 'disk full', revision: 1 }]);
  });

  it('is comparable with what was evaluated by the same ruleset, or had nothing to look at', () => {
    const of = (ruleset: string) => evaluated(noEvidence, { ...answer, ruleset });
    const nothing = planned(noEvidence, { ...plan, items: [{ ...item, state: 'not_applicable' }] });

    expect(isComparable(of('r1'), of('r1'))).toBe(true);
    expect(isComparable(of('r1'), nothing)).toBe(true);
    expect(isComparable(nothing, noEvidence)).toBe(true);
    expect(isComparable(of('r2'), of('r1'))).toBe(false);
    expect(isComparable(of('r1'), failed(noEvidence, { ...item, reason: 'killed' }))).toBe(false);
  });

  it('takes a repeated run of a tool in place of the earlier ones', () => {
    const items = [
      { seq: 1, tool: 'bandit', state: 'evaluated' as const },
      { seq: 2, tool: 'zizmor', state: 'evaluated' as const },
      { seq: 3, tool: 'bandit', state: 'evaluated' as const },
    ];

    expect(latestItems(items).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('never takes an upload in place of a run of ours, and a part never in place of anything', () => {
    const claimed = { assurance: 'claimed' as const, scope: '', complete: false };
    const of = (seq: number, upload?: object, state = 'evaluated' as const) => ({ seq, tool: 'bandit', state, ...upload }) as Item;
    type Item = { seq: number; tool: string; state: 'evaluated'; upload?: typeof claimed };
    const part = { upload: claimed };
    const whole = { upload: { ...claimed, complete: true } };
    const other = { upload: { ...claimed, complete: true, scope: 'api' } };
    const latest = (...items: Item[]): number[] => latestItems(items).map(({ seq }) => seq);

    expect(latest(of(1), of(2, whole))).toEqual([1, 2]);
    expect(latest(of(1, part), of(2, part))).toEqual([1, 2]);
    expect(latest(of(1, part), of(2, whole), of(3, part))).toEqual([2, 3]);
    expect(latest(of(1, part), of(2, other))).toEqual([1, 2]);
    expect(latest(of(1, part), { ...of(2, whole), state: 'failed' as never })).toEqual([1, 2]);
  });

  it.each([
    ['a claim', { assurance: 'claimed' }, []],
    ['a CI job on a protected ref', { assurance: 'bound' }, ['change', 'build']],
    ['a CI job on any other', { assurance: 'bound', changeOnly: true }, ['change']],
    ['a signature', { assurance: 'proven' }, ['change', 'build', 'registry', 'deploy', 'runtime']],
  ] as const)('takes an answer of %s where it counts', (_, standing, counts) => {
    const scan = {
      seq: 1,
      tool: 't',
      finds: [],
      state: 'evaluated',
      notEvaluated: [],
      upload: { ...standing, scope: '', complete: true },
    } as const;

    expect(allGates.filter((gate) => answers(scan, gate))).toEqual(counts);
  });

  it('keeps what counts at the change gate only apart from what counts further', () => {
    const upload = { assurance: 'bound' as const, scope: '', complete: true };
    const of = (seq: number, changeOnly: boolean) => ({
      ...{ seq, tool: 'bandit', state: 'evaluated' as const },
      upload: { ...upload, ...(changeOnly && { changeOnly }) },
    });

    expect(latestItems([of(1, false), of(2, true)]).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(latestItems([of(1, false), of(2, false)]).map(({ seq }) => seq)).toEqual([2]);
  });

  it('is never complete by uploads alone', () => {
    const upload = { assurance: 'claimed' as const, scope: '', complete: true };
    const evidence = evaluated(planned(noEvidence, { ...plan, items: [{ ...item, upload }] }), { ...answer, upload });

    expect(openItems(evidence)).toEqual([]);
    expect(isComplete(evidence)).toBe(false);
  });
});
