import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ChangeMerged,
  ChangeProposed,
  make,
  type Alert,
  type AlertDetail,
  type CheckReleaseAnswer,
  type DecisionMade,
  type Page,
  type ReleasedCheck,
} from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(120_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 60_000);

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let ingest: HttpReceiver;
let number = 0;

beforeAll(async () => {
  const held = await infra();
  ingest = await httpReceiver();
  ingest.answer = () => ({ status: 200, body: '{"provider":"none"}' });
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    ...{ INGEST_URL: ingest.origin, PUBLIC_URL: 'https://tl.example', UNDECIDED_GRACE_SECONDS: '3600' },
  });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  await ingest?.close();
  await platform?.remove();
});

interface Change {
  readonly number: number;
  readonly decision: DecisionMade;
  readonly repository: string;
}

/** A change request in a repository of its own, judged or not. */
async function proposed(result?: DecisionMade['result']): Promise<Change> {
  number += 1;
  const repository = `git.example/payments/r${number}`;
  const made = newDecision();
  const decision = revised(made, {
    subject: { ...made.subject, repository },
    ...(result !== undefined && result !== 'deny' && { result, reasons: [] }),
  });
  const { commit: head } = decision.subject;
  const refs = { headRef: 'refs/heads/x', baseRef: 'refs/heads/main', defaultBranch: 'main', base: 'e'.repeat(40) };
  const words = { title: 'x', author: 'octo', url: 'https://git.example/pulls/1', fork: false };
  await publisher.publish({
    fact: make(ChangeProposed, { repository, number, head, ...refs, ...words }),
    deliveryKey: `proposed ${number}`,
  });
  const change = { number, decision, repository };
  if (result !== undefined) await decide(change);
  else await stands(change, 0);
  return change;
}

const stands = ({ decision }: Change, revision: number): Promise<void> =>
  soon(async () =>
    expect(await notifier.get(Database).rows('select revision from commit_statuses where commit = $1', [decision.subject.commit])).toEqual([
      { revision },
    ]),
  );

async function decide(change: Change, over: Partial<DecisionMade> = {}): Promise<void> {
  const decision = revised(change.decision, over);
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
  await stands(change, decision.revision);
}

async function merged({ number: merging, decision, repository }: Change): Promise<void> {
  const fact = make(ChangeMerged, {
    repository,
    number: merging,
    commit: decision.subject.commit,
    baseRef: 'refs/heads/main',
    mergedBy: 'mallory',
  });
  await publisher.publish({ fact, deliveryKey: `merged ${merging}` });
  await soon(async () =>
    expect(await notifier.get(Database).rows('select 1 from change_requests where repository = $1', [repository])).toEqual([]),
  );
}

const alertsOf = async ({ repository }: Change): Promise<readonly Alert[]> =>
  (await door.call<Page<Alert>>('GET', `/api/v1/alerts?repository=https://${repository}`)).body.items.filter(
    ({ kind }) => kind === 'gate-bypassed',
  );

async function graceIsOver(): Promise<void> {
  const database = notifier.get(Database);
  await database.rows("update work set run_after = clock_timestamp() where kind = 'merged unjudged' and state = 'open'");
  await database.rows(`select pg_notify('messaging:notifier', 'work')`);
}

describe('a merge without a pass of the change gate', () => {
  it('is told at once where it was blocked, with who merged it', async () => {
    const change = await proposed('deny');

    await merged(change);

    const alert = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2', severity: 'high' }]);
      return found[0]!;
    });
    const { body } = await door.call<AlertDetail>('GET', `/api/v1/alerts/${alert.id}`);
    expect(JSON.stringify(body.sections)).toContain(
      `#${change.number} at ${change.decision.subject.commit.slice(0, 12)} into main by mallory: blocked`,
    );
    await decide(change, { result: 'pass', reasons: [], revision: change.decision.revision + 1 });
    expect(await alertsOf(change)).toMatchObject([{ state: 'open' }]);
  });

  it.each(['pass', 'warn'] as const)('is none where the gate said %s', async (result) => {
    const change = await proposed(result);

    await merged(change);

    expect(await notifier.get(Database).rows('select 1 from unpassed_merges where repository = $1', [change.repository])).toEqual([]);
  });

  it('has some time to be judged, and is nothing when it passes by then', async () => {
    const change = await proposed();
    await merged(change);

    await decide(change, { result: 'pass', reasons: [] });
    await graceIsOver();

    await soon(async () =>
      expect(await notifier.get(Database).rows("select 1 from work where kind = 'merged unjudged' and state = 'open'")).toEqual([]),
    );
    expect(await alertsOf(change)).toEqual([]);
  });

  it.each([undefined, 'undecided'] as const)(
    'is told when nobody has judged it in time (%s), and ends when it passes after all',
    async (result) => {
      const change = await proposed(result);
      await merged(change);
      expect(await alertsOf(change)).toEqual([]);

      await graceIsOver();
      await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P3' }]));

      await decide(change, { result: 'pass', reasons: [], revision: change.decision.revision + 1 });
      await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'resolved' }]));
    },
  );

  it('while its check was released is told when it turns out to be blocked', async () => {
    const change = await proposed();
    const person = (id: string) => ({ id, name: id, person: { id, name: id, email: null } });
    const asked = await door.call<CheckReleaseAnswer>('POST', '/api/v1/check-releases', { body: { reason: 'away' }, user: person('ada') });
    const path = `/api/v1/check-releases/${asked.body.id}`;
    await door.call('POST', `${path}/confirm`, { body: { digest: asked.body.digest }, user: person('ben') });
    await soon(async () => expect((await door.call<CheckReleaseAnswer>('GET', path)).body.released).toBeGreaterThan(0));

    await merged(change);
    expect(await alertsOf(change)).toEqual([]);
    await decide(change);

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P2' }]));
    const checks = (await door.call<Page<ReleasedCheck>>('GET', `${path}/checks`)).body.items;
    expect(checks).toContainEqual(
      expect.objectContaining({ commit: change.decision.subject.commit, number: change.number, mergedBy: 'mallory', result: 'deny' }),
    );
    expect((await door.call<CheckReleaseAnswer>('GET', path)).body).toMatchObject({ merged: 1, blocked: 1 });
  });
});
