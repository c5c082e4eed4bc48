import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform, type Answer } from '../fixtures/fake-platform.ts';
import { approveChange, deletePolicy, listChanges, putPolicy, rejectChange, showChange } from './policy-changes.ts';

const policy = (expected = 'deny'): string => `name: no-secret
description: No secret is added
gates: [change]
mode: enforce
severity: critical
select: f.class == "secret"
message: Secret in {place}
fix: Take it out
cases:
  - name: a secret is denied
    facts: { findings: [{ class: secret, rule: r, severity: high, path: a.env, line: 1 }] }
    expect: ${expected}
`;
const digest = `sha256:${'a'.repeat(64)}`;
const change = {
  ...{ id: 'c1', location: '/api/v1/policies/changes/c1', state: 'awaiting_approval', policy: 'no-secret', kind: 'publish', base: 3 },
  ...{ source: 'name: no-secret\nfix: \u001b[2Jgo', weakens: ['mode enforce → warn'], digest, mayApprove: true, requestedBy: 'ada' },
  ...{ requestedAt: '2026-11-01T00:00:00.000Z', approveBefore: '2026-11-15T00:00:00.000Z' },
  affected: [
    { decision: 'd1', gate: 'change', subject: { repository: 'git.example/a', commit: 'c'.repeat(40) }, was: 'deny', would: 'pass' },
    { decision: 'd2', gate: 'change', subject: { repository: 'git.example/b', commit: 'e'.repeat(40) }, was: 'deny', would: 'deny' },
  ],
};

describe('throughline policy', () => {
  let platform: FakePlatform;
  let file: string;
  /** By method and path below the policies; all else is 404. */
  let answers: Record<string, Answer>;

  beforeEach(async () => {
    answers = {};
    platform = await FakePlatform.start(({ method, path }) => answers[`${method} ${path.replace('policies/', '')}`] ?? [404, {}]);
    file = await platform.write('no-secret.yaml', policy());
  });
  afterEach(() => platform.stop());

  const inForce = (version: number) => ({ name: 'no-secret', version, digest });

  describe('put', () => {
    it('publishes after the version that is in force, and ends with 0', async () => {
      answers = { 'GET no-secret': [200, inForce(3)], 'PUT no-secret': [200, inForce(4)] };

      expect(await putPolicy(platform.api(), file, {})).toBe(0);

      const sent = { method: 'PUT', path: 'policies/no-secret', match: '"3"', type: 'application/yaml', body: policy() };
      expect(platform.asked[1]).toEqual(sent);
      expect(platform.printed).toContain('no-secret version 4');
    });

    it('names no version of what is not there yet', async () => {
      answers = { 'PUT no-secret': [200, inForce(1)] };

      expect(await putPolicy(platform.api(), file, {})).toBe(0);

      expect(platform.asked[1]!.match).toBeUndefined();
    });

    it('follows the version that was read, and is refused with 2 when it is another one', async () => {
      answers = { 'PUT no-secret': [412, { detail: 'read it again' }] };

      await expect(putPolicy(platform.api(), file, { version: '2' })).rejects.toMatchObject({ exitCode: 2 });
      await expect(putPolicy(platform.api(), file, { version: 'x' })).rejects.toMatchObject({ exitCode: 2 });

      expect(platform.asked.map(({ method, match }) => [method, match])).toEqual([['PUT', '"2"']]);
    });

    it('ends with 5 when it waits for a second person: which change, where, what is weaker, which denials', async () => {
      answers = { 'GET no-secret': [200, inForce(3)], 'PUT no-secret': [202, change] };

      expect(await putPolicy(platform.api(), file, {})).toBe(5);

      expect(platform.said).toContain(`waits for a second person: c1, ${platform.origin}/policies/changes/c1`);
      expect(platform.printed).toContain('weaker: mode enforce → warn');
      expect(platform.printed).toContain('deny → pass  change  git.example/a cccccccccccc  d1');
      expect(platform.printed).toContain('deny, still is by other policies  change  git.example/b eeeeeeeeeeee  d2');
    });

    it('prints the change that waits as JSON and nothing else', async () => {
      answers = { 'GET no-secret': [200, inForce(3)], 'PUT no-secret': [202, change] };

      expect(await putPolicy(platform.api(), file, { json: true })).toBe(5);

      expect(JSON.parse(platform.printed)).toEqual(change);
    });

    it('asks nobody when a case fails, or where there are several', async () => {
      await platform.write('no-secret.yaml', policy('pass'));

      expect(await putPolicy(platform.api(), file, {})).toBe(1);
      await platform.write('other.yaml', policy());
      await expect(putPolicy(platform.api(), platform.folder, {})).rejects.toMatchObject({ exitCode: 2 });

      expect(platform.asked).toEqual([]);
      expect(platform.said).toContain('nothing was published');
    });
  });

  describe('delete', () => {
    it('takes away the version that is in force, and ends with 0', async () => {
      answers = { 'GET no-secret': [200, inForce(3)], 'DELETE no-secret': [204] };

      expect(await deletePolicy(platform.api(), 'no-secret', {})).toBe(0);

      expect(platform.asked[1]).toMatchObject({ method: 'DELETE', path: 'policies/no-secret', match: '"3"', body: '' });
      expect(platform.printed).toBe('no-secret is gone, after version 3\n');
    });

    it('ends with 5 when it waits for a second person, and prints the change', async () => {
      const deletion = { ...change, kind: 'delete', source: undefined, weakens: ['the policy is deleted'], affected: [] };
      answers = { 'GET no-secret': [200, inForce(3)], 'DELETE no-secret': [202, deletion] };

      const codes = [await deletePolicy(platform.api(), 'no-secret', {}), await deletePolicy(platform.api(), 'no-secret', { json: true })];

      expect(codes).toEqual([5, 5]);
      expect(platform.said).toContain(`waits for a second person: c1, ${platform.origin}/policies/changes/c1`);
      expect(platform.printed).toContain('delete no-secret version 3');
      expect(platform.printed).not.toContain('is gone');
    });

    it.each([
      ['what is not there', {}, {}, 2],
      ['another version than was read', { version: '2' }, { 'DELETE no-secret': [412, {}] }, 2],
      ['a version that is none', { version: 'x' }, {}, 2],
      ['who may not', {}, { 'GET no-secret': [200, { version: 3 }], 'DELETE no-secret': [403, {}] }, 4],
    ] as const)('is refused for %s', async (_, flags, given, exitCode) => {
      answers = given;

      await expect(deletePolicy(platform.api(), 'no-secret', flags)).rejects.toMatchObject({ exitCode });

      expect(platform.printed).toBe('');
    });
  });

  describe('changes', () => {
    it('lists those in a state on one line each', async () => {
      answers = { 'GET changes?state=awaiting_approval&limit=50': [200, { items: [change], next: null }] };

      await listChanges(platform.api(), { state: 'awaiting_approval', limit: '50' });

      expect(platform.printed).toMatch(/^c1 {2}.*requested.* no-secret version 3 {2}ada: mode enforce → warn {2}2 denials affected\n$/);
    });

    it('shows all that an approval is about, harmless on a terminal, and why the reader may not give it', async () => {
      answers = { 'GET changes/c1': [200, { ...change, mayApprove: false, mayNotApproveBecause: 'you asked for this change' }] };

      await showChange(platform.api(), 'c1', {});

      expect(platform.printed).toContain(`digest: ${digest}`);
      expect(platform.printed).toContain('  name: no-secret\n  fix: \\u{1b}[2Jgo\n');
      expect(platform.said).toContain('not by you: you asked for this change');
    });

    it('approves the digest of what it shows, or the one that was read elsewhere', async () => {
      const approved = { ...change, state: 'approved' };
      answers = { 'GET changes/c1': [200, change], 'POST changes/c1/approve': [200, approved] };
      const read = `sha256:${'b'.repeat(64)}`;

      await approveChange(platform.api(), 'c1', {});
      await approveChange(platform.api(), 'c1', { digest: read, json: true });

      const sent = platform.asked.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body) as unknown);
      expect(sent).toEqual([{ digest }, { digest: read }]);
      expect(platform.said).toContain('this text of no-secret is in force');
    });

    it.each([
      [403, 4],
      [409, 2],
      [412, 2],
      [503, 3],
    ])('ends an approval that is answered %i with %i', async (status, exitCode) => {
      answers = { 'GET changes/c1': [200, change], 'POST changes/c1/approve': [status, { detail: 'no' }] };

      await expect(approveChange(platform.api(), 'c1', {})).rejects.toMatchObject({ exitCode });
    });

    it('shows every text of a bundle, and approves all of it at once', async () => {
      const parts = [
        { policy: 'gone', kind: 'delete', base: 2 },
        { policy: 'fresh', kind: 'publish', source: 'name: fresh' },
      ];
      const bundle = { ...change, policy: undefined, source: undefined, kind: 'bundle', base: 7, note: 'why', parts };
      answers = { 'GET changes/c1': [200, bundle], 'POST changes/c1/approve': [200, { ...bundle, state: 'approved' }] };

      await approveChange(platform.api(), 'c1', {});

      expect(platform.printed).toContain('bundle after 7');
      expect(platform.printed).toContain('without gone, after version 2\nfresh, new, as it would be published:\n  name: fresh\n');
      expect(platform.said).toContain('all 2 policies');
    });

    it('shows all of an application that would take more risk, and says so when it does', async () => {
      const source = '{\n  "tier": "tier-3"\n}';
      const looser = {
        ...change,
        policy: undefined,
        application: 'shop',
        kind: 'application',
        weakens: ['tier tier-1 → tier-3'],
        affected: [],
        source,
      };
      answers = { 'GET changes/c1': [200, looser], 'POST changes/c1/approve': [200, { ...looser, state: 'approved' }] };

      await approveChange(platform.api(), 'c1', {});

      expect(platform.printed).toContain('application shop version 3');
      expect(platform.printed).toContain('weaker: tier tier-1 → tier-3');
      expect(platform.printed).toContain('all of it as it would be:\n  {\n    "tier": "tier-3"\n  }\n');
      expect(platform.said).toContain('shop takes this risk from now on');
    });

    it('rejects with a reason, and not without', async () => {
      answers = { 'POST changes/c1/reject': [200, { ...change, state: 'rejected', reason: 'we need it' }] };

      await expect(rejectChange(platform.api(), 'c1', {})).rejects.toMatchObject({ exitCode: 2 });
      await rejectChange(platform.api(), 'c1', { reason: 'we need it' });

      expect(platform.asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ reason: 'we need it' }]);
      expect(platform.printed).toMatch(/rejected.*\(we need it\)/);
    });
  });
});
