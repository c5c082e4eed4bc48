import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page, PolicyBundleDetail, PolicyChange, PolicyDetail } from '@throughline/contracts';
import { person, PolicyEngineUnderTest } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const base = '/api/v1/policies/bundles';

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

const [ada, bob] = [person('ada'), person('bob')];

type Answer = PolicyChange & PolicyDetail & { readonly code: string; readonly sequence: number };

const yaml = (name: string, mode = 'enforce'): string => `name: ${name}
description: No ${name}
gates: [build]
mode: ${mode}
severity: high
needs: [code]
select: f.rule == "${name}"
message: '${name} in {place}'
fix: Do without
`;
const current = async (): Promise<PolicyBundleDetail> => (await engine.call<PolicyBundleDetail>('GET', `${base}/current`)).body;
const inForce = (name: string) => engine.call<Answer>('GET', `/api/v1/policies/${name}`);
const read = async ({ location }: PolicyChange) => (await engine.call<PolicyChange>('GET', location)).body;
const decide = (change: PolicyChange, what: 'approve' | 'reject', user: object, body: object = { digest: change.digest }) =>
  engine.call<Answer>('POST', `${change.location}/${what}`, { body, user });

async function publish(body: object, user: object = ada) {
  const headers = { 'if-match': `"${(await current()).sequence}"` };
  return engine.call<Answer>('POST', base, { body, headers, user });
}
const bundle = (...sources: string[]) => ({ policies: sources.map((source) => ({ source })) });

/** Two policies in force, and the bundle that weakens one of them and brings another one. */
async function asked(name: string): Promise<PolicyChange> {
  expect((await publish(bundle(yaml(name), yaml(`${name}-same`)))).status).toBe(201);
  const { status, body } = await publish({ ...bundle(yaml(name, 'warn'), yaml(`${name}-same`), yaml(`${name}-new`)), note: 'calmer' });
  expect([status, body.state]).toEqual([202, 'awaiting_approval']);
  return body;
}

describe('a bundle that weakens policies', () => {
  it('waits as a whole, and is in force at once when a second person approves what they have read', async () => {
    const change = await asked('whole');
    const before = await current();

    expect(change).toMatchObject({ kind: 'bundle', base: before.sequence, weakens: ['whole: mode enforce → warn'], note: 'calmer' });
    expect(change).not.toHaveProperty('policy');
    expect(change.parts).toEqual([
      { policy: 'whole', kind: 'publish', base: 1, source: yaml('whole', 'warn') },
      { policy: 'whole-new', kind: 'publish', source: yaml('whole-new') },
    ]);
    expect([(await inForce('whole')).body.mode, (await inForce('whole-new')).status]).toEqual(['enforce', 404]);
    expect((await decide(change, 'approve', ada)).body.code).toBe('own_request');
    expect((await decide(change, 'approve', bob, { digest: `sha256:${'0'.repeat(64)}` })).status).toBe(412);
    expect((await current()).sequence).toBe(before.sequence);

    const approved = await decide(change, 'approve', bob);
    const again = await decide(change, 'approve', bob);

    expect([approved.status, approved.body.state, again.body.state]).toEqual([200, 'approved', 'approved']);
    expect((await inForce('whole')).body).toMatchObject({ version: 2, mode: 'warn', by: 'ada' });
    expect((await inForce('whole-new')).body).toMatchObject({ version: 1, by: 'ada' });
    expect(await current()).toMatchObject({ sequence: before.sequence + 1, note: 'calmer, asked for by ada, approved by bob' });
  });

  it('names what it would take away, and takes it away with the rest', async () => {
    expect((await publish(bundle(yaml('goes')))).status).toBe(201);
    const all = await engine.call<Page<PolicyDetail>>('GET', '/api/v1/policies?limit=200');
    const kept = all.body.items.filter(({ name }) => name !== 'goes');
    const texts = await Promise.all(kept.map(async ({ name }) => (await inForce(name)).body.source));

    const { status, body } = await publish({ ...bundle(...texts), complete: true });
    await decide(body, 'approve', bob);

    expect([status, body.weakens, body.parts]).toEqual([202, ['goes is deleted'], [{ policy: 'goes', kind: 'delete', base: 1 }]]);
    expect((await inForce('goes')).status).toBe(404);
    expect((await current()).policies).toBe(kept.length);
  });

  it('waits once, however often it is asked for, and is listed without its texts', async () => {
    const change = await asked('once');

    const again = await publish({ ...bundle(yaml('once', 'warn'), yaml('once-same'), yaml('once-new')), note: 'calmer' });
    const { body: list } = await engine.call<Page<PolicyChange>>('GET', '/api/v1/policies/changes?state=awaiting_approval', { user: bob });

    expect([again.status, again.body.id]).toEqual([202, change.id]);
    const listed = list.items.filter(({ id }) => id === change.id);
    expect(listed).toMatchObject([{ kind: 'bundle', weakens: ['once: mode enforce → warn'], mayApprove: true }]);
    expect(listed[0]).not.toHaveProperty('parts');
  });

  it('is rejected, superseded by whatever else comes into force, or expires, and can then be approved no more', async () => {
    const rejected = await asked('rejected');
    await decide(rejected, 'reject', bob, { reason: 'we need it' });
    const superseded = await asked('superseded');
    await publish(bundle(yaml('something-else')));
    const expired = await asked('expired');
    await engine.rows("update policy_change set requested_at = now() - interval '15 days' where id = $1", [expired.id]);

    const answers = [rejected, superseded, expired].map(async (change) => (await decide(change, 'approve', bob)).body.code);

    expect(await Promise.all(answers)).toEqual(['decided', 'decided', 'decided']);
    expect(await read(rejected)).toMatchObject({ state: 'rejected', reason: 'we need it' });
    expect([(await read(superseded)).state, (await read(expired)).state]).toEqual(['superseded', 'expired']);
    expect((await inForce('superseded-new')).status).toBe(404);
  });

  it('waits also as a way back, and cannot be asked for by a token that is nobody’s', async () => {
    expect((await publish(bundle(yaml('back', 'warn')))).status).toBe(201);
    const { sequence } = await current();
    expect((await publish(bundle(yaml('back')))).status).toBe(201);

    const nobody = await publish({ rollbackTo: sequence }, { id: 't-ci', name: 'ci', person: undefined });
    const { status, body } = await publish({ rollbackTo: sequence });

    expect([nobody.status, nobody.body.code]).toEqual([403, 'second_person_required']);
    expect([status, body.weakens, body.note]).toEqual([202, ['back: mode enforce → warn'], `back to ${sequence}`]);
  });
});
