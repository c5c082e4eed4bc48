import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PolicyReplay } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const since = '2020-01-01T00:00:00Z';
const commits = Array.from({ length: 23 }, freshCommit);
const withEval = commits.slice(0, 2);

beforeAll(async () => {
  await engine.start();
  for (const commit of commits) {
    const found = { bandit: withEval.includes(commit) ? [finding('e1', { rule: 'B307' })] : [] };
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), found));
  }
  for (const commit of commits) expect((await engine.gate(commit, { wait: 30 })).body.decision).toBe('pass');
}, 300_000);
afterAll(() => engine.stop(), 60_000);

/** A policy that nobody has published. */
function noEval(name = 'no-eval', rule = 'B307'): string {
  return `name: ${name}
description: No eval
gates: [change]
mode: enforce
severity: high
needs: [code]
select: f.rule == "${rule}"
message: 'eval() in {place}'
fix: Use ast.literal_eval
cases:
  - { name: none, expect: pass }
`;
}

async function replayed(policy: string, more: object = {}, user: object = {}): Promise<PolicyReplay> {
  const { status, body, headers } = await engine.call<PolicyReplay>('POST', '/api/v1/policies/replay', {
    body: { policy, since, ...more },
    user,
  });
  expect([status, headers['location']]).toEqual([202, body.location]);
  return eventually(async () => {
    const now = (await engine.call<PolicyReplay>('GET', body.location, { user })).body;
    if (now.status !== 'done') throw new Error(`the replay is ${now.status} ${now.failure ?? ''}`);
    return now;
  }, 40_000);
}

describe('a replay', () => {
  it('says what a policy would have blocked, over several pages', async () => {
    const replay = await replayed(noEval());

    expect(replay).toMatchObject({
      policy: 'no-eval',
      gates: ['change'],
      decisions: 23,
      identical: 21,
      changedTotal: 2,
      gone: 0,
      truncated: false,
    });
    expect(replay.changed.map(({ subject: { commit }, was, would }) => [commit, was, would]).sort()).toEqual(
      withEval.map((commit) => [commit, 'pass', 'deny']).sort(),
    );
  });

  it('of a policy that is in force gives the same answers', async () => {
    expect(await replayed('secret-added')).toMatchObject({ decisions: 23, identical: 23, otherReasons: 0, changedTotal: 0 });
  });

  it('leaves the decisions and policies as they are', async () => {
    const before = await engine.rows('select id, result, revision from decision order by id');

    await replayed(noEval('never-published'));

    expect(await engine.rows('select id, result, revision from decision order by id')).toEqual(before);
    expect((await engine.call('GET', '/api/v1/policies/never-published')).status).toBe(404);
  });

  it('takes the decisions of the gates and the time that were named', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();

    expect(await replayed(noEval(), { gates: ['deploy'] })).toMatchObject({ decisions: 0, gates: ['deploy'] });
    expect(await replayed(noEval(), { since: later })).toMatchObject({ decisions: 0 });
  });

  it('sees what its author may see, and is seen by nobody who may see less', async () => {
    const all = await replayed(noEval());
    const own = await replayed(noEval(), {}, { applications: ['another'] });

    expect(own).toMatchObject({ decisions: 0, changed: [] });
    expect((await engine.call('GET', all.location, { user: { applications: ['another'] } })).status).toBe(404);
  });

  it('counts decisions whose input is not kept any more apart', async () => {
    await engine.rows('delete from decision_input where decision in (select decision from decision_input limit 3)');

    expect(await replayed(noEval())).toMatchObject({ decisions: 20, gone: 3 });
  });

  it.each([
    ['a policy that is not there', 'no-such-policy', {}, 404],
    ['a document that cannot be read', 'name: [', {}, 422],
    ['a time that is none', noEval(), { since: 'yesterday' }, 400],
    ['a gate that is none', noEval(), { gates: ['door'] }, 400],
  ])('is refused for %s', async (_, policy, more, status) => {
    expect((await engine.call('POST', '/api/v1/policies/replay', { body: { policy, since, ...more } })).status).toBe(status);
  });
});
