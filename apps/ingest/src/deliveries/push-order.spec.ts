import { describe, expect, it } from '@jest/globals';
import { ChangePushed, make } from '@throughline/contracts';
import type { Outcome } from './candidate.ts';
import { inDoubt, isDoubtful, standing } from './push-order.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function push(before: string | undefined, after: string, more: { ref?: string; saidAt?: Date } = {}): Outcome {
  const { ref = 'refs/heads/main', saidAt } = more;
  const fields = { repository: 'git.example/acme/shop', ref, after, defaultBranch: 'main', forced: false, pusher: 'ada', commits: [] };
  const fact = make(ChangePushed, { ...fields, ...(before === undefined ? {} : { before }) });
  return { status: 'accepted', facts: [fact], ...(saidAt ? { saidAt } : {}) };
}

const known = (commit: string, saidAt?: Date) =>
  new Map([['git.example/acme/shop refs/heads/main', { commit, ...(saidAt ? { saidAt } : {}) }]]);

describe('isDoubtful', () => {
  it.each([
    ['begins where the branch is', push(a, b), known(a)],
    ['tells what is known', push(a, b), known(b)],
    ['is the first that is heard of the branch', push(a, b), new Map()],
    ['moves a tag', push(c, b, { ref: 'refs/tags/v1' }), known(a)],
    ['was said after the last one', push(a, b, { saidAt: at(2) }), known(a, at(1))],
    ['was said in the same second', push(a, b, { saidAt: at(1) }), known(a, at(1))],
  ])('believes a push that %s', (_what, outcome, heads) => {
    expect(isDoubtful(outcome, heads)).toBe(false);
  });

  it.each([
    ['begins elsewhere', push(c, b), known(a)],
    ['makes a branch that is there', push(undefined, b), known(a)],
    ['was said before the last one, though it fits', push(a, b, { saidAt: at(1) }), known(a, at(2))],
  ])('doubts a push that %s', (_what, outcome, heads) => {
    expect(isDoubtful(outcome, heads)).toBe(true);
  });
});

describe('standing', () => {
  it('is all of it when the origin has the branch where the push says', () => {
    expect(standing(push(a, b), new Map([['refs/heads/main', b]]))).toEqual(push(a, b));
  });

  it('says where the branch is instead', () => {
    const reasonOf = (refs: Map<string, string>): unknown => standing(push(a, b), refs).reason;

    expect(standing(push(a, b), new Map([['refs/heads/main', c]]))).toMatchObject({ status: 'stale', facts: [] });
    expect(reasonOf(new Map([['refs/heads/main', c]]))).toBe('stale: refs/heads/main is at cccccccccccc, not at bbbbbbbbbbbb');
    expect(reasonOf(new Map())).toBe('stale: refs/heads/main is not there any more');
  });

  it('keeps what stands of a push of several branches', () => {
    const both = { ...push(a, b), facts: [...push(a, b).facts, ...push(a, c, { ref: 'refs/heads/other' }).facts] };

    const left = standing(both, new Map([['refs/heads/other', c]]));

    expect(left).toMatchObject({ status: 'accepted', facts: [{ ref: 'refs/heads/other' }] });
    expect(left.facts).toHaveLength(1);
  });
});

it('holds facts back while the origin is asked', () => {
  expect(inDoubt(push(a, b))).toMatchObject({ status: 'checking', facts: [], reason: expect.stringContaining('the origin is asked') });
});
