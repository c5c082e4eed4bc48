import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Application, PolicyChange } from '@throughline/contracts';
import {
  allEvaluated,
  finding,
  freshCommit,
  planned,
  person,
  PolicyEngineUnderTest,
  subject,
} from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

const [ada, bob] = [person('ada'), person('bob')];
const strict = { team: 'payments', tier: 'tier-1', exposure: 'internet', owners: ['ada'] };

type Answer = PolicyChange & Application & { readonly code: string; readonly detail: string };

const put = (name: string, body: object, version: number | undefined, user: object = ada) =>
  engine.call<Answer>('PUT', `/api/v1/applications/${name}`, {
    ...{ body, user, headers: version === undefined ? {} : { 'if-match': `"${version}"` } },
  });
const decide = (change: PolicyChange, what: 'approve' | 'reject', user: object, body: object = { digest: change.digest }) =>
  engine.call<Answer>('POST', `${change.location}/${what}`, { body, user });
const read = (change: PolicyChange, user: object = bob) => engine.call<Answer>('GET', change.location, { user });
const inForce = async (name: string) => (await engine.call<Application>('GET', `/api/v1/applications/${name}`)).body;
const listed = async (name: string, user: object) =>
  (await engine.call<{ items: PolicyChange[] }>('GET', '/api/v1/policies/changes', { user })).body.items.filter(
    ({ application }) => application === name,
  );

/** An application, and the lower tier that one person asks for. */
async function asked(name: string): Promise<PolicyChange> {
  const body = { ...strict, repositories: [`git.example.org/acme/${name}`] };
  await put(name, body, undefined);
  const answer = await put(name, { ...body, tier: 'tier-3' }, 1);
  expect([answer.status, answer.headers['location']]).toEqual([202, answer.body.location]);
  return answer.body;
}

describe('an application that would take more risk', () => {
  it.each([
    ['a lower tier', { tier: 'tier-2' }, 'tier tier-1 → tier-2'],
    ['a smaller exposure', { exposure: 'internal' }, 'exposure internet → internal'],
    ['more days', { deadlines: { critical: 30 } }, '30 days for critical findings instead of 2'],
    ['repositories that leave', { repositories: [] }, '1 repositories leave tier-1'],
  ])('waits for a second person: %s', async (what, change, weaker) => {
    const name = what.replaceAll(' ', '-');
    const body = { ...strict, repositories: [`git.example.org/acme/${name}`] };
    await put(name, body, undefined);

    const answer = await put(name, { ...body, ...change }, 1);

    expect([answer.status, answer.body.weakens[0]]).toEqual([202, weaker]);
    expect(answer.body).toMatchObject({ kind: 'application', application: name, base: 1, requestedBy: 'ada', mayApprove: false });
    expect(answer.body.policy).toBeUndefined();
    expect(JSON.parse(answer.body.source!)).toMatchObject({ team: 'payments', ...change });
    expect(await inForce(name)).toMatchObject({ version: 1, tier: 'tier-1', exposure: 'internet', repositories: body.repositories });
  });

  it('takes it when one approves what they have read, once, and what belongs to it is judged anew', async () => {
    const change = await asked('approved');
    const repository = 'git.example.org/acme/approved';
    const of = { ...subject(freshCommit()), repository };
    await engine.publish(planned(of), ...allEvaluated(of, { bandit: [finding('a1', { severity: 'high' })] }));
    const gate = async () => (await engine.gate(of.commit, { subject: { repository, commit: of.commit }, wait: 20 })).body;
    expect((await gate()).decision).toBe('deny');
    const other = await decide(change, 'approve', bob, { digest: `sha256:${'0'.repeat(64)}` });
    expect([other.status, (await inForce('approved')).version]).toEqual([412, 1]);

    const answers = [await decide(change, 'approve', bob), await decide(change, 'approve', bob)];

    expect(answers.map(({ status, body }) => [status, body.state, body.decidedBy])).toEqual([
      [200, 'approved', 'bob'],
      [200, 'approved', 'bob'],
    ]);
    expect(await inForce('approved')).toMatchObject({ version: 2, tier: 'tier-3', repositories: [repository], owners: ['ada'] });
    expect(await gate()).toMatchObject({ decision: 'warn', tolerance: 'tier-3 internet' });
  });

  it.each<[string, object, string]>([
    ['who asked', ada, 'own_request'],
    ['who has the address of who asked', person('eve', 'Ada@acme.example'), 'own_request'],
    ['a token that is nobody’s', { id: 't-ci', name: 'ci', person: undefined }, 'not_a_person'],
    ['somebody without the right', { ...bob, rights: ['policies:write'] }, 'forbidden'],
  ])('is not let by %s', async (who, user, code) => {
    const change = await asked(`not-by-${who.replaceAll(/[^a-z]+/g, '-')}`);

    const { status, body } = await decide(change, 'approve', user);

    expect([status, body.code]).toEqual([403, code]);
    expect((await read(change)).body.state).toBe('awaiting_approval');
    expect((await inForce(change.application!)).version).toBe(1);
  });

  it('is decided and seen by those who answer for it, and is not there for others', async () => {
    const change = await asked('scoped');
    const [its, others] = [
      { ...bob, applications: ['scoped'] },
      { ...bob, applications: ['shop'] },
    ];

    expect([await listed('scoped', others), (await read(change, others)).status]).toEqual([[], 404]);
    expect([(await decide(change, 'approve', others)).status, (await decide(change, 'reject', others, { reason: 'no' })).status]).toEqual([
      404, 404,
    ]);
    expect(await listed('scoped', its)).toMatchObject([
      { id: change.id, mayApprove: true, weakens: expect.arrayContaining(['tier tier-1 → tier-3']) },
    ]);
    expect((await decide(change, 'approve', its)).body.state).toBe('approved');
  });

  it('is rejected, or superseded by any other change, and can then be approved no more', async () => {
    const [rejected, superseded] = [await asked('rejected'), await asked('superseded')];
    await decide(rejected, 'reject', ada, { reason: 'we need it' });
    const stricter = { ...strict, repositories: ['git.example.org/acme/superseded'], deadlines: { critical: 1 } };
    const atOnce = await put('superseded', stricter, 1);

    const answers = [await decide(rejected, 'approve', bob), await decide(superseded, 'approve', bob)];

    expect([atOnce.status, atOnce.body.version]).toEqual([200, 2]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'decided'],
      [409, 'decided'],
    ]);
    expect((await read(rejected)).body).toMatchObject({ state: 'rejected', decidedBy: 'ada', reason: 'we need it' });
    expect((await read(superseded)).body.state).toBe('superseded');
    expect(await inForce('superseded')).toMatchObject({ version: 2, tier: 'tier-1' });
  });

  it('waits once however often it is asked for, and takes no repository that went to another one meanwhile', async () => {
    const repository = 'git.example.org/acme/wanted';
    await put('wants', strict, undefined);
    const looser = { ...strict, tier: 'tier-2', repositories: [repository] };
    const [change, again] = [(await put('wants', looser, 1)).body, (await put('wants', looser, 1)).body];
    await put('has', { ...strict, repositories: [repository] }, undefined);

    const { status, body } = await decide(change, 'approve', bob);

    expect(again.id).toBe(change.id);
    expect([status, body.code]).toEqual([409, 'taken']);
    expect((await inForce('wants')).version).toBe(1);
  });

  it('is asked for by a person who has read it, and by nobody else', async () => {
    await put('asks', strict, undefined);
    const looser = { ...strict, tier: 'tier-2' };

    const answers = [
      await put('asks', looser, undefined),
      await put('asks', looser, 7),
      await put('asks', looser, 1, { id: 't-ci', name: 'ci', person: undefined }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([428, 412, 403]);
    expect(answers[2]!.body.code).toBe('second_person_required');
    expect(await listed('asks', bob)).toEqual([]);
  });
});
