import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { make, PlannedItem } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import {
  allEvaluated,
  evaluated,
  finding,
  freshCommit,
  planned,
  PolicyEngineUnderTest,
  subject,
} from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(60_000);

const engine = new PolicyEngineUnderTest();

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

const secret = finding('f-secret', {
  class: 'secret',
  rule: '@secretlint/secretlint-rule-aws',
  title: 'AWS access key',
  severity: 'critical',
  path: 'config/app.env',
  line: 3,
  tools: ['secretlint'],
});

describe('the gate', () => {
  it('passes a commit about which everything is known and nothing is objected to', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { bandit: [finding('low-1')] }));

    const { status, body } = await engine.gate(commit, { wait: 20 });

    expect(status).toBe(200);
    expect(body).toMatchObject({ decision: 'pass', reasons: [], subject: commit, tolerance: 'tier-2 of unknown exposure' });
    expect(body.missing).toBeUndefined();
  });

  it('denies with policy, place, finding and the way out', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret] }));

    const { body } = await engine.gate(commit, { wait: 20 });

    expect(body).toMatchObject({
      decision: 'deny',
      reasons: [
        {
          policy: 'secret-added',
          version: 1,
          effect: 'deny',
          message: 'Secret in config/app.env:3: AWS access key',
          place: 'config/app.env:3',
          path: 'config/app.env',
          new: true,
          findings: [{ id: 'f-secret', severity: 'critical' }],
        },
      ],
    });
    expect(body.reasons[0]!.waiverLink).toContain(`decision=${body.id ?? ''}`);
    expect(body.url).toMatch(new RegExp(`^http.*/decisions/${body.id}$`));
  });

  it('answers as soon as the last fact is here, not when the wait is over', async () => {
    const commit = freshCommit();
    const all = allEvaluated(subject(commit));
    await engine.publish(planned(subject(commit)), ...all.slice(1));
    const started = Date.now();
    const waiting = engine.gate(commit, { wait: 40 });

    await engine.publish(all[0]!);
    const { body } = await waiting;

    expect(body.decision).toBe('pass');
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('never passes while the facts of the ledger are withheld, in two hundred calls', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)));
    await eventually(async () => expect((await engine.gate(commit)).body.missing?.[0]).toContain('has not finished'));

    const answers: Awaited<ReturnType<typeof engine.gate>>[] = [];
    // All at once hold the one thread of this test for longer than the owner of the plans has to answer.
    for (let round = 0; round < 10; round++) answers.push(...(await Promise.all(Array.from({ length: 20 }, () => engine.gate(commit)))));

    expect(new Set(answers.map(({ status, body }) => `${status} ${body.decision}`))).toEqual(new Set(['200 undecided']));
    expect(answers.every(({ body }) => body.missing!.length === 4)).toBe(true);
    expect(await engine.told(commit)).toEqual([]);
    expect(await engine.rows('select id from decision where commit = $1', [commit])).toHaveLength(1);
  });

  it('does not pass by what it knew before, when a report was added that it has not heard of', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('pass');
    engine.plan = () => ({ known: true, lastSeq: 5, open: 1 });

    const { body } = await engine.gate(commit);
    engine.plan = () => ({ known: true, lastSeq: 4, open: 0 });

    expect(body).toMatchObject({
      decision: 'undecided',
      missing: ['Evidence through number 5 is planned, and through 4 is known here yet'],
    });
    expect((await engine.gate(commit)).body.decision).toBe('pass');
  });

  it.each([
    ['the service that plans scans is away', 'away', 'did not answer'],
    ['it does not know the commit', { known: false, lastSeq: null, open: 0 }, 'Nothing is known about this commit'],
    ['it is still planning', { known: true, lastSeq: null, open: 0 }, 'still being planned'],
  ] as const)('is undecided when %s', async (_, plan, text) => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('pass');
    engine.plan = () => plan;

    const { body } = await engine.gate(commit);
    engine.plan = () => ({ known: true, lastSeq: 4, open: 0 });

    expect(body.decision).toBe('undecided');
    expect(body.missing![0]).toContain(text);
  });

  it('is undecided about a commit nobody has heard of, and about an image', async () => {
    engine.plan = () => ({ known: false, lastSeq: null, open: 0 });

    const commit = await engine.gate(freshCommit());
    const image = await engine.call('POST', '/api/v1/gate', { body: { gate: 'deploy', subject: { digest: `sha256:${'a'.repeat(64)}` } } });
    engine.plan = () => ({ known: true, lastSeq: 4, open: 0 });

    expect(commit.body).toMatchObject({ decision: 'undecided', reasons: [] });
    expect(commit.body.id).toBeUndefined();
    expect(image.body).toMatchObject({ decision: 'undecided', missing: ['No evidence about this image is known'] });
  });

  it('judges another gate by the same policies', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret] }));

    const change = await engine.gate(commit, { wait: 20 });
    const build = await engine.gate(commit, { gate: 'build' });
    const deploy = await engine.gate(commit, { gate: 'deploy' });

    expect([change, build, deploy].map(({ body }) => body.decision)).toEqual(['deny', 'deny', 'undecided']);
    expect(deploy.body.missing).toEqual(['No policy is bound to the deploy gate']);
    const digests = await Promise.all(
      [change, build].map(
        async ({ body }) => (await engine.call<{ policies: object }>('GET', `/api/v1/decisions/${body.id!}`)).body.policies,
      ),
    );
    expect(digests[0]).toEqual(digests[1]);
  });

  it('finds the head of a change request by its number', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));

    const { body } = await engine.call<object>('POST', '/api/v1/gate', {
      body: { gate: 'change', subject: { repository: `https://${engine.repository}.git`, pullRequest: 4711 } },
    });

    expect(body).toMatchObject({ decision: 'undecided', missing: ['This change request is not known: nothing of it has arrived'] });
  });

  it('finds the repository of a commit that only one has', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    expect((await engine.gate(commit, { wait: 20 })).body.decision).toBe('pass');

    const known = await engine.gate(commit, { subject: { commit } });
    const unknown = await engine.gate(commit, { subject: { commit: freshCommit() } });

    expect([known.body.decision, unknown.body.decision]).toEqual(['pass', 'undecided']);
  });

  it('hands out a location for a wait of more than fifty seconds, which answers as the gate does', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));

    const { status, body, headers } = await engine.gate(commit, { wait: 120 });
    const answer = await engine.call<object>('GET', String(headers['location']));

    expect([status, body]).toEqual([202, expect.objectContaining({ status: 'waiting', location: headers['location'] })]);
    expect(answer).toMatchObject({ status: 200, body: { decision: 'pass', subject: commit } });
  });

  it('refuses a subject without a name, a bad address, another application, and a caller of another team', async () => {
    const commit = freshCommit();
    const bad = (body: object) => engine.call<{ code: string }>('POST', '/api/v1/gate', { body });

    expect((await bad({ gate: 'change', subject: {} })).status).toBe(400);
    expect((await bad({ gate: 'change', subject: { repository: '../..', commit } })).status).toBe(400);
    expect((await bad({ gate: 'changes', subject: { repository: engine.repository, commit } })).status).toBe(400);
    expect((await engine.gate(commit, { application: 'other' })).status).toBe(409);
    expect((await engine.gate(commit, {}, { applications: ['other'] })).status).toBe(403);
    expect((await engine.gate(commit, {}, { rights: ['gates:read'] })).status).toBe(403);
  });
});

describe('what is new', () => {
  it('is one reason for one finding that was added to five thousand old ones', async () => {
    const [base, head] = [freshCommit(), freshCommit()];
    const old = Array.from({ length: 5000 }, (_, index) =>
      finding(`old-${String(index).padStart(5, '0')}`, { severity: 'critical', rule: 'B602', title: 'x' }),
    );
    const ref = await engine.keep([...old]);
    const both = await engine.keep([...old, finding('new-1', { severity: 'critical', title: 'Added' })]);
    const atBase = subject(base, { baseline: true });
    const atHead = subject(head, { base });
    await engine.publish(planned(atHead), planned(atBase));
    await engine.publish(
      ...allEvaluated(atHead).filter(({ fact }) => fact.tool !== 'bandit'),
      evaluated(atHead, 'bandit', [], { presentRef: both }),
    );
    await engine.publish(
      ...allEvaluated(atBase).filter(({ fact }) => fact.tool !== 'bandit'),
      evaluated(atBase, 'bandit', [], { presentRef: ref }),
    );

    const { body } = await engine.gate(head, { wait: 30 });

    expect(body).toMatchObject({
      decision: 'deny',
      older: 5000,
      reasons: [{ policy: 'high-code-added', total: 1, findings: [{ id: 'new-1' }] }],
    });
    expect(body.missing).toBeUndefined();
    expect(await engine.told(base)).toEqual([]);
  });

  it('is not known while the base is still being evaluated', async () => {
    const [base, head] = [freshCommit(), freshCommit()];
    const before = subject(base);
    const after = subject(head, { base });
    const added = finding('kept-1', { severity: 'high' });
    await engine.publish(planned(before), planned(after), ...allEvaluated(after, { bandit: [added] }));
    await eventually(async () =>
      expect((await engine.gate(head)).body.missing?.join()).toContain(`its base ${base.slice(0, 7)} is still being scanned`),
    );

    const waiting = engine.gate(head, { wait: 30 });
    await engine.publish(...allEvaluated(before, { bandit: [added] }));

    expect((await waiting).body).toMatchObject({ decision: 'pass', older: 1 });
  });

  it('waits for what the base lacks: another ruleset is no comparison', async () => {
    const [base, head] = [freshCommit(), freshCommit()];
    const old = finding('old-rules', { severity: 'high' });
    const [before, after] = [subject(base), subject(head, { base })];
    const bandit = (of: typeof before, fields: object) => evaluated(of, 'bandit', [old], fields);
    const others = (of: typeof before) => allEvaluated(of).filter(({ fact }) => fact.tool !== 'bandit');
    await engine.publish(planned(before), ...others(before), bandit(before, { ruleset: 'bandit-0' }));
    await engine.publish(planned(after), ...others(after), bandit(after, { ruleset: 'bandit-1' }));
    await eventually(async () => expect((await engine.gate(head)).body.missing?.join()).toContain('is still being scanned'));

    const waiting = engine.gate(head, { wait: 40 });
    const again = make(PlannedItem, { seq: 5, tool: 'bandit', finds: ['code'], state: 'planned' });
    await engine.publish(planned({ ...before, baseline: true }, { throughSeq: 5, items: [again] }, 2));
    await engine.publish(bandit({ ...before, baseline: true }, { ruleset: 'bandit-1', seq: 5 }));

    expect((await waiting).body).toMatchObject({ decision: 'pass', older: 1 });
  });

  it('is not made old by a second change request whose branch has it already', async () => {
    const [main, branch, head] = [freshCommit(), freshCommit(), freshCommit()];
    const atBranch = subject(branch, { baseline: true });
    const first = subject(head, { pullRequest: 1, base: main });
    await engine.publish(planned(subject(main)), ...allEvaluated(subject(main)));
    await engine.publish(planned(atBranch), ...allEvaluated(atBranch, { secretlint: [secret] }));
    await engine.publish(planned(first), ...allEvaluated(first, { secretlint: [secret] }));
    expect((await engine.gate(head, { wait: 30 })).body.decision).toBe('deny');

    await engine.publish(planned(subject(head, { pullRequest: 2, base: branch }), {}, 2));
    await engine.idle();

    expect((await engine.gate(head, { wait: 30 })).body.decision).toBe('deny');
  });

  it('is nothing on a new branch that points at what the default branch has already', async () => {
    const commit = freshCommit();
    const self = subject(commit, { ref: 'refs/heads/topic', base: commit });
    await engine.publish(planned(self), ...allEvaluated(self, { secretlint: [secret] }));

    expect((await engine.gate(commit, { wait: 30 })).body).toMatchObject({ decision: 'pass', older: 1 });
  });
});

describe('a CI job at the gate', () => {
  const job = (commit: string, more: object = {}) => ({
    bound: { repository: engine.repository, commit, ref: 'refs/heads/main', ...more },
  });

  it('asks about its own commit, which it need not name', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));

    const named = await engine.gate(commit, { wait: 20 }, job(commit));
    const own = await engine.gate(commit, { subject: {}, gate: 'build', wait: 20 }, job(commit));

    expect([named.status, named.body.decision]).toEqual([200, 'pass']);
    expect([own.status, own.body.subject]).toEqual([200, commit]);
  });

  it.each([
    ['another commit', { commit: 'e'.repeat(40) }, {}, 'speaks for'],
    ['another repository', { repository: 'git.example/other/one' }, {}, 'speaks for'],
    ['an image', { digest: `sha256:${'a'.repeat(64)}` }, {}, 'with digest'],
    ['another base', { base: 'e'.repeat(40) }, {}, 'with base'],
    ['a change request', { pullRequest: 4 }, {}, 'with pullRequest'],
    ['more than the change gate from a ref that is not protected', {}, { changeOnly: 'refs/heads/x is not protected' }, 'is not protected'],
  ])('is refused about %s, with the reason', async (_, about, bound, why) => {
    const commit = freshCommit();

    const { status, body } = await engine.gate(commit, { gate: 'build', subject: about }, job(commit, bound));

    expect([status, (body as unknown as { detail: string }).detail]).toEqual([403, expect.stringContaining(why)]);
  });

  it('does not get at the policies by it', async () => {
    expect((await engine.call('GET', '/api/v1/policies', { user: job(freshCommit()) })).status).toBe(403);
  });
});
