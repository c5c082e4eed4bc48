import { describe, expect, it } from '@jest/globals';
import { assess, type Judgement } from './assessment.ts';
import type { AlertRow } from './alert-rows.ts';
import { deniedDecision } from './fixtures/denied-push.ts';
import { fingerprintOf, lineOf, shortLine, shortRepository } from './line-of-work.ts';
import { nextAlert, type Situation } from './next-alert.ts';

const place = { repository: 'git.example/payments/shop', line: 'refs/heads/main' };
const deny: Judgement = { decision: deniedDecision(), graceOver: false };
const pass: Judgement = { decision: deniedDecision({ result: 'pass', reasons: [] }), graceOver: false };
const undecided = (graceOver: boolean): Judgement => ({
  decision: deniedDecision({ gate: 'build', result: 'undecided', reasons: [], missing: ['x'] }),
  graceOver,
});

function situation(judgements: readonly Judgement[], commit = 'a'.repeat(40)): Situation {
  return { ...place, commit, application: 'shop', judgements, assessment: assess(judgements, true), at: new Date('2026-11-17T14:58:03Z') };
}

function opened(judgements: readonly Judgement[] = [deny]): AlertRow {
  const next = nextAlert(undefined, situation(judgements));
  if (next.change === 'none') throw new Error('no alert was opened');
  return next.alert;
}

describe('nextAlert', () => {
  it('opens one for what blocks, with the cause', () => {
    const next = nextAlert(undefined, situation([deny]));

    expect(next).toMatchObject({
      change: 'opened',
      alert: {
        state: 'open',
        priority: 'P1',
        severity: 'critical',
        title: 'payments/shop main: change blocked',
        causes: [`decision:${deny.decision.decision}`],
      },
    });
  });

  it('opens nothing for a pass, nor for what may still become decided', () => {
    expect(nextAlert(undefined, situation([pass]))).toEqual({ change: 'none' });
    expect(nextAlert(undefined, situation([pass, undecided(false)]))).toEqual({ change: 'none' });
  });

  it('opens one for what stayed undecided', () => {
    expect(nextAlert(undefined, situation([undecided(true)]))).toMatchObject({
      change: 'opened',
      alert: { priority: 'P3', title: 'payments/shop main: change could not be judged' },
    });
  });

  it('takes the alert over to the next blocked commit, acknowledged as it is', () => {
    const known: AlertRow = { ...opened(), state: 'acknowledged', acknowledgedBy: 'Ada' };

    const next = nextAlert(known, situation([deny], 'b'.repeat(40)));

    expect(next).toMatchObject({
      change: 'enriched',
      alert: { id: known.id, state: 'acknowledged', commit: 'b'.repeat(40), title: known.title },
    });
  });

  it('ends by a pass, but not while another gate denies', () => {
    expect(nextAlert(opened(), situation([pass]))).toMatchObject({
      change: 'resolved',
      alert: { state: 'resolved', resolution: 'Passed at aaaaaaaaaaaa' },
    });
    expect(nextAlert(opened(), situation([deny, pass]))).toMatchObject({ change: 'enriched' });
  });

  it('reopens what ended by itself when the same commit is blocked again, and leaves alone what a person ended', () => {
    const byItself: AlertRow = { ...opened(), state: 'resolved', resolution: 'Passed' };

    expect(nextAlert(byItself, situation([deny]))).toMatchObject({
      change: 'opened',
      alert: { id: byItself.id, state: 'open', resolution: null },
    });
    expect(nextAlert({ ...byItself, resolvedBy: 'Ada' }, situation([deny]))).toEqual({ change: 'none' });
    expect(nextAlert({ ...byItself, resolvedBy: 'Ada' }, situation([deny], 'b'.repeat(40)))).toMatchObject({ change: 'opened' });
  });
});

describe('assess', () => {
  it.each([
    ['critical', true, 'P1'],
    ['critical', false, 'P2'],
    ['high', true, 'P2'],
    ['high', false, 'P3'],
    ['low', true, 'P3'],
    ['low', false, 'P4'],
  ] as const)('gives a %s denial, default branch %s, the priority %s', (severity, onDefault, priority) => {
    const reasons = deny.decision.reasons.slice(0, 1).map((reason) => ({ ...reason, severity }));

    expect(assess([{ decision: deniedDecision({ reasons }), graceOver: false }], onDefault).priority).toBe(priority);
  });
});

describe('line of work', () => {
  it('is the change request when there is one', () => {
    expect(lineOf({ repository: 'h/a/b', ref: 'refs/heads/x', pullRequest: 7 })).toEqual({ repository: 'h/a/b', line: '#7' });
  });

  it('has one fingerprint per application and line, whatever is found there', () => {
    expect(fingerprintOf('shop', place)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf('shop', place)).not.toBe(fingerprintOf('web', place));
    expect(fingerprintOf('shop', { ...place, line: '#7' })).not.toBe(fingerprintOf('shop', place));
  });

  it('is shown as people name it', () => {
    expect([shortRepository('git.example/group/sub/shop'), shortRepository('localhost/shop')]).toEqual(['sub/shop', 'shop']);
    expect(['refs/heads/feature/x', 'refs/tags/v1', '#7'].map(shortLine)).toEqual(['feature/x', 'tag v1', '#7']);
  });
});
