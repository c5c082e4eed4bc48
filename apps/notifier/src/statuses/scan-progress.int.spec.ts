import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ChangePushed, make, type DecisionMade, type ScanProgressQuery } from '@throughline/contracts';
import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import { NotifierUnderTest, soon } from '../fixtures/notifier-under-test.ts';
import { ScanProgressWatch } from './scan-progress-watch.ts';

jest.setTimeout(120_000);

const under = new NotifierUnderTest();
const nobody = JSON.stringify({ provider: 'none' });
let github: HttpReceiver;
let scanner: HttpReceiver;
let scans: { done: number; total: number };
let number = 0;

beforeAll(async () => {
  [github, scanner] = await Promise.all([httpReceiver(), httpReceiver()]);
  await under.start({ OUTBOUND_ALLOW: github.origin, SCANNER_ORCHESTRATOR_URL: scanner.origin });
}, 300_000);

beforeEach(() => {
  scans = { done: 0, total: 6 };
  const way = { provider: 'github', apiUrl: github.origin, fullName: 'payments/shop', authorization: 'Bearer t' };
  under.ingest.answer = () => ({ status: 200, body: JSON.stringify(way) });
  github.answer = () => ({ status: 201, body: '{"id":1}' });
  scanner.answer = ({ path, body }) => {
    if (path !== '/internal/evidence/scans') return { status: 404, body: '{}' };
    const { commits } = JSON.parse(body) as ScanProgressQuery;
    return { status: 200, body: JSON.stringify({ commits: commits.map((one) => ({ ...one, ...scans })) }) };
  };
});

afterAll(async () => {
  await under.stop();
  for (const fake of [github, scanner]) await fake?.close();
});

/** A commit is pushed; what will be decided about it. */
async function pushed(): Promise<DecisionMade> {
  number += 1;
  const decision = newDecision();
  const subject = { ...decision.subject, repository: `git.example/payments/p${number}` };
  const { repository, ref, commit } = subject;
  await under.tell(
    make(ChangePushed, { repository, ref, after: commit, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [] }),
  );
  await under.stands(commit, 0);
  return revised(decision, { subject });
}

/** What its host was told, in order. */
const saidOf = ({ subject: { commit } }: DecisionMade): string[] =>
  github.requests
    .filter(({ path }) => path.endsWith(`/statuses/${commit}`))
    .map(({ body }) => JSON.parse(body) as { state: string; description: string })
    .map(({ state, description }) => `${state}: ${description}`);

/** It is the turn of the commit, until it was looked at. */
async function lookedAt({ subject: { commit } }: DecisionMade): Promise<void> {
  await soon(async () => {
    const sql = "select 1 from deliveries where commit = $1 and state in ('queued', 'sending', 'retrying')";
    expect(await under.rows(sql, [commit])).toEqual([]);
  });
  await under.rows('update commit_statuses set look_at = clock_timestamp() where commit = $1', [commit]);
  await under.notifier.get(ScanProgressWatch).look();
}

const first = 'pending: Scanning: the decision follows';

describe('the status of a commit that is scanned for long', () => {
  it('says how far it is, a few times, and never after the verdict', async () => {
    const decision = await pushed();
    await soon(() => expect(saidOf(decision)).toEqual([first]));

    for (const done of [1, 2, 3, 4]) {
      scans = { done, total: 6 };
      await lookedAt(decision);
    }
    await soon(() => expect(saidOf(decision)).toEqual([first, 'pending: 2 of 6 scanners done', 'pending: 4 of 6 scanners done']));
    await under.tell(decision);
    await soon(() => expect(saidOf(decision).at(-1)).toMatch(/^failure: Blocked/));
    scans = { done: 6, total: 6 };
    await under.rows("update commit_statuses set done_told_at = now() - interval '1 hour' where commit = $1", [decision.subject.commit]);
    await lookedAt(decision);

    const pending = "select 1 from deliveries where commit = $1 and channel = 'scm-status' and summary like 'pending: %'";
    expect(await under.rows(pending, [decision.subject.commit])).toHaveLength(3);
  });

  it('says how long it takes yet, where that is known', async () => {
    const decision = await pushed();
    const { repository, commit } = decision.subject;
    const judged = `insert into commit_statuses (repository, commit, revision, unjudged, waited_seconds)
      select $1, 'c' || n, 1, false, 100 from generate_series(1, 5) as n`;
    await under.rows(judged, [repository]);
    await under.rows("update commit_statuses set pending_since = now() - interval '62 seconds' where commit = $1", [commit]);

    scans = { done: 5, total: 6 };
    await soon(() => expect(saidOf(decision)).toHaveLength(1));
    await lookedAt(decision);

    await soon(() => expect(saidOf(decision).at(-1)).toMatch(/^pending: 5 of 6 scanners done, about (?:35|40) s left$/));
  });

  it('says nothing while the host does not take what was said before', async () => {
    github.answer = () => ({ status: 503, body: '{}' });
    const decision = await pushed();
    const { commit } = decision.subject;
    await soon(async () =>
      expect(await under.rows("select 1 from deliveries where commit = $1 and state = 'retrying'", [commit])).toHaveLength(1),
    );
    scans = { done: 5, total: 6 };

    await under.rows('update commit_statuses set look_at = clock_timestamp() where commit = $1', [commit]);
    await under.notifier.get(ScanProgressWatch).look();

    expect(await under.rows('select 1 from deliveries where commit = $1', [commit])).toHaveLength(1);
  });

  it('is not looked at where no host hears of it', async () => {
    under.ingest.answer = () => ({ status: 200, body: nobody });
    const decision = await pushed();
    const { commit } = decision.subject;
    await soon(async () =>
      expect(await under.rows("select 1 from deliveries where commit = $1 and state = 'kept'", [commit])).toHaveLength(1),
    );

    await lookedAt(decision);

    await soon(async () =>
      expect(await under.rows('select look_at from commit_statuses where commit = $1', [commit])).toEqual([{ look_at: null }]),
    );
    expect(scanner.requests.filter(({ body }) => body.includes(commit))).toEqual([]);
  });
});
