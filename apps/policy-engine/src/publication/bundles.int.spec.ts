import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DecisionDetail, Page, PolicyBundleDetail, PolicyBundleSummary, PolicyDetail, SigningKey } from '@throughline/contracts';
import { openBundle } from '@throughline/policy';
import { allEvaluated, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const base = '/api/v1/policies/bundles';

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

/** A policy whose case passes, unless it is told to expect something else. */
function yaml(name: string, { mode = 'enforce', expected = 'deny' } = {}): string {
  return `name: ${name}
description: No eval
gates: [build]
mode: ${mode}
severity: high
needs: [code]
select: f.rule == "B307"
message: 'eval() in {place}'
fix: Use ast.literal_eval
cases:
  - name: eval is seen
    facts: { gate: build, findings: [{ class: code, rule: B307, severity: medium, path: a.py, line: 2 }] }
    expect: ${mode === 'audit' && expected === 'deny' ? 'pass' : expected}
`;
}

const current = async (): Promise<PolicyBundleDetail> => (await engine.call<PolicyBundleDetail>('GET', `${base}/current`)).body;
const keysOf = async (): Promise<readonly SigningKey[]> => (await engine.call<Page<SigningKey>>('GET', '/api/v1/policies/keys')).body.items;
const names = ({ contents }: PolicyBundleDetail): string[] => contents.map(({ name }) => name);

async function publish(body: object, ifMatch?: string) {
  const match = ifMatch ?? `"${(await current()).sequence}"`;
  return engine.call<PolicyBundleSummary & Refusal>('POST', base, { body, headers: { 'if-match': match } });
}

const policies = (...sources: string[]) => ({ policies: sources.map((source) => ({ source })) });

describe('policy bundles', () => {
  it('begin with what comes with the installation, signed, once', async () => {
    const before = await current();
    await engine.restart();
    const [key] = await keysOf();

    expect(await current()).toEqual(before);
    expect(before).toMatchObject({ sequence: 1, by: 'throughline', policies: 10, keyId: key!.id });
    const { bundle, digest } = openBundle(before.envelope, { keys: [createPublicKey(key!.publicKey)] });
    expect(digest).toBe(before.digest);
    expect(bundle.policies.map(({ name }) => name)).toEqual(names(before));
    expect(JSON.stringify(await engine.rows('select * from policy_key'))).not.toContain('PRIVATE KEY');
  });

  it('publish several policies at once, and a decision names the bundle that it was judged with', async () => {
    const before = await current();

    const { status, body, headers } = await publish({ ...policies(yaml('first-eval'), yaml('second-eval')), note: 'no eval' });
    const after = await current();

    expect([status, headers['etag']]).toEqual([201, `"${before.sequence + 1}"`]);
    expect(body).toMatchObject({ sequence: before.sequence + 1, note: 'no eval', policies: before.policies + 2 });
    expect(names(after)).toEqual([...names(before), 'first-eval', 'second-eval'].sort());
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    const { body: answer } = await engine.gate(commit, { gate: 'build', wait: 20 });
    expect(answer.bundle).toEqual({ sequence: after.sequence, digest: after.digest });
    const { body: decision } = await engine.call<DecisionDetail>('GET', `/api/v1/decisions/${answer.id}`);
    expect(decision.bundle).toEqual(answer.bundle);
  });

  it('are told with the decision', async () => {
    const { sequence, digest } = await current();
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    await engine.gate(commit, { wait: 20 });

    const [told] = await engine.told(commit, 1);

    expect(told!.bundle).toEqual({ sequence, digest });
  });

  it.each<[string, () => object, number, RegExp]>([
    ['one failing case', () => policies(yaml('third-eval'), yaml('bad-eval', { expected: 'pass' })), 422, /\/policies\/1\/cases\/0/],
    ['a policy that cannot be read', () => policies(yaml('third-eval'), 'name: [', yaml('fourth-eval')), 422, /\/policies\/1/],
    ['a policy twice', () => policies(yaml('third-eval'), yaml('third-eval')), 422, /\/policies\/1\/name/],
    ['a weaker policy', () => policies(yaml('third-eval'), yaml('first-eval', { mode: 'audit' })), 403, /first-eval: mode enforce → audit/],
    ['fewer policies', () => ({ ...policies(yaml('third-eval')), complete: true }), 403, /secret-added is deleted/],
    ['nothing', () => ({}), 422, /either policies, or rollbackTo/],
    ['a way back to what never was', () => ({ rollbackTo: 999 }), 404, /999/],
  ])('with %s are refused, and nothing has changed', async (_, body, status, why) => {
    const before = await current();

    const answer = await publish(body());

    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(why);
    expect(await current()).toEqual(before);
    expect((await engine.call('GET', '/api/v1/policies/third-eval')).status).toBe(404);
  });

  it('are published by whoever has seen the last one, in the whole organisation', async () => {
    const unseen = await engine.call('POST', base, { body: policies(yaml('third-eval')) });
    const stale = await publish(policies(yaml('third-eval')), '"1"');
    const narrow = await engine.call('POST', base, { body: policies(yaml('third-eval')), user: { applications: ['shop'] } });

    expect([unseen.status, stale.status, narrow.status]).toEqual([428, 412, 403]);
  });

  it('rise with every change of one policy too, and go back under a new number only', async () => {
    const start = await current();
    const put = await engine.call<PolicyDetail>('PUT', '/api/v1/policies/counted-eval', {
      body: Buffer.from(yaml('counted-eval', { mode: 'audit' })),
      headers: { 'content-type': 'application/yaml' },
    });
    const withIt = await current();

    const back = await publish({ rollbackTo: start.sequence });
    const after = await current();

    expect([put.status, withIt.sequence]).toEqual([200, start.sequence + 1]);
    expect([back.status, back.body.sequence, back.body.note]).toEqual([201, start.sequence + 2, `back to ${start.sequence}`]);
    expect(names(after)).toEqual(names(start));
    expect(names(withIt)).toContain('counted-eval');
    const again = await publish({ rollbackTo: start.sequence });
    expect(again.body.sequence).toBe(after.sequence);
  });

  it('are signed by a new key from then on, and what the former one signed stays good', async () => {
    const before = await current();
    const { status, body: made } = await engine.call<SigningKey>('POST', '/api/v1/policies/keys');
    await publish(policies(yaml('rotated-eval')));
    const after = await current();

    const [now, former] = await keysOf();

    expect([status, after.keyId, now!.id]).toEqual([201, made.id, made.id]);
    expect(after.sequence).toBe(before.sequence + 2);
    expect([former!.id, former!.retiredAt]).toEqual([before.keyId, expect.any(String)]);
    expect((await engine.call('GET', `${base}/${before.sequence}`)).status).toBe(200);
    expect(() => openBundle(after.envelope, { keys: [createPublicKey(former!.publicKey)] })).toThrow(/none of the keys/);
  });

  it('have no policy called like one of their paths', async () => {
    const body = Buffer.from(yaml('bundles'));

    expect((await engine.call('PUT', '/api/v1/policies/bundles', { body, headers: { 'content-type': 'application/yaml' } })).status).toBe(
      422,
    );
    expect((await publish(policies(yaml('keys')))).status).toBe(422);
  });
});

describe('policies that somebody wrote into the database', () => {
  const commitThatIsKnown = async (): Promise<string> => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('pass');
    return commit;
  };

  it('judge nothing, and nothing is published after them', async () => {
    const commit = await commitThatIsKnown();
    const before = await current();
    await engine.rows("update policy set deleted_at = now() where name = 'secret-added'");

    const { status, body } = await engine.gate(commit);
    const next = await publish(policies(yaml('third-eval')), `"${before.sequence}"`);
    await engine.rows("update policy set deleted_at = null where name = 'secret-added'");

    expect([status, (body as unknown as Refusal).code]).toEqual([503, 'policies_not_signed']);
    expect([next.status, next.body.code]).toEqual([503, 'policies_not_signed']);
    expect((await engine.gate(commit)).status).toBe(200);
    expect(await current()).toEqual(before);
  });

  it('judge nothing either when the last bundle was taken away', async () => {
    const commit = await commitThatIsKnown();
    const { sequence } = await current();
    const [kept] = await engine.rows<{ whole: object }>('select to_jsonb(b) as whole from policy_bundle b where sequence = $1', [sequence]);
    await engine.rows('delete from policy_bundle where sequence = $1', [sequence]);

    const { status } = await engine.gate(commit);
    await engine.rows('insert into policy_bundle select * from jsonb_populate_record(null::policy_bundle, $1)', [
      JSON.stringify(kept!.whole),
    ]);

    expect(status).toBe(503);
    expect((await engine.gate(commit)).status).toBe(200);
  });

  it('are good when somebody with the right to has them signed with a new key', async () => {
    const commit = await commitThatIsKnown();
    await engine.rows('update policy_key set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40))');
    await engine.restart();
    expect((await engine.gate(commit)).status).toBe(503);

    const made = await engine.call('POST', '/api/v1/policies/keys');

    expect([made.status, (await engine.gate(commit, { wait: 20 })).status]).toEqual([201, 200]);
  });

  it('are found in the signed document too', async () => {
    const { sequence } = await current();
    await engine.rows('update policy_bundle set envelope = replace(envelope, \'"payload":"\', \'"payload":"AAAA\') where sequence = $1', [
      sequence,
    ]);

    const read = await engine.call<Refusal>('GET', `${base}/${sequence}`);
    const back = await publish({ rollbackTo: sequence }, `"${sequence}"`);
    await engine.rows('update policy_bundle set envelope = replace(envelope, \'"payload":"AAAA\', \'"payload":"\') where sequence = $1', [
      sequence,
    ]);

    expect([read.status, read.body.code, back.status]).toEqual([409, 'bundle_refused', 409]);
    expect((await engine.call('GET', `${base}/${sequence}`)).status).toBe(200);
  });
});
