import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  AddedSuppression,
  AddedSuppressions,
  make,
  type DecisionDetail,
  type DecisionMade,
  type DecisionReplay,
  type DecisionSummary,
} from '@throughline/contracts';
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

const secret = finding('f-secret', { class: 'secret', severity: 'critical', title: 'AWS access key', path: 'a.env', line: 3 });

async function decisionsAbout(commit: string): Promise<DecisionSummary[]> {
  return (await engine.call<{ items: DecisionSummary[] }>('GET', `/api/v1/decisions?commit=${commit}`)).body.items;
}

async function toldOnce(commit: string): Promise<DecisionMade> {
  const told = await engine.told(commit, 1);
  expect(told).toHaveLength(1);
  return told[0]!;
}

describe('a decision', () => {
  it('is made by itself when the last fact is here, and told with its reasons', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret] }));

    const made = await toldOnce(commit);

    expect(made).toMatchObject({
      gate: 'change',
      result: 'deny',
      subject: { repository: engine.repository, commit, ref: 'refs/heads/main' },
      application: 'unassigned',
      revision: 1,
      items: [1, 2, 3, 4],
      missing: [],
      tolerance: 'tier-2 of unknown exposure',
      reasons: [{ policy: 'secret-added', effect: 'deny', findings: [{ id: 'f-secret', place: 'a.env:3' }] }],
    });
    expect(made.policies).toHaveLength(10);
  });

  it('names what the change asks scanners not to say, in the gate too; it was not applied', async () => {
    const commit = freshCommit();
    const named = [make(AddedSuppression, { tool: 'gitleaks', path: '.gitleaksignore', line: 1, mark: 'a.env:aws-access-token:3' })];
    const suppressions = make(AddedSuppressions, { total: 3, named });
    await engine.publish(...allEvaluated(subject(commit), { secretlint: [secret] }), planned(subject(commit), { suppressions }));

    expect(await toldOnce(commit)).toMatchObject({ result: 'deny', suppressions });
    const [decision] = await decisionsAbout(commit);
    expect(decision).toMatchObject({ suppressions });
    expect((await engine.gate(commit)).body).toMatchObject({ decision: 'deny', suppressions });
  });

  it.each([
    ['the plan last', (facts: unknown[]) => [...facts.slice(1), facts[0]]],
    ['backwards', (facts: unknown[]) => [...facts].reverse()],
    ['each twice', (facts: unknown[]) => facts.flatMap((fact) => [fact, fact])],
  ])('is the same one, told once, when the facts come %s', async (_, order) => {
    const commit = freshCommit();
    const facts = [planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret] })];
    await engine.publish(...(order(facts) as typeof facts));

    await toldOnce(commit);
    await engine.idle();

    expect(await engine.told(commit)).toMatchObject([{ result: 'deny', reasons: [{ policy: 'secret-added', total: 1 }] }]);
    expect(await decisionsAbout(commit)).toHaveLength(1);
  });

  it('is not told again when an evaluation comes anew and changes nothing', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secret] }));
    await toldOnce(commit);

    await engine.publish(evaluated(subject(commit), 'secretlint', [secret], { revision: 2 }));
    await eventually(async () =>
      expect(await engine.rows('select 1 from item where revision = 2 and tool = $1', ['secretlint'])).not.toEqual([]),
    );
    await engine.idle();

    expect(await engine.told(commit)).toHaveLength(1);
    expect(await decisionsAbout(commit)).toHaveLength(1);
  });

  it('is made anew and told when an evaluation changes, however late; an older one changes nothing', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    await toldOnce(commit);

    await engine.publish(evaluated(subject(commit), 'secretlint', [secret], { revision: 3 }));
    await engine.publish(evaluated(subject(commit), 'secretlint', [], { revision: 2 }));
    await engine.told(commit, 2);
    await engine.idle();

    expect((await engine.told(commit)).map(({ result, revision }) => [result, revision])).toEqual([
      ['pass', 1],
      ['deny', 2],
    ]);
  });

  it('leaves nothing to be looked at later when nothing was missing', async () => {
    const commit = freshCommit();
    const [first, ...rest] = allEvaluated(subject(commit));
    await engine.publish(planned(subject(commit)), first!);
    const later = (): Promise<unknown[]> =>
      engine.rows(`select dedupe from work join subject on dedupe like subject.id || ' %' where subject.commit = $1`, [commit]);
    await eventually(async () => expect(await later()).not.toEqual([]));

    await engine.publish(...rest);
    await toldOnce(commit);

    await eventually(async () => expect(await later()).toEqual([]));
  });

  it('does not touch another commit that is pushed meanwhile', async () => {
    const [first, second] = [freshCommit(), freshCommit()];
    await engine.publish(planned(subject(first)), ...allEvaluated(subject(first), { secretlint: [secret] }));
    await toldOnce(first);

    await engine.publish(
      planned(subject(second, { base: first })),
      ...allEvaluated(subject(second, { base: first }), { secretlint: [secret] }),
    );
    const made = await toldOnce(second);

    expect(made).toMatchObject({ result: 'pass', older: 1 });
    expect(await engine.told(first)).toHaveLength(1);
  });

  it('says what failed when a required scan did, and is told as undecided', async () => {
    const commit = freshCommit();
    const facts = allEvaluated(subject(commit));
    const failed = evaluated(subject(commit), 'bandit', [], {
      outcome: 'not_evaluated',
      notEvaluated: [{ what: 'bandit', reason: 'disk full on the scanner' }],
    });
    await engine.publish(planned(subject(commit)), ...facts.filter(({ fact }) => fact.tool !== 'bandit'), failed);

    const made = await toldOnce(commit);

    expect(made).toMatchObject({
      result: 'undecided',
      missing: ['bandit (code) failed: disk full on the scanner'],
      reasons: [{ policy: 'scanner-failed', effect: 'warn' }],
    });
  });

  it('is never made about a base that is only compared with, until that is asked for itself', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit, { baseline: true })), ...allEvaluated(subject(commit, { baseline: true })));
    await engine.idle();
    expect(await decisionsAbout(commit)).toEqual([]);

    await engine.publish(planned(subject(commit), {}, 2));

    await toldOnce(commit);
  });

  it('is not made about the stock of a repository that was just connected, until somebody pushes there', async () => {
    const commit = freshCommit();
    await engine.publish(
      planned(subject(commit, { silent: true })),
      ...allEvaluated(subject(commit, { silent: true }), { secretlint: [secret] }),
    );
    await engine.idle();
    expect(await decisionsAbout(commit)).toEqual([]);

    await engine.publish(planned(subject(commit), {}, 2));

    expect(await toldOnce(commit)).toMatchObject({ result: 'deny' });
  });

  it('is made about such a stock for a gate that asks', async () => {
    const commit = freshCommit();
    await engine.publish(
      planned(subject(commit, { silent: true })),
      ...allEvaluated(subject(commit, { silent: true }), { secretlint: [secret] }),
    );

    expect((await engine.gate(commit, { wait: 30 })).body.decision).toBe('deny');
  });

  it('leaves out what a person found to be no problem', async () => {
    const commit = freshCommit();
    const dismissed = finding('f-not', { ...secret, id: 'f-not', triage: 'false_positive' });
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [dismissed] }));

    const made = await toldOnce(commit);

    expect(made).toMatchObject({ result: 'pass' });
  });

  it('follows what a person says later, both ways', async () => {
    const commit = freshCommit();
    const found = finding('f-triaged', { ...secret, id: 'f-triaged' });
    await engine.push(commit, 'refs/heads/triaged');
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [found] }));
    await toldOnce(commit);

    await engine.triage('f-triaged', 'false_positive', 2);
    await engine.told(commit, 2);
    await engine.triage('f-triaged', 'exploitable', 3);

    expect((await engine.told(commit, 3)).map(({ result }) => result)).toEqual(['deny', 'pass', 'deny']);
  });

  it('always fits into a record, however many findings it could name', async () => {
    const commit = freshCommit();
    const long = (id: string, fields: object) =>
      finding(id, { severity: 'critical', title: 't'.repeat(300), path: 'p'.repeat(1000), ...fields });
    const many = (name: string, fields: object) => Array.from({ length: 30 }, (_, index) => long(`${name}-${index}`, fields));
    const ref = await engine.keep([
      ...many('code', {}),
      ...many('secret', { class: 'secret' }),
      ...many('conf', { class: 'configuration', rule: 'unpinned-uses' }),
      ...many('root', { class: 'configuration', rule: 'root-container' }),
      ...many('priv', { class: 'configuration', rule: 'privileged-workload' }),
      ...many('kev', { class: 'vulnerability', knownExploited: true, purl: `pkg:npm/${'x'.repeat(480)}@1`, fixedIn: '2' }),
    ]);
    const others = allEvaluated(subject(commit)).filter(({ fact }) => fact.tool !== 'bandit');
    await engine.publish(planned(subject(commit)), ...others, evaluated(subject(commit), 'bandit', [], { presentRef: ref }));

    const made = await toldOnce(commit);

    expect(made).toMatchObject({ result: 'deny', reasons: expect.arrayContaining([expect.objectContaining({ total: 30 })]) });
  });
});

describe('decisions that were made', () => {
  it('show rule, input, versions, latency and trace, and give the same again from their kept input', async () => {
    const commit = freshCommit();
    const old = Array.from({ length: 1200 }, (_, index) => finding(`o-${String(index).padStart(4, '0')}`));
    const ref = await engine.keep(old);
    const others = allEvaluated(subject(commit), { secretlint: [secret] }).filter(({ fact }) => fact.tool !== 'bandit');
    await engine.publish(planned(subject(commit)), ...others, evaluated(subject(commit), 'bandit', [], { presentRef: ref }));
    const { id } = (await engine.gate(commit, { wait: 20 })).body;

    const detail = (await engine.call<DecisionDetail>('GET', `/api/v1/decisions/${id!}`)).body;
    const kept = (await engine.call<{ digest: string; input: { facts: { findings: unknown[] } } }>('GET', `/api/v1/decisions/${id!}/input`))
      .body;
    const replay = (await engine.call<DecisionReplay>('POST', `/api/v1/decisions/${id!}/replay`)).body;

    expect(detail).toMatchObject({
      result: 'deny',
      input: expect.stringMatching(/^sha256:/),
      evaluator: expect.stringContaining('cel-js'),
    });
    expect(detail.policies.map(({ name }) => name)).toContain('secret-added');
    expect(detail.latencyMs).toBeGreaterThanOrEqual(0);
    expect(kept.digest).toBe(detail.input);
    expect(kept.input.facts.findings).toHaveLength(1201);
    expect(replay).toMatchObject({ identical: true, was: 'deny', would: 'deny', input: detail.input });
  });

  it('are listed by what they are about, page by page, the newest first', async () => {
    const commits = [freshCommit(), freshCommit(), freshCommit()];
    for (const commit of commits) {
      await engine.publish(planned(subject(commit, { ref: 'refs/heads/listed' })), ...allEvaluated(subject(commit)));
      await toldOnce(commit);
    }
    const list = (query: string) => engine.call<{ items: DecisionSummary[]; next: string | null }>('GET', `/api/v1/decisions?${query}`);
    const from = new Date(Date.now() - 3_600_000).toISOString();

    const first = (await list(`repository=https://${engine.repository}.git&gate=change&result=pass&from=${from}&limit=2`)).body;
    const next = (await list(`repository=${engine.repository}&gate=change&result=pass&limit=2&cursor=${first.next!}`)).body;

    expect(first.items.map(({ subject: { commit } }) => commit)).toEqual([commits[2], commits[1]]);
    expect(next.items[0]!.subject.commit).toBe(commits[0]);
    expect((await list('commit=nonsense')).status).toBe(400);
  });

  it('are seen only by callers of their application', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    const { id } = (await engine.gate(commit, { wait: 20 })).body;
    const user = { applications: ['another'] };

    const list = await engine.call<{ items: unknown[] }>('GET', '/api/v1/decisions', { user });
    const paths = [`/api/v1/decisions/${id!}`, `/api/v1/decisions/${id!}/input`];
    const reads = await Promise.all(paths.map((path) => engine.call('GET', path, { user })));
    const replay = await engine.call('POST', `/api/v1/decisions/${id!}/replay`, { user });

    expect(list.body.items).toEqual([]);
    expect([...reads, replay].map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('stand after a restart, and are not told again', async () => {
    const commit = freshCommit();
    await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit)));
    const before = (await engine.gate(commit, { wait: 20 })).body;

    await engine.restart();
    const after = (await engine.gate(commit)).body;

    expect(after.id).toBe(before.id);
    expect(await engine.told(commit)).toHaveLength(1);
  });
});
