import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PolicyBundleSummary, PolicyChange, PolicyDetail } from '@throughline/contracts';
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

type Answer = PolicyChange & PolicyDetail & { readonly code: string; readonly detail: string };

const yaml = (name: string, rule: string, fields: { mode?: string; select?: string } = {}): string => `name: ${name}
description: No ${rule}
gates: [change]
mode: ${fields.mode ?? 'enforce'}
severity: high
needs: [code]
select: ${fields.select ?? `f.rule == "${rule}"`}
message: '${rule} in {place}'
fix: Do without
`;

function put(name: string, text: string, version: number | undefined, user: object) {
  const headers = { 'content-type': 'application/yaml', ...(version === undefined ? {} : { 'if-match': `"${version}"` }) };
  return engine.call<Answer>('PUT', `/api/v1/policies/${name}`, { body: Buffer.from(text), headers, user });
}
const remove = (name: string, version: number, user: object) =>
  engine.call<Answer>('DELETE', `/api/v1/policies/${name}`, { headers: { 'if-match': `"${version}"` }, user });
const decide = (change: PolicyChange, what: 'approve' | 'reject', user: object, body: object = { digest: change.digest }) =>
  engine.call<Answer>('POST', `${change.location}/${what}`, { body, user });
const read = async (change: PolicyChange) => (await engine.call<PolicyChange>('GET', change.location)).body;
const inForce = (name: string) => engine.call<Answer>('GET', `/api/v1/policies/${name}`);

/** A policy in force, and the change that one person asks for. */
async function asked(name: string, rule: string): Promise<PolicyChange> {
  await put(name, yaml(name, rule), undefined, ada);
  const { status, body } = await put(name, yaml(name, rule, { mode: 'warn' }), 1, ada);
  expect([status, body.state]).toEqual([202, 'awaiting_approval']);
  return body;
}

describe('a change that weakens a policy', () => {
  it('waits for a second person, and is in force and signed when one approves what they have read', async () => {
    const change = await asked('waits', 'W1');

    expect(change).toMatchObject({ policy: 'waits', kind: 'publish', base: 1, weakens: ['mode enforce → warn'], requestedBy: 'ada' });
    expect((await inForce('waits')).body).toMatchObject({ version: 1, mode: 'enforce' });
    expect((await decide(change, 'approve', bob, { digest: `sha256:${'0'.repeat(64)}` })).status).toBe(412);

    const { status, body } = await decide(change, 'approve', bob);

    expect([status, body.state, body.decidedBy]).toEqual([200, 'approved', 'bob']);
    expect((await inForce('waits')).body).toMatchObject({ version: 2, mode: 'warn', by: 'ada' });
    const bundles = await engine.call<{ items: PolicyBundleSummary[] }>('GET', '/api/v1/policies/bundles?limit=1');
    expect(bundles.body.items[0]!.note).toBe('waits version 2, asked for by ada, approved by bob');
    expect((await decide(change, 'approve', bob)).body.state).toBe('approved');
    expect((await inForce('waits')).body.version).toBe(2);
  });

  it.each<[string, object, string]>([
    ['who asked', ada, 'own_request'],
    ['who has the address of who asked', person('eve', 'Ada@acme.example'), 'own_request'],
    ['a token that is nobody’s', { id: 't-ci', name: 'ci', person: undefined }, 'not_a_person'],
    ['somebody of one application', { ...bob, applications: ['shop'] }, 'out_of_scope'],
    ['somebody without the right', { ...bob, rights: ['policies:write'] }, 'forbidden'],
  ])('is not approved by %s', async (who, user, code) => {
    const change = await asked(`not-by-${who.replaceAll(/[^a-z]+/g, '-')}`, 'W2');

    const { status, body } = await decide(change, 'approve', user);

    expect([status, body.code]).toEqual([403, code]);
    expect((await read(change)).state).toBe('awaiting_approval');
  });

  it('is rejected, or superseded by another version, and can then be approved no more', async () => {
    const [rejected, superseded] = [await asked('rejected', 'W3'), await asked('superseded', 'W3')];
    await decide(rejected, 'reject', bob, { reason: 'we need it' });
    await put('superseded', `${yaml('superseded', 'W3')}controls: [X-1]\n`, 1, ada);

    const answers = [await decide(rejected, 'approve', bob), await decide(superseded, 'approve', bob)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'decided'],
      [409, 'decided'],
    ]);
    expect(await read(rejected)).toMatchObject({ state: 'rejected', decidedBy: 'bob', reason: 'we need it' });
    expect((await read(superseded)).state).toBe('superseded');
  });

  it('waits once, however often it is asked for, and is listed', async () => {
    const change = await asked('once', 'W4');

    const again = await put('once', yaml('once', 'W4', { mode: 'warn' }), 1, ada);
    const list = await engine.call<{ items: PolicyChange[] }>('GET', '/api/v1/policies/changes?state=awaiting_approval', {
      user: bob,
    });

    expect([again.status, again.body.id]).toEqual([202, change.id]);
    expect(again.body).toMatchObject({ mayApprove: false, mayNotApproveBecause: expect.stringContaining('you asked for this') });
    expect(list.body.items.filter(({ policy }) => policy === 'once')).toMatchObject([{ id: change.id, mayApprove: true }]);
  });

  it('takes a policy that blocks away when a second person approves that', async () => {
    await put('goes', yaml('goes', 'W5'), undefined, ada);

    const { status, body } = await remove('goes', 1, ada);
    expect([status, body.kind, body.weakens]).toEqual([202, 'delete', ['the policy is deleted']]);
    expect((await inForce('goes')).status).toBe(200);
    await decide(body, 'approve', bob);

    expect((await inForce('goes')).status).toBe(404);
  });

  it('is found by judging denials again where only its expression says less, whatever other policies say', async () => {
    const commit = freshCommit();
    await put('narrows', yaml('narrows', 'B602'), undefined, ada);
    await put('beside', yaml('beside', 'B603'), undefined, ada);
    const found = [finding('n1', { rule: 'B602' }), finding('n2', { rule: 'B602', path: 'lib/b.py' }), finding('n3', { rule: 'B603' })];
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { bandit: found }));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('deny');
    const narrower = yaml('narrows', 'B602', { select: 'f.rule == "B602" && f.path.startsWith("lib/")' });

    const { status, body } = await put('narrows', narrower, 1, ada);
    const wider = await put('narrows', yaml('narrows', 'B602', { select: 'f.rule in ["B602", "B604"]' }), 1, ada);
    const bundle = await engine.call<{ items: PolicyBundleSummary[] }>('GET', '/api/v1/policies/bundles?limit=1');
    const inBundle = await engine.call<Answer>('POST', '/api/v1/policies/bundles', {
      body: { policies: [{ source: narrower }] },
      headers: { 'if-match': `"${bundle.body.items[0]!.sequence}"` },
      user: ada,
    });

    expect(status).toBe(202);
    expect(body.weakens).toEqual([expect.stringContaining('it would block less in 1 of its denials of the last 30 days')]);
    expect(body.affected).toMatchObject([{ was: 'deny', would: 'deny', gate: 'change', subject: { commit } }]);
    expect([wider.status, wider.body.version]).toEqual([200, 2]);
    expect([inBundle.status, inBundle.body.kind]).toEqual([202, 'bundle']);
    expect(inBundle.body.weakens).toEqual([expect.stringMatching(/^narrows: it would block less in 1 of its denials/)]);
    expect(inBundle.body.affected).toMatchObject([{ was: 'deny', would: 'deny', subject: { commit } }]);
  });
});
