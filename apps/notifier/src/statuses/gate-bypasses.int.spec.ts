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
import {
  Broker,
  eventually,
  FactPublisher,
  httpReceiver,
  infra,
  SignedCaller,
  type HttpReceiver,
  type Platform,
} from '@throughline/testing';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(120_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 60_000);

let platform: Platform;
let broker: Broker;
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
  broker = new Broker(held);
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

async function decide(change: Change, over: Partial<DecisionMade> = {}, time = new Date()): Promise<void> {
  const decision = revised(change.decision, over);
  await publisher.publish({ fact: decision, time, deliveryKey: `${decision.decision} ${decision.revision}` });
  await stands(change, decision.revision);
}

const mergeOf = ({ number: merging, repository }: Change, over: Partial<ChangeMerged> = {}): ChangeMerged =>
  make(ChangeMerged, {
    ...{ repository, number: merging, commit: 'd'.repeat(40), baseRef: 'refs/heads/main', mergedBy: 'mallory' },
    ...over,
  });

async function merged(change: Change, over: Partial<ChangeMerged> = {}, time = new Date()): Promise<void> {
  const { number: merging, repository } = change;
  await publisher.publish({ fact: mergeOf(change, over), time, deliveryKey: `merged ${merging}` });
  await soon(async () =>
    expect(await notifier.get(Database).rows('select 1 from change_requests where repository = $1', [repository])).toEqual([]),
  );
}

/** A change request that nobody told of before it was merged, as none of its commits was. */
function untold(): Change {
  number += 1;
  return { number, decision: newDecision(), repository: `git.example/payments/r${number}` };
}

const wordsOf = async ({ id }: Alert): Promise<string> =>
  JSON.stringify((await door.call<AlertDetail>('GET', `/api/v1/alerts/${id}`)).body.sections);

const alertsOf = async ({ repository }: Change): Promise<readonly Alert[]> =>
  (await door.call<Page<Alert>>('GET', `/api/v1/alerts?repository=https://${repository}`)).body.items.filter(
    ({ kind }) => kind === 'gate-bypassed',
  );

const unpassedOf = ({ repository }: Change): Promise<readonly object[]> =>
  notifier.get(Database).rows('select stood, head from unpassed_merges where repository = $1', [repository]);

/** What others are told of a merge; once. */
async function factOf({ number: merging }: Change): Promise<Record<string, unknown> | undefined> {
  const told = await soon(async () => {
    const records = await broker.records(`${platform.prefix}throughline.alert.v1`);
    const found = records
      .filter(({ headers }) => headers['ce_type'] === 'dev.throughline.gate.bypassed.v1')
      .map(({ value }) => JSON.parse(value) as Record<string, unknown>)
      .filter((fact) => fact['number'] === merging);
    expect(found).not.toEqual([]);
    return found;
  });
  expect(told).toHaveLength(1);
  return told[0];
}

async function graceIsOver(): Promise<void> {
  const database = notifier.get(Database);
  await database.rows("update work set run_after = clock_timestamp() where kind = 'merged unjudged' and state = 'open'");
  await database.rows(`select pg_notify('messaging:notifier', 'work')`);
}

describe('what was merged', () => {
  it('counts, not what was proposed last: another commit that nobody told of is told, with both', async () => {
    const change = await proposed('pass');
    const head = 'b'.repeat(40);

    await merged(change, { head });
    expect(await alertsOf(change)).toEqual([]);
    await graceIsOver();

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P3' }]);
      return found;
    });
    const words = await wordsOf(alert!);
    expect(words).toContain(`#${change.number} at bbbbbbbbbbbb into main by mallory: unknown here when it was merged`);
    expect(words).toContain(`proposed last was another commit, ${change.decision.subject.commit.slice(0, 12)}`);
    expect(words).toContain('Concluded:');
    const fact = await factOf(change);
    expect(fact).toMatchObject({ head, proposed: change.decision.subject.commit, stood: 'untold', basis: 'inferred', alert: alert!.id });
  });

  it('is told at once where it is known to be blocked, though nobody told of its request', async () => {
    const change = await proposed('deny');
    const other = { ...untold(), repository: change.repository };

    await publisher.publish({
      fact: mergeOf(other, { head: change.decision.subject.commit, bypass: true }),
      deliveryKey: `merged ${other.number}`,
    });

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P2' }]));
    expect(await factOf(other)).toMatchObject({ stood: 'deny', basis: 'told', mergedBy: 'mallory', commit: 'd'.repeat(40) });
    expect((await factOf(other))!['proposed']).toBeUndefined();
  });

  it('is none where nobody told of its request either, unless its host says that a rule was passed over', async () => {
    const old = untold();
    const forced = { ...untold(), repository: old.repository };
    const { commit: head } = old.decision.subject;

    await publisher.publish({ fact: mergeOf(old, { head }), deliveryKey: `merged ${old.number}` });
    await publisher.publish({ fact: mergeOf(forced, { head, bypass: true }), deliveryKey: `merged ${forced.number}` });

    await soon(async () => expect(await unpassedOf(old)).toMatchObject([{ stood: 'untold', head }]));
    expect(await notifier.get(Database).rows('select number from unpassed_merges where repository = $1', [old.repository])).toEqual([
      { number: forced.number },
    ]);
  });

  it('and was never told ends by itself when it turns out to pass', async () => {
    const change = await proposed('pass');
    const { decision } = untold();
    const { commit: head } = decision.subject;
    await merged(change, { head });
    await soon(async () => expect(await unpassedOf(change)).toMatchObject([{ stood: 'untold', head }]));
    await graceIsOver();
    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'open', priority: 'P3' }]));
    const judged = { ...decision, subject: { ...decision.subject, repository: change.repository } };

    await decide({ ...change, decision: revised(judged, { result: 'pass', reasons: [] }) });

    await soon(async () => expect(await alertsOf(change)).toMatchObject([{ state: 'resolved' }]));
  });

  it('was blocked when its decision was made before the merge, and only came here after it', async () => {
    const change = await proposed();
    await merged(change);

    await decide(change, {}, new Date(Date.now() - 60_000));

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2' }]);
      return found;
    });
    expect(await wordsOf(alert!)).toContain('blocked when it was merged');
    expect(await alertsOf(change)).toHaveLength(1);
  });

  it('was not judged yet when its decision was made after the merge, and came here before it', async () => {
    const change = await proposed();
    await decide(change);

    await merged(change, {}, new Date(Date.now() - 60_000));

    const [alert] = await soon(async () => {
      const found = await alertsOf(change);
      expect(found).toMatchObject([{ state: 'open', priority: 'P2' }]);
      return found;
    });
    const words = await wordsOf(alert!);
    expect(words).toContain('not judged yet when it was merged');
    expect(words).toContain('since then: deny');
  });
});

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
      expect(await notifier.get(Database).rows("select 1 from work where kind = 'merged unjudged' and state <> 'dead'")).toEqual([]),
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
