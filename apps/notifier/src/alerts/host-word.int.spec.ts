import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangeMerged, ChangeProposed, make, type Alert, type AlertDetail, type DecisionMade, type Page } from '@throughline/contracts';
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
import definition from '../service.ts';
import { newDecision, revised } from './fixtures/decisions.ts';

jest.setTimeout(120_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 60_000);

const suites = '/repos/payments/shop/rulesets/rule-suites';
const made = 'd'.repeat(40);
const main = 'refs/heads/main';
const passedOver = [{ after_sha: made, ref: main, result: 'bypass' }];

let platform: Platform;
let broker: Broker;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let ingest: HttpReceiver;
let github: HttpReceiver;
let number = 0;
let before = 0;

beforeAll(async () => {
  const held = await infra();
  [ingest, github] = await Promise.all([httpReceiver(), httpReceiver()]);
  platform = await held.fresh(['notifier', 'gateway']);
  [publisher, broker] = [new FactPublisher(held, platform), new Broker(held)];
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    ...{ OUTBOUND_ALLOW: github.origin, INGEST_URL: ingest.origin, PUBLIC_URL: 'https://tl.example', UNDECIDED_GRACE_SECONDS: '3600' },
  });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  for (const fake of [ingest, github]) await fake?.close();
  await platform?.remove();
});

/** What GitHub answers about its rule suites, and by whose token it is asked. */
function host(status: number, body: unknown, app?: string): void {
  const way = { provider: 'github', apiUrl: github.origin, fullName: 'payments/shop', authorization: 'Bearer t' };
  ingest.answer = () => ({ status: 200, body: JSON.stringify({ ...way, ...(app !== undefined && { app }) }) });
  before = suitesAsked();
  github.answer = ({ path }) => (path.startsWith(suites) ? { status, body: JSON.stringify(body) } : { status: 201, body: '{"id":1}' });
}

const suitesAsked = (): number => github.requests.filter(({ path }) => path.startsWith(suites)).length;
const asked = (): number => suitesAsked() - before;

/** Merges a change request that was blocked; answers its repository. */
async function mergeBlocked(): Promise<string> {
  number += 1;
  const blocked = newDecision();
  const repository = `git.example/payments/h${number}`;
  const decision: DecisionMade = revised(blocked, { subject: { ...blocked.subject, repository } });
  const { commit: head } = decision.subject;
  const refs = { headRef: 'refs/heads/x', baseRef: main, defaultBranch: 'main', base: 'e'.repeat(40) };
  const words = { title: 'x', author: 'octo', url: 'https://git.example/pulls/1', fork: false };
  await tell(make(ChangeProposed, { repository, number, head, ...refs, ...words }));
  await tell(decision);
  await soon(async () =>
    expect(await notifier.get(Database).rows('select 1 from commit_statuses where commit = $1 and revision > 0', [head])).toHaveLength(1),
  );
  await tell(make(ChangeMerged, { repository, number, head, commit: made, baseRef: main, mergedBy: 'mallory' }));
  return repository;
}

let told = 0;
function tell(fact: object): Promise<void> {
  told += 1;
  return publisher.publish({ fact, deliveryKey: `told ${told}` });
}

async function alertOf(repository: string): Promise<AlertDetail> {
  const { items } = (await door.call<Page<Alert>>('GET', `/api/v1/alerts?repository=https://${repository}`)).body;
  const found = items.filter(({ kind }) => kind === 'gate-bypassed');
  expect(found).toHaveLength(1);
  return (await door.call<AlertDetail>('GET', `/api/v1/alerts/${found[0]!.id}`)).body;
}

/** What others were told of the merge, in order. */
async function basesOf(repository: string): Promise<readonly unknown[]> {
  const records = await broker.records(`${platform.prefix}throughline.alert.v1`);
  return records
    .filter(({ headers }) => headers['ce_type'] === 'dev.throughline.gate.bypassed.v1')
    .map(({ value }) => JSON.parse(value) as Record<string, unknown>)
    .filter((fact) => fact['repository'] === repository)
    .map((fact) => fact['basis']);
}

/** It waits a little for the host, which the test does not. */
async function askedNow(): Promise<void> {
  const database = notifier.get(Database);
  await soon(async () => {
    await database.rows("update work set run_after = clock_timestamp() where kind = 'ask host about merge' and state = 'open'");
    await database.rows(`select pg_notify('messaging:notifier', 'work')`);
    expect(await database.rows("select 1 from work where kind = 'ask host about merge' and state <> 'dead'")).toEqual([]);
  });
}

describe('a merge past the gate', () => {
  it('is one alert, that says so when the host keeps it too', async () => {
    host(200, passedOver);
    const repository = await mergeBlocked();
    const { id } = await soon(() => alertOf(repository));

    await askedNow();

    await soon(async () => expect(JSON.stringify((await alertOf(repository)).sections)).toContain('Told: the host says itself'));
    expect((await alertOf(repository)).id).toBe(id);
    await soon(async () => expect(await basesOf(repository)).toEqual(['inferred', 'told']));
  });

  it.each([
    ['keeps nothing of it', 200, []],
    ['does not show it to this token', 403, { message: 'Resource not accessible by personal access token' }],
  ])('stays our conclusion where the host %s, which is asked once', async (_what, status, body) => {
    host(status, body);
    const repository = await mergeBlocked();
    await soon(() => alertOf(repository));

    await askedNow();

    expect(asked()).toBe(1);
    expect(JSON.stringify((await alertOf(repository)).sections)).toContain('Concluded: ');
    expect(await basesOf(repository)).toEqual(['inferred']);
  });

  it('is not asked about with the token of our App', async () => {
    host(200, passedOver, '7');
    const repository = await mergeBlocked();
    await soon(() => alertOf(repository));

    await askedNow();

    expect(asked()).toBe(0);
  });
});
