import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ChangePushed, make, StatusPosted, type Alert, type AlertDetail, type DecisionMade } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { newDecision } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

interface Posted {
  readonly state: string;
  readonly description: string;
  readonly target_url: string;
}

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let ingest: HttpReceiver;
let gitea: HttpReceiver;
let events = 0;

beforeAll(async () => {
  const held = await infra();
  [ingest, gitea] = await Promise.all([httpReceiver(), httpReceiver()]);
  const at = { provider: 'gitea', apiUrl: `${gitea.origin}/api/v1`, fullName: 'payments/shop', authorization: 'token t' };
  ingest.answer = () => ({ status: 200, body: JSON.stringify(at) });
  gitea.answer = () => ({ status: 201, body: '{"id":1}' });
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    ...{ OUTBOUND_ALLOW: gitea.origin, INGEST_URL: ingest.origin, PUBLIC_URL: 'https://tl.example' },
  });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  for (const fake of [ingest, gitea]) await fake?.close();
  await platform?.remove();
});

/** What stands at the host beside a commit, the first one first. */
const statusesOf = (commit: string): readonly Posted[] =>
  gitea.requests.filter(({ path }) => path.endsWith(`/statuses/${commit}`)).map(({ body }) => JSON.parse(body) as Posted);

async function blocked(): Promise<DecisionMade> {
  const decision = newDecision();
  const { repository, commit, ref } = decision.subject;
  const push = { repository, ref, after: commit, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [] };
  await publisher.publish({ fact: make(ChangePushed, push), deliveryKey: commit });
  await soon(() => expect(statusesOf(commit)).toMatchObject([{ state: 'pending' }]));
  await publisher.publish({ fact: decision, deliveryKey: decision.decision });
  await soon(() => expect(statusesOf(commit)).toMatchObject([{ state: 'pending' }, { state: 'failure' }]));
  return decision;
}

async function posted({ subject: { repository, commit } }: DecisionMade, told: Omit<StatusPosted, 'repository' | 'commit'>): Promise<void> {
  events += 1;
  await publisher.publish({ fact: make(StatusPosted, { repository, commit, ...told }), deliveryKey: String(events) });
}

const alerts = async (): Promise<readonly Alert[]> =>
  ((await door.call('GET', '/api/v1/alerts')).body as { items: Alert[] }).items.filter(({ kind }) => kind === 'foreign-status');

const forged = { state: 'passed', description: 'All is well', by: 'mallory' } as const;

describe("somebody else's status under our name", () => {
  it('is replaced by ours, and people hear who wrote it', async () => {
    const decision = await blocked();

    await posted(decision, forged);

    await soon(() => expect(statusesOf(decision.subject.commit)).toMatchObject([{}, { state: 'failure' }, { state: 'failure' }]));
    const [alert, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      state: 'open',
      priority: 'P2',
      severity: 'high',
      repository: decision.subject.repository,
      application: 'shop',
    });
    const told = await door.call('GET', `/api/v1/alerts/${alert!.id}`);
    expect(JSON.stringify((told.body as AlertDetail).sections)).toContain(
      `passed beside ${decision.subject.commit.slice(0, 12)} by mallory`,
    );
  });

  it('is one alert for the repository, and is answered as often as it comes', async () => {
    const decision = await blocked();

    await posted(decision, forged);
    await soon(() => expect(statusesOf(decision.subject.commit)).toHaveLength(3));
    await posted(decision, { ...forged, by: 'trudy' });

    await soon(() => expect(statusesOf(decision.subject.commit)).toHaveLength(4));
    expect(await alerts()).toHaveLength(1);
  });

  it('is not what comes back of our own', async () => {
    const decision = await blocked();
    const said = statusesOf(decision.subject.commit);
    const [pending, ours] = said.map(({ description, target_url: url }) => ({ description, url, by: 'throughline' }));

    await posted(decision, { ...ours!, state: 'failed' });
    await posted(decision, { ...pending!, state: 'pending' });
    await posted(decision, forged);

    await soon(() => expect(statusesOf(decision.subject.commit)).toHaveLength(3));
    expect(JSON.stringify((await door.call('GET', `/api/v1/alerts/${(await alerts())[0]!.id}`)).body)).not.toContain('by throughline');
  });
});
