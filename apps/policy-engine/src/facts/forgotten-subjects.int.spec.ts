import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { make, RepositoryRemoved, type FindingState } from '@throughline/contracts';
import { eventually, everyRow } from '@throughline/testing';
import { allEvaluated, finding, freshCommit, planned, PolicyEngineUnderTest, subject } from '../fixtures/policy-engine-under-test.ts';

jest.setTimeout(120_000);

const other = 'git.example.org/acme/other';
/** Ids of findings are a repository's own. */
const secretIn = (repository: string): FindingState => finding(`secret in ${repository}`, { class: 'secret', severity: 'critical' });
const engine = new PolicyEngineUnderTest();

beforeAll(() => engine.start(), 300_000);
afterAll(() => engine.stop(), 60_000);

it('forgets all that was known and decided about a removed repository, and nothing of another one', async () => {
  await judged(freshCommit(), other, 1);
  const before = await everything();
  const commit = freshCommit();
  await engine.push(commit, 'refs/heads/main');
  await judged(commit, engine.repository, 2);
  await engine.triage(secretIn(engine.repository).id, 'false_positive', 1);
  expect((await engine.gate(freshCommit(), { wait: 60 })).status).toBe(202);
  await eventually(async () => expect(await engine.rows('select 1 from triaged_finding')).toHaveLength(1));

  await engine.publish(removal());

  await eventually(async () => expect(await everything()).toEqual(before), 60_000);

  await engine.publish(planned(subject(commit)), ...allEvaluated(subject(commit), { secretlint: [secretIn(engine.repository)] }));
  await judged(freshCommit(), other, 2);
  expect(await engine.rows('select 1 from subject where repository = $1', [engine.repository])).toEqual([]);
});

async function judged(commit: string, repository: string, decisions: number): Promise<void> {
  const about = subject(commit, { repository });
  await engine.publish(planned(about), ...allEvaluated(about, { secretlint: [secretIn(repository)] }));
  await eventually(async () => expect(await engine.rows('select 1 from decision')).toHaveLength(decisions), 60_000);
  await engine.idle();
  await eventually(async () => expect(await engine.rows('select 1 from outbox')).toEqual([]));
}

function removal(): { fact: RepositoryRemoved; deliveryKey: string; sequence: number } {
  const { repository } = engine;
  const fact = make(RepositoryRemoved, { repository, repositoryId: 'r', name: 'shop', application: 'unassigned', by: 'ada' });
  return { fact, deliveryKey: 'removal', sequence: 100 };
}

const everything = (): Promise<Record<string, string[]>> => everyRow((sql, params) => engine.rows(sql, params));
