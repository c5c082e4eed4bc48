import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { make, PremiseBroken, ReadSuppression, type Page, type WaiverAnswer, type WaiverDetail } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();
const { repository } = engine;
const day = 86_400_000;
const author = { author: 'Ada', email: 'Ada@example.org', authoredAt: '2024-01-01T00:00:00.000Z' };
const person = (name: string, email: string | null = null) => ({ id: `u-${name}`, name, person: { id: `u-${name}`, name, email } });

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

const list = async (query = 'origin=repository') => (await engine.call<Page<WaiverAnswer>>('GET', `/api/v1/waivers?${query}`)).body.items;
const detail = async (id: string, user?: object) =>
  (await engine.call<WaiverDetail>('GET', `/api/v1/waivers/${id}`, user && { user })).body;

function trivy(cve: string, line: number, fields: Partial<ReadSuppression> = {}): ReadSuppression {
  return make(ReadSuppression, {
    ...{ key: `trivy ${cve}`, tool: 'trivy', file: '.trivyignore', line, mark: cve, class: 'vulnerability', cve, ...author, ...fields },
  });
}

function nosec(key: string, line: number, fields: Partial<ReadSuppression> = {}): ReadSuppression {
  const place = { class: 'code' as const, path: 'src/app.py', from: line, to: line };
  return make(ReadSuppression, { ...{ key, tool: 'bandit', file: 'src/app.py', line, mark: '# nosec', ...place, ...author, ...fields } });
}

async function read(commit: string, ...lines: ReadSuppression[]): Promise<void> {
  const heard = async () =>
    (await engine.rows<{ count: number }>("select count(*)::int as count from inbox where consumer like '%suppressions%'"))[0]!.count;
  const before = await heard();
  await engine.readBranch(commit, lines);
  await eventually(async () => expect(await heard()).toBe(before + 1), 20_000);
  await engine.idle();
}

/** A head of the default branch with a vulnerability that stops it. */
async function stopped(cve: string) {
  const commit = freshCommit();
  const vulnerability = finding(`v-${cve}`, {
    ...{
      class: 'vulnerability',
      rule: `of ${cve}`,
      severity: 'critical',
      purl: 'pkg:npm/left@1.0.0',
      fixedIn: '1.0.1',
      cve,
      tools: ['dependencies'],
    },
  });
  await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { dependencies: [vulnerability] }));
  await engine.push(commit, 'refs/heads/main');
  expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('deny');
  return commit;
}

const verdict = async (commit: string) => (await engine.gate(commit, { wait: 20 })).body;

describe('what a default branch asks scanners not to say', () => {
  it('is one request for each file, with who wrote it and until when, and lets nothing through', async () => {
    const commit = await stopped('CVE-2026-1');
    const until = new Date(Date.now() + 20 * day).toISOString();

    await read(
      commit,
      trivy('CVE-2026-1', 1, { reason: 'not reachable', until }),
      trivy('CVE-2026-2', 2, { author: 'Eve', email: 'eve@example.org' }),
      trivy('CVE-2026-3', 3, { until: '2020-01-01T00:00:00.000Z' }),
      make(ReadSuppression, {
        key: 'u',
        tool: 'trivy',
        file: '.trivyignore',
        line: 4,
        mark: 'x.pem',
        unread: 'it is a pattern',
        ...author,
      }),
    );
    const requests = await list();

    expect(requests).toMatchObject([
      {
        ...{ state: 'requested', requestedBy: 'Ada <Ada@example.org> and 1 more', owner: 'Ada <Ada@example.org>', reason: 'not reachable' },
        origin: { kind: 'repository', file: '.trivyignore', commit, unread: ['line 4: x.pem (it is a pattern)'] },
        scope: {
          ...{ application: 'unassigned', repository },
          anyOf: [
            { cve: 'CVE-2026-1', line: 1, author: 'Ada', authoredAt: author.authoredAt, until },
            { cve: 'CVE-2026-2', line: 2, author: 'Eve' },
          ],
        },
      },
    ]);
    const days = (Date.parse(requests[0]!.scope.anyOf![1]!.until!) - Date.now()) / day;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThanOrEqual(90);
    expect((await verdict(commit)).decision).toBe('deny');
    expect(await list('origin=person')).toEqual([]);
  });

  it('is asked for once, however often it is read', async () => {
    const before = await list();

    await read(freshCommit(), trivy('CVE-2026-1', 7), trivy('CVE-2026-2', 8));

    expect(await list()).toEqual(before);
  });

  it('counts when somebody who did not write it approves it, until its line is gone; then it ends', async () => {
    const commit = await stopped('CVE-2026-4');
    await read(commit, trivy('CVE-2026-4', 1), trivy('CVE-2026-5', 2));
    const [request] = await list('origin=repository&state=requested');
    const approve = (user: object) =>
      engine.call<{ code?: string; state?: string }>('POST', `/api/v1/waivers/${request!.id}/approve`, {
        body: { digest: request!.digest },
        user,
      });

    expect((await approve(person('ada', 'ada@example.org'))).body).toMatchObject({ code: 'own_request' });
    expect((await approve(person('sam'))).body).toMatchObject({ state: 'granted' });
    expect(await verdict(commit)).toMatchObject({ decision: 'pass', waived: [{ label: request!.label }] });

    await read(freshCommit(), trivy('CVE-2026-5', 1));
    expect((await verdict(commit)).decision).toBe('deny');
    expect(await detail(request!.id)).toMatchObject({ state: 'granted', scope: { anyOf: [{ cve: 'CVE-2026-5' }] } });

    await read(freshCommit());
    expect(await detail(request!.id)).toMatchObject({
      ...{ state: 'ended', endedBecause: 'line_removed' },
      endedNote: '.trivyignore on the default branch does not ask for it any more',
    });
    const told = await engine.facts('policy', `waiver:${request!.id}`);
    expect(
      told.map(
        (fact) =>
          (fact as { because?: string; matches?: { anyOf: object[] } }).because ??
          (fact as { matches: { anyOf: object[] } }).matches.anyOf.length,
      ),
    ).toEqual([2, 1, 'revoked']);
  });

  it('is not asked for again by the same line after a person refused it; by another one it is', async () => {
    const commit = freshCommit();
    await read(commit, trivy('CVE-2026-6', 1));
    const [request] = await list('state=requested');
    await engine.call('POST', `/api/v1/waivers/${request!.id}/revoke`, { body: { reason: 'no' }, user: person('sam') });

    await read(commit, trivy('CVE-2026-6', 1));
    expect(await list('state=requested')).toEqual([]);

    await read(commit, trivy('CVE-2026-6', 1, { key: 'with another end' }));
    expect(await list('state=requested')).toMatchObject([{ scope: { anyOf: [{ key: 'with another end' }] } }]);
    await read(commit);
  });

  it('is about the findings that lie where a comment stands, once all scans are done, and about nothing else', async () => {
    const commit = freshCommit();
    const at = (id: string, line: number, fields = {}) => finding(id, { line, severity: 'high', rule: 'B602', ...fields });
    await engine.publish(planned(subject(commit)));
    await engine.readBranch(commit, [
      nosec('a', 7),
      nosec('b', 9, { rule: 'B105' }),
      nosec('c', 70),
      nosec('d', 20, { from: 1, to: 20, last: true, rule: 'B602' }),
    ]);
    await engine.publish(...allEvaluated(subject(commit), { bandit: [at('f-7', 7), at('f-9', 9), at('f-8', 8), at('f-12', 12)] }));

    const [request] = await eventually(async () => {
      const found = await list('state=requested');
      if (found.length === 0) throw new Error('nothing is asked for yet');
      return found;
    }, 30_000);

    expect(request!.scope.anyOf!.map(({ key, findings }) => [key, findings])).toEqual([
      ['a', ['f-7']],
      ['d', ['f-12']],
    ]);
    expect((await list('finding=f-7')).map(({ id }) => id)).toEqual([request!.id]);
    expect(await list('finding=f-9')).toEqual([]);
    await read(freshCommit());
  });

  it('holds on for what else it covers when one of its vulnerabilities turns out to be exploited', async () => {
    await read(freshCommit(), trivy('CVE-2026-8', 1), trivy('CVE-2026-9', 2));
    const [request] = await list('state=requested');
    const waiver = request!.id;
    await engine.call('POST', `/api/v1/waivers/${waiver}/approve`, { body: { digest: request!.digest }, user: person('sam') });

    const fact = make(PremiseBroken, { waiver, repository, finding: 'v', because: 'known_exploited' as const, cve: 'CVE-2026-8' });
    await engine.publish({ fact, deliveryKey: `broken ${waiver}` });

    await eventually(async () =>
      expect(await detail(waiver)).toMatchObject({
        state: 'granted',
        scope: { anyOf: [{ cve: 'CVE-2026-9' }] },
        history: [{ kind: 'requested' }, { kind: 'granted' }, { kind: 'edited', note: 'CVE-2026-8 is known to be exploited' }],
      }),
    );
    await read(freshCommit());
  });

  it('is not changed by hand', async () => {
    await read(freshCommit(), trivy('CVE-2026-7', 1));
    const [request] = await list('state=requested');

    const answer = await engine.call<{ code: string }>('PUT', `/api/v1/waivers/${request!.id}`, {
      body: { repository, cve: 'CVE-2026-7001', reason: 'x', until: new Date(Date.now() + day).toISOString() },
      headers: { 'if-match': `"${request!.revision}"` },
      user: person('sam'),
    });

    expect([answer.status, answer.body.code]).toEqual([409, 'from_repository']);
  });

  it('counts unapproved for a policy that allows it, and for no other', async () => {
    const policy = (name: string, more = '') =>
      Buffer.from(`name: ${name}
description: low findings
gates: [change]
mode: enforce
severity: low
needs: [code]
select: f.rule == "B999"
message: low
fix: none
${more}
`);
    const put = (name: string, more?: string) =>
      engine.call('PUT', `/api/v1/policies/${name}`, { body: policy(name, more), headers: { 'content-type': 'application/yaml' } });
    const commit = freshCommit();
    await engine.publish(
      planned(subject(commit)),
      ...allEvaluated(subject(commit), { bandit: [finding('f-low', { rule: 'B999', line: 3 })] }),
    );
    expect((await put('of-strict-ones')).status).toBe(200);
    expect((await put('of-lenient-ones', 'repositorySuppressions: allow')).status).toBe(200);
    await engine.push(commit, 'refs/heads/main');
    expect((await verdict(commit)).reasons.map(({ policy: name }) => name).sort()).toEqual(['of-lenient-ones', 'of-strict-ones']);

    await read(commit, nosec('low', 3));

    const { decision, reasons, waived } = await verdict(commit);
    expect([decision, reasons.map(({ policy: name }) => name)]).toEqual(['deny', ['of-strict-ones']]);
    expect(waived).toMatchObject([{ policy: 'of-lenient-ones', total: 1 }]);
    expect((await put('of-strict-ones', 'repositorySuppressions: allow')).status).not.toBe(200);
  });
});
