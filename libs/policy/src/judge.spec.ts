import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readPolicyValue } from './document.ts';
import type { Facts } from './facts.ts';
import { evaluator, type Input } from './input.ts';
import { changedResult, judge } from './judge.ts';
import type { Policy } from './policy.ts';
import { completedScans, sampleFacts, sampleFinding } from './samples.ts';
import { toleranceOf, unassigned } from './tolerance.ts';

const at = '2026-11-17T15:00:00.000Z';

function policy(fields: Record<string, unknown> = {}): Policy {
  return readPolicyValue(
    {
      name: 'no-secrets',
      description: 'No secrets',
      gates: ['change'],
      mode: 'enforce',
      severity: 'critical',
      needs: ['secret'],
      select: 'f.class == "secret"',
      message: 'Secret in {place}',
      fix: 'Revoke it',
      ...fields,
    },
    3,
  );
}

function input(facts: Partial<Facts> = {}, rest: Partial<Input> = {}): Input {
  return { facts: sampleFacts(facts), tolerance: toleranceOf(unassigned), waivers: [], at, evaluator, ...rest };
}

const secret = sampleFinding({ id: 's1', class: 'secret', severity: 'critical', path: 'a.env', line: 3 });
const openScan = completedScans.map((scan) => (scan.tool === 'bandit' ? { ...scan, state: 'planned' as const } : scan));

describe('judge', () => {
  it('passes what no policy objects to', () => {
    expect(judge([policy()], input())).toMatchObject({ result: 'pass', reasons: [], missing: [], older: 0 });
  });

  it('denies with the policy, the place and the finding', () => {
    const judgement = judge([policy()], input({ findings: [secret] }));

    expect(judgement.result).toBe('deny');
    expect(judgement.reasons).toEqual([
      {
        policy: 'no-secrets',
        version: 3,
        effect: 'deny',
        severity: 'critical',
        message: 'Secret in a.env:3',
        fix: 'Revoke it',
        new: true,
        findings: [{ id: 's1', title: 'A finding', severity: 'critical', place: 'a.env:3' }],
        total: 1,
      },
    ]);
  });

  it.each([
    ['a scan that has not finished', { scans: openScan }, 'bandit (code) has not finished'],
    ['no plan', { throughSeq: undefined }, 'No evidence is planned for this commit yet'],
    ['a number nobody described', { throughSeq: 5 }, 'Evidence number 5 is expected and not known yet'],
    ['a commit that cannot be read', { planFailed: 'not found' }, 'The commit could not be looked at: not found'],
    ['a base that is still open', { base: 'open' as const }, 'What is new is not known yet: its base b45e000 is still being scanned'],
    ['a class that nobody looked for', { scans: completedScans.slice(1), throughSeq: 0 }, 'Nothing looked for secrets'],
  ])('is undecided with %s', (_, facts, text) => {
    const judgement = judge([policy()], input(facts));

    expect(judgement.result).toBe('undecided');
    expect(judgement.missing).toContain(text);
  });

  it.each(['failed', 'unavailable'] as const)('is undecided while a required scan is %s', (state) => {
    const scans = completedScans.map((scan) => (scan.tool === 'secretlint' ? { ...scan, state, reason: 'disk full' } : scan));

    expect(judge([policy()], input({ scans })).result).toBe('undecided');
  });

  it('does not ask for a scan that has nothing to look at', () => {
    const scans = completedScans.map((scan) => (scan.tool === 'bandit' ? { ...scan, state: 'not_applicable' as const } : scan));

    expect(judge([policy()], input({ scans })).result).toBe('pass');
  });

  it('asks only for the classes that the tolerance requires', () => {
    const scans = completedScans.map((scan) => (scan.tool === 'bandit' ? { ...scan, state: 'failed' as const } : scan));
    const tolerance = toleranceOf({ ...unassigned, tier: 'tier-3' });

    expect(judge([policy()], input({ scans }, { tolerance })).result).toBe('pass');
  });

  it('is undecided while an ecosystem has no advisories', () => {
    const scans = completedScans.map((scan) =>
      scan.tool === 'dependencies' ? { ...scan, notEvaluated: [{ what: 'npm', reason: 'no advisory data' }] } : scan,
    );

    expect(judge([policy()], input({ scans })).missing).toEqual(['npm was not evaluated: no advisory data']);
  });

  it('lets a denial stand whatever else is missing', () => {
    const judgement = judge([policy()], input({ findings: [secret], scans: openScan }));

    expect(judgement.result).toBe('deny');
    expect(judgement.missing).toEqual(['bandit (code) has not finished']);
  });

  it('is undecided where no policy is bound to the gate', () => {
    expect(judge([policy()], input({ gate: 'deploy' }))).toMatchObject({
      result: 'undecided',
      missing: ['No policy is bound to the deploy gate'],
    });
  });

  it('only counts what a policy in audit mode says', () => {
    const judgement = judge([policy({ mode: 'audit' })], input({ findings: [secret] }));

    expect(judgement).toMatchObject({ result: 'pass', reasons: [], audited: [{ effect: 'audit', total: 1 }] });
  });

  it('only warns where an enforced policy says so', () => {
    const soft = policy({ warnOnly: 'tolerance.tier == "tier-2"' });

    expect(judge([soft], input({ findings: [secret] }))).toMatchObject({ result: 'warn', reasons: [{ effect: 'warn' }] });
  });

  it('warns, never passes, when only policies that fail open depend on what is missing', () => {
    const scans = completedScans.map((scan) => (scan.tool === 'secretlint' ? { ...scan, state: 'failed' as const } : scan));
    const open = policy({ failMode: 'open' });
    const other = policy({ name: 'no-code', needs: ['code'], select: 'f.class == "code"' });

    expect(judge([open, other], input({ scans }))).toMatchObject({
      result: 'warn',
      degraded: true,
      missing: ['secretlint (secret) failed'],
    });
    expect(judge([open, policy({ name: 'closed' })], input({ scans })).result).toBe('undecided');
  });

  it('is undecided when a policy cannot be evaluated, and goes on when that one fails open', () => {
    const broken = { select: 'f.epss > 0.5' };

    expect(judge([policy(broken)], input({ findings: [secret] }))).toMatchObject({
      result: 'undecided',
      missing: ['Policy no-secrets could not be judged: No such key: epss'],
    });
    expect(judge([policy({ ...broken, failMode: 'open' })], input({ findings: [secret] })).result).toBe('warn');
  });

  it('gives one reason for one new finding among five thousand old ones', () => {
    const old = Array.from({ length: 5000 }, (_, index) => sampleFinding({ ...secret, id: `old-${index}`, new: false }));

    const judgement = judge([policy()], input({ findings: [...old, secret] }));

    expect(judgement).toMatchObject({ result: 'deny', older: 5000, missing: [] });
    expect(judgement.reasons.map((reason) => [reason.total, reason.findings.map(({ id }) => id)])).toEqual([[1, ['s1']]]);
  });

  it('does not read a document that holds only a part of the findings as if it held all', () => {
    const all = policy({ name: 'all', each: 'findings', select: 'f.rule == "never"' });

    expect(judge([policy()], input({ total: 6000 })).result).toBe('pass');
    expect(judge([all], input({ total: 6000 })).missing).toEqual(['Only 0 of 6000 open findings can be judged']);
    expect(judge([policy()], input({ total: 6000, added: 5500 })).result).toBe('undecided');
  });

  it('names ten findings at most and counts the rest', () => {
    const findings = Array.from({ length: 12 }, (_, index) => ({ ...secret, id: `s${String(index).padStart(2, '0')}` }));

    const [reason] = judge([policy()], input({ findings })).reasons;

    expect(reason!.findings).toHaveLength(10);
    expect(reason!.total).toBe(12);
  });

  it('leaves out what is waived, for the policy that the waiver names and no other', () => {
    const waiver = {
      id: 'w1',
      policy: 'no-secrets',
      matches: { finding: 's1' },
      from: '2026-11-01T00:00:00Z',
      until: '2026-12-01T00:00:00Z',
    };
    const facts = { findings: [secret] };

    expect(judge([policy()], input(facts, { waivers: [waiver] })).result).toBe('pass');
    const proposed = { ...waiver, proposed: true };
    expect(judge([policy()], input(facts, { waivers: [proposed] })).result).toBe('deny');
    expect(judge([policy({ repositorySuppressions: 'allow' })], input(facts, { waivers: [proposed] })).result).toBe('pass');
    expect(judge([policy({ name: 'other' })], input(facts, { waivers: [waiver] })).result).toBe('deny');
    expect(judge([policy()], input(facts, { waivers: [waiver], at: '2026-12-01T00:00:00Z' })).result).toBe('deny');
  });

  it('names what a waiver let through, and nothing that no policy objects to', () => {
    const [from, until] = ['2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'];
    const waiver = { id: 'w1', label: 'W-1', matches: { path: 'a.env' }, from, until };
    const harmless = sampleFinding({ id: 'c1', class: 'code', severity: 'low', path: 'a.env' });
    const facts = { findings: [secret, harmless] };

    const judgement = judge([policy()], input(facts, { waivers: [waiver] }));
    const audited = judge([policy({ mode: 'audit' })], input(facts, { waivers: [waiver] }));

    expect(judgement.waived).toMatchObject([{ waiver: 'w1', label: 'W-1', policy: 'no-secrets', total: 1, findings: [{ id: 's1' }] }]);
    expect(changedResult(judge([policy()], input()), judgement)).toBe(true);
    expect(audited.waived).toEqual([]);
  });

  it('gives the same for the same input, and what changed is told apart from what only came again', () => {
    const first = judge([policy()], input({ findings: [secret] }));
    const again = judge([policy()], input({ findings: [secret] }, { at: '2026-11-18T15:00:00.000Z' }));

    expect(again).toEqual(first);
    expect(changedResult(first, again)).toBe(false);
    expect(changedResult(first, judge([policy()], input()))).toBe(true);
    expect(changedResult(undefined, first)).toBe(true);
  });
});

it('the version of the evaluator names the libraries that it is made of', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };

  for (const name of ['@marcbachmann/cel-js', 're2js']) expect(evaluator).toContain(`${name} ${dependencies[name]}`);
});
