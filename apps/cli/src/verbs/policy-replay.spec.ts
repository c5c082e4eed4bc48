import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakePlatform } from '../fixtures/fake-platform.ts';
import { replayPolicy } from './policy-replay.ts';

const counts = { decisions: 3, identical: 1, otherReasons: 1, changedTotal: 1, gone: 0, truncated: false };
const changed = [
  { decision: 'd', gate: 'change', subject: { repository: 'git.example/a', commit: 'c'.repeat(40) }, was: 'pass', would: 'deny' },
];

describe('throughline policy replay', () => {
  let platform: FakePlatform;
  let statuses: string[];

  beforeEach(async () => {
    statuses = ['queued', 'done'];
    platform = await FakePlatform.start(() => {
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      return [200, { id: 'r1', status, policy: 'no-eval', ...counts, changed }];
    });
  });
  afterEach(() => platform.stop());

  const sent = (): unknown => JSON.parse(platform.asked[0]!.body);
  const flags = { since: '2026-01-01T00:00:00Z', wait: '20' };

  it('sends the file, waits for the end, and names what would have changed', async () => {
    const file = await platform.write('p.yaml', 'name: no-eval');

    expect(await replayPolicy(platform.api(), file, { ...flags, gate: ['change'] })).toBe(0);

    expect(sent()).toEqual({ policy: 'name: no-eval', since: flags.since, gates: ['change'] });
    expect(platform.printed).toContain('3 decisions, 1 identical, 1 for other reasons, 1 changed');
    expect(platform.printed).toContain('pass → deny  change  git.example/a cccccccccccc');
  });

  it('sends a name as it is, and ends with 3 when it takes longer', async () => {
    statuses = ['running'];

    expect(await replayPolicy(platform.api(), 'no-eval', { ...flags, wait: '0', json: true })).toBe(3);

    expect(sent()).toEqual({ policy: 'no-eval', since: flags.since });
    expect(JSON.parse(platform.printed)).toMatchObject({ id: 'r1', status: 'running' });
  });
});
