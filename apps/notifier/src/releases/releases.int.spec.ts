import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ChangePushed,
  make,
  RepositoryChanged,
  type CheckReleaseAnswer,
  type CheckReleaseDetail,
  type DecisionMade,
  type Page,
  type ReleasedCheck,
} from '@throughline/contracts';
import { Database, runService, type Identity, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(120_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 60_000);

const path = '/api/v1/check-releases';
const person = (id: string, email: string | null = `${id}@shop.example`): Partial<Identity> => ({
  id,
  name: id,
  person: { id, name: id, email },
});
const [ada, ben] = [person('ada'), person('ben')];
const desk = 'git.example/payments/desk';

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let ingest: HttpReceiver;
let gitea: HttpReceiver;
let facts = 0;

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
  const told = { repositoryId: 'r-desk', name: 'payments/desk', cloneUrl: `https://${desk}`, labels: [], action: 'registered' as const };
  await tell(make(RepositoryChanged, { repository: desk, application: 'desk', ...told }));
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  for (const fake of [ingest, gitea]) await fake?.close();
  await platform?.remove();
});

function tell(fact: object): Promise<void> {
  facts += 1;
  return publisher.publish({ fact, deliveryKey: String(facts) });
}

/** What stands at the host beside a commit, the first one first. */
const statusesOf = ({ subject }: DecisionMade): readonly { state: string; description: string }[] =>
  gitea.requests
    .filter(({ path: asked }) => asked.endsWith(`/statuses/${subject.commit}`))
    .map(({ body }) => JSON.parse(body) as { state: string; description: string });
const becomes = (decision: DecisionMade, ...states: readonly string[]): Promise<void> =>
  soon(() => expect(statusesOf(decision).map(({ state }) => state)).toEqual(states));

/** A commit that nobody has judged. */
async function pushed(repository?: string, source?: string): Promise<DecisionMade> {
  const made = newDecision();
  const decision = repository === undefined ? made : revised(made, { subject: { ...made.subject, repository } });
  const { commit, ref } = decision.subject;
  const push = {
    repository: decision.subject.repository,
    ref,
    after: commit,
    defaultBranch: 'main',
    forced: false,
    pusher: 'octo',
    commits: [],
  };
  await tell(make(ChangePushed, { ...push, ...(source !== undefined && { source }) }));
  await becomes(decision, 'pending');
  return decision;
}

const ask = (body: object, user: Partial<Identity> = ada) => door.call<CheckReleaseAnswer>('POST', path, { body, user });
const confirm = ({ id, digest }: CheckReleaseAnswer, user: Partial<Identity> = ben, named = digest) =>
  door.call<CheckReleaseAnswer & { code?: string }>('POST', `${path}/${id}/confirm`, { body: { digest: named }, user });
const read = async ({ id }: CheckReleaseAnswer, user: Partial<Identity> = {}): Promise<CheckReleaseDetail> =>
  (await door.call<CheckReleaseDetail>('GET', `${path}/${id}`, { user })).body;
const checksOf = async ({ id }: CheckReleaseAnswer, user: Partial<Identity> = {}): Promise<readonly ReleasedCheck[]> =>
  (await door.call<Page<ReleasedCheck>>('GET', `${path}/${id}/checks`, { user })).body.items;

async function opened(body: object): Promise<CheckReleaseAnswer> {
  const asked = (await ask({ reason: 'the platform was away', ...body })).body;
  expect(await confirm(asked)).toMatchObject({ status: 200, body: { state: 'open' } });
  return asked;
}

async function ended(release: CheckReleaseAnswer): Promise<void> {
  expect(await door.call('POST', `${path}/${release.id}/end`, { body: {}, user: ada })).toMatchObject({
    status: 200,
    body: { state: 'ended' },
  });
}

describe('a release of checks', () => {
  it('lets nothing pass that only one person asked for', async () => {
    const decision = await pushed();

    const asked = await ask({ reason: 'the platform was away for ten minutes' });

    expect(asked).toMatchObject({ status: 201, body: { state: 'requested', application: '*', minutes: 60, requestedBy: 'ada' } });
    expect(asked.body.waiting).toBeGreaterThan(0);
    expect(await confirm(asked.body, ada)).toMatchObject({ status: 403 });
    expect(await confirm(asked.body, person('ada-again', 'ADA@shop.example'))).toMatchObject({ status: 403 });
    expect(await confirm(asked.body, { id: 't-1', name: 'a token' })).toMatchObject({ status: 403 });
    expect(await confirm(asked.body, { ...ben, applications: ['desk'] })).toMatchObject({ status: 403 });
    expect(await confirm(asked.body, ben, `sha256:${'0'.repeat(64)}`)).toMatchObject({ status: 412 });
    expect(statusesOf(decision).map(({ state }) => state)).toEqual(['pending']);
    await ended(asked.body);
    expect(await confirm(asked.body)).toMatchObject({ status: 409 });
  });

  it('says who can confirm it, and why somebody cannot', async () => {
    const asked = (await ask({ reason: 'the platform was away' })).body;

    expect(await read(asked, ben)).toMatchObject({ state: 'requested', mayConfirm: true });
    expect(await read(asked, ben)).not.toHaveProperty('mayNotConfirmBecause');
    for (const [user, why] of [
      [ada, 'you asked for this release'],
      [{ id: 't-1', name: 'a token' }, 'nobody’s'],
      [{ ...ben, applications: ['desk'] }, 'every application'],
      [{ ...ben, rights: ['waivers:read'] }, 'you do not confirm'],
    ] as const)
      expect(await read(asked, user)).toMatchObject({ mayConfirm: false, mayNotConfirmBecause: expect.stringContaining(why) });
    await ended(asked);
    expect(await read(asked, ben)).toMatchObject({ state: 'ended', mayConfirm: false });
    expect(await read(asked, ben)).not.toHaveProperty('mayNotConfirmBecause');
  });

  it.each([
    ['of nobody', {}, { id: 't-1', name: 'a token' }, 403],
    ['of every application by somebody who answers for one', {}, { ...ada, applications: ['desk'] }, 403],
    ['of a repository of another team', { repository: `https://${desk}` }, { ...ada, applications: ['shop'] }, 403],
    ['of a repository that is not known', { repository: 'https://git.example/x/y' }, ada, 422],
    ['of two scopes at once', { repository: `https://${desk}`, source: 's1' }, ada, 422],
    ['for longer than a day', { minutes: 1441 }, ada, 400],
    ['without a reason', { reason: ' ' }, ada, 422],
  ])('is refused as a request %s', async (_what, body, user, status) => {
    expect((await ask({ reason: 'why', ...body }, user)).status).toBe(status);
  });

  it('confirmed by another person, lets pass what nobody judged; the judgement replaces it when it comes', async () => {
    const [denied, passed, undecided] = [await pushed(), await pushed(), await pushed()];
    await tell(revised(undecided, { result: 'undecided', reasons: [], missing: ['the scanner is away'] }));
    await becomes(undecided, 'pending', 'error');

    const release = await opened({});

    await becomes(denied, 'pending', 'success');
    await becomes(passed, 'pending', 'success');
    await becomes(undecided, 'pending', 'error', 'success');
    expect(statusesOf(denied)[1]!.description).toBe(`Released unjudged (${release.label}, ada and ben): the platform was away`);
    const later = await pushed();
    await becomes(later, 'pending', 'success');

    await tell(denied);
    await tell(revised(passed, { result: 'pass', reasons: [] }));
    await becomes(denied, 'pending', 'success', 'failure');
    await becomes(passed, 'pending', 'success', 'success');

    const checks = await checksOf(release);
    expect(checks).toContainEqual(expect.objectContaining({ commit: denied.subject.commit, result: 'deny' }));
    expect(checks).toContainEqual(expect.objectContaining({ commit: passed.subject.commit, result: 'pass' }));
    expect(checks.find(({ commit }) => commit === later.subject.commit)).not.toHaveProperty('result');
    expect(await read(release)).toMatchObject({ state: 'open', confirmedBy: 'ben', waiting: 0, judged: 2, blocked: 1 });
    expect(await checksOf(release, { applications: ['desk'] })).toEqual([]);

    await ended(release);
    await becomes(later, 'pending', 'success', 'pending');
    await becomes(undecided, 'pending', 'error', 'success', 'error');
    expect(statusesOf(denied)).toHaveLength(3);
  });

  it('keeps what could not be decided released while it is open', async () => {
    const [first, second] = [await pushed(), await pushed()];
    const release = await opened({});
    await becomes(first, 'pending', 'success');

    await tell(revised(first, { result: 'undecided', reasons: [], missing: ['the scanner is away'] }));
    await tell(revised(second, { result: 'pass', reasons: [] }));

    await becomes(second, 'pending', 'success', 'success');
    expect(statusesOf(first).map(({ state }) => state)).toEqual(['pending', 'success']);
    await ended(release);
    await becomes(first, 'pending', 'success', 'error');
  });

  it('of one repository, or of what one source told, leaves the others alone', async () => {
    const [other, ofDesk, ofSource] = [await pushed(), await pushed(desk), await pushed(undefined, 'source-1')];

    const [one, two] = [await opened({ repository: `https://${desk}.git` }), await opened({ source: 'source-1' })];

    await becomes(ofDesk, 'pending', 'success');
    await becomes(ofSource, 'pending', 'success');
    expect(one).toMatchObject({ application: 'desk', repository: desk, waiting: 1 });
    expect(await read(two)).toMatchObject({ application: '*', source: 'source-1', released: 1 });
    expect(statusesOf(other)).toHaveLength(1);
    expect(await door.call('GET', `${path}/${one.id}`, { user: { applications: ['shop'] } })).toMatchObject({ status: 404 });
    await Promise.all([ended(one), ended(two)]);
  });

  it('ends by itself when its time is over, and a request that nobody confirms does', async () => {
    const decision = await pushed();
    const [release, forgotten] = [await opened({}), (await ask({ reason: 'forgotten' })).body];
    await becomes(decision, 'pending', 'success');

    const database = notifier.get(Database);
    await database.rows('update check_releases set until = clock_timestamp() where id = $1', [release.id]);
    await database.rows(`update check_releases set requested_at = requested_at - interval '2 hours' where id = $1`, [forgotten.id]);
    await database.rows(`update work set run_after = clock_timestamp() where payload::json ->> 'release' = $1`, [forgotten.id]);

    await becomes(decision, 'pending', 'success', 'pending');
    expect(await read(release)).toMatchObject({ state: 'ended', endedBecause: 'over', endedBy: 'throughline' });
    expect(await confirm(forgotten)).toMatchObject({ status: 409 });
    const { items } = (await door.call<Page<CheckReleaseAnswer>>('GET', `${path}?state=ended&limit=1`)).body;
    expect(items).toMatchObject([{ id: forgotten.id }]);
  });
});
