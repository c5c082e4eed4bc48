import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { PolicyDetail, PolicySummary, PolicyTest } from '@throughline/contracts';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
}

function yaml(name: string, fields = ''): Buffer {
  return Buffer.from(`name: ${name}
description: No eval
gates: [change]
mode: enforce
severity: high
needs: [code]
select: f.rule == "B307"
message: 'eval() in {place}'
fix: Use ast.literal_eval
${fields}cases:
  - name: eval is denied
    facts: { findings: [{ class: code, rule: B307, severity: medium, path: a.py, line: 2 }] }
    expect: deny
    message: 'eval() in a.py:2'
`);
}

function put(name: string, body: Buffer, headers: Record<string, string> = {}, user: object = {}) {
  return engine.call<PolicyDetail & Refusal>('PUT', `/api/v1/policies/${name}`, {
    body,
    headers: { 'content-type': 'application/yaml', ...headers },
    user,
  });
}

describe('policies', () => {
  it('are there from the start, ten of them as version 1, also after a restart', async () => {
    const list = async () => (await engine.call<{ items: PolicySummary[] }>('GET', '/api/v1/policies')).body.items;
    const before = await list();

    await engine.restart();

    expect(before.filter(({ builtIn, version, by }) => builtIn && version === 1 && by === 'throughline')).toHaveLength(10);
    expect(await list()).toEqual(before);
  });

  it('are published from YAML, told, and judge from then on', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { bandit: [finding('e1', { rule: 'B307' })] }));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('pass');

    const { status, body, headers } = await put('no-eval', yaml('no-eval'));

    expect([status, headers['etag'], body.version, body.builtIn]).toEqual([200, '"1"', 1, false]);
    expect((await engine.gate(commit)).body).toMatchObject({
      decision: 'deny',
      reasons: [{ policy: 'no-eval', version: 1, message: 'eval() in src/app.py:7' }],
    });
  });

  it('are read as they were written, JSON too', async () => {
    const document = {
      name: 'as-json',
      description: 'd',
      gates: ['change'],
      mode: 'audit',
      severity: 'low',
      when: 'facts.total > 1000',
      message: 'm',
      fix: 'f',
    };

    await put('as-json', Buffer.from(JSON.stringify(document)), { 'content-type': 'application/json' });

    expect((await engine.call<PolicyDetail>('GET', '/api/v1/policies/as-json')).body).toMatchObject({
      mode: 'audit',
      source: JSON.stringify(document),
    });
  });

  it.each<[string, Buffer, string, string]>([
    [
      'fails its own case',
      Buffer.from(yaml('bad').toString().replace('expect: deny', 'expect: pass')),
      '/cases/0',
      '"eval is denied": expected pass, but it is deny',
    ],
    ['has a broken expression', Buffer.from(yaml('bad').toString().replace('f.rule', 'f.rul')), '/select', 'line 7: No such key: rul'],
    ['has another name', yaml('other'), '/name', 'must be bad'],
    [
      'would take quadratic time',
      yaml('bad', 'when: facts.findings.all(f, facts.findings.exists(g, g.id == f.id))\n'),
      '/when',
      'grows with their square',
    ],
  ])('are refused with 422 when one %s', async (_, body, pointer, detail) => {
    const answer = await put('bad', body);

    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual({ pointer, detail: expect.stringContaining(detail) });
    expect((await engine.call('GET', '/api/v1/policies/bad')).status).toBe(404);
  });

  it('change only for who has read them, and keep their versions', async () => {
    await put('versioned', yaml('versioned'));
    const stricter = yaml('versioned', 'controls: [X-1]\n');

    const blind = await put('versioned', stricter);
    const stale = await put('versioned', stricter, { 'if-match': '"7"' });
    const fresh = await put('versioned', stricter, { 'if-match': '"1"' });
    const again = await put('versioned', stricter, { 'if-match': '"2"' });
    const versions = await engine.call<{ items: { version: number }[] }>('GET', '/api/v1/policies/versioned/versions');

    expect([blind, stale, fresh, again].map(({ status }) => status)).toEqual([428, 412, 200, 200]);
    expect(again.body.version).toBe(2);
    expect(versions.body.items.map(({ version }) => version)).toEqual([2, 1]);
  });

  it.each([
    ['to warn', (text: string) => text.replace('mode: enforce', 'mode: warn')],
    ['to audit', (text: string) => text.replace('mode: enforce', 'mode: audit')],
    ['to fail open', (text: string) => text.replace('needs:', 'failMode: open\nneeds:')],
  ])('are not weakened %s by one person', async (how, change) => {
    const name = `weak-${how.replaceAll(' ', '-')}`;
    await put(name, yaml(name));

    const answer = await put(
      name,
      Buffer.from(change(yaml(name).toString()).replace("expect: deny\n    message: 'eval() in a.py:2'", 'expect: deny')),
      { 'if-match': '"1"' },
    );
    const lenient = Buffer.from(change(yaml(name).toString()).replace(/cases:[^]*/, ''));
    const without = await put(name, lenient, { 'if-match': '"1"' });

    expect([403, 422]).toContain(answer.status);
    expect([without.status, without.body.code]).toEqual([403, 'second_person_required']);
  });

  it('are not deleted by one person, unless they only count', async () => {
    await put(
      'audited',
      Buffer.from(
        yaml('audited')
          .toString()
          .replace('mode: enforce', 'mode: audit')
          .replace(/cases:[^]*/, ''),
      ),
    );
    const remove = (name: string, tag: string) =>
      engine.call<Refusal>('DELETE', `/api/v1/policies/${name}`, { headers: { 'if-match': tag } });

    const builtIn = await remove('secret-added', '"1"');
    const audited = await remove('audited', '"1"');

    expect([builtIn.status, builtIn.body.code]).toEqual([403, 'second_person_required']);
    expect(audited.status).toBe(204);
    expect((await engine.call('GET', '/api/v1/policies/audited')).status).toBe(404);
  });

  it('hold for everybody, so nobody of one application changes them', async () => {
    expect((await put('mine', yaml('mine'), {}, { applications: ['shop'] })).status).toBe(403);
    expect((await put('mine', yaml('mine'), {}, { rights: ['policies:read'] })).status).toBe(403);
  });

  it('are tried without being published', async () => {
    const test = (body: Buffer) =>
      engine.call<PolicyTest & Refusal>('POST', '/api/v1/policies/test', { body, headers: { 'content-type': 'application/yaml' } });

    const passing = await test(yaml('tried'));
    const failing = await test(Buffer.from(yaml('tried').toString().replace('expect: deny', 'expect: warn')));
    const broken = await test(Buffer.from('name: [1'));

    expect(passing.body).toEqual({ passed: true, name: 'tried', cases: [{ name: 'eval is denied', passed: true }] });
    expect(failing.body).toMatchObject({ passed: false, cases: [{ passed: false, difference: expect.stringContaining('expected warn') }] });
    expect(broken.status).toBe(422);
    expect((await engine.call('GET', '/api/v1/policies/tried')).status).toBe(404);
  });

  it('have the heads of lines judged again, and what is told only when it differs', async () => {
    const [head, older] = [freshCommit(), freshCommit()];
    for (const commit of [older, head]) {
      await engine.push(commit, 'refs/heads/rejudged');
      await engine.publish(
        planned(subject(commit, { ref: 'refs/heads/rejudged' })),
        ...allEvaluated(subject(commit), { bandit: [finding('r1', { rule: 'B105' })] }),
      );
      expect(await engine.told(commit, 1)).toHaveLength(1);
    }
    const text = yaml('no-b105').toString().replaceAll('B307', 'B105');

    await put('no-b105', Buffer.from(text));

    expect((await engine.told(head, 2)).map(({ result }) => result)).toEqual(['pass', 'deny']);
    expect(await engine.told(older)).toHaveLength(1);
  });
});
