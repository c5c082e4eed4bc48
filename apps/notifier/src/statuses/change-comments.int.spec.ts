import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  make,
  type CommentMode,
  type DecisionMade,
  type Notification,
  type OutboxMessage,
} from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { newDecision, revised } from '../alerts/fixtures/decisions.ts';
import definition from '../service.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

/** A comment at the fake host; the account of the token is 1. */
interface Kept {
  readonly id: number;
  readonly user: { readonly id: number };
  body: string;
}

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let ingest: HttpReceiver;
let gitea: HttpReceiver;
let hasProvider = true;
let mode: CommentMode | undefined;
let comments: Kept[] = [];
let edits = 0;
/** What becomes of the next comment that is made. */
let making: 'well' | 'made, then 500' | 'refused' = 'well';
let number = 0;

const answerOf: NonNullable<HttpReceiver['answer']> = ({ method, path, body }) => {
  const [, id] = /\/issues\/comments\/(\d+)$/.exec(path) ?? [];
  if (path === '/api/v1/user') return { status: 200, body: '{"id":1}' };
  if (!path.includes('/comments')) return { status: 201, body: '{}' };
  if (method === 'GET') return { status: 200, body: JSON.stringify(comments) };
  const text = (JSON.parse(body) as { body: string }).body;
  if (method === 'PATCH') {
    const found = comments.find((comment) => comment.id === Number(id));
    if (!found) return { status: 404, body: '{}' };
    found.body = text;
    edits += 1;
    return { status: 200, body: JSON.stringify(found) };
  }
  if (making === 'refused') return { status: 403, body: '{}' };
  const made = { id: 100 + comments.length, user: { id: 1 }, body: text };
  comments.push(made);
  return making === 'well' ? { status: 201, body: JSON.stringify(made) } : { status: 500, body: '{}' };
};

beforeAll(async () => {
  const held = await infra();
  [ingest, gitea] = await Promise.all([httpReceiver(), httpReceiver()]);
  gitea.answer = answerOf;
  const at = { provider: 'gitea', apiUrl: `${gitea.origin}/api/v1`, fullName: 'payments/shop', authorization: 'token t' };
  ingest.answer = () => ({ status: 200, body: JSON.stringify(hasProvider ? { ...at, comments: mode } : { provider: 'none' }) });
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    OUTBOUND_ALLOW: gitea.origin,
    INGEST_URL: ingest.origin,
    UNDECIDED_GRACE_SECONDS: '3600',
    PUBLIC_URL: 'https://tl.example',
  });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  for (const fake of [ingest, gitea]) await fake?.close();
  await platform?.remove();
});

beforeEach(() => {
  [comments, edits, making, hasProvider, mode] = [[], 0, 'well', true, undefined];
  number += 1;
});

async function propose({ subject }: DecisionMade): Promise<void> {
  const { repository, commit } = subject;
  const refs = { headRef: subject.ref, baseRef: 'refs/heads/main', defaultBranch: 'main', base: 'e'.repeat(40) };
  const words = { title: 'x', author: 'octo', url: 'https://git.example/payments/shop/pulls/1', fork: false };
  await publisher.publish({ fact: make(ChangeProposed, { repository, number, head: commit, ...refs, ...words }), deliveryKey: commit });
}

async function decide(decision: DecisionMade): Promise<void> {
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
}

/** Where its status stands, all that belongs to the decision was done. */
async function isDone({ subject, revision }: DecisionMade): Promise<void> {
  const sql = 'select revision from commit_statuses where commit = $1';
  await soon(async () => expect(await notifier.get(Database).rows(sql, [subject.commit])).toEqual([{ revision }]));
}

const sent = async (): Promise<readonly Notification[]> =>
  ((await door.call('GET', '/api/v1/notifications?channel=scm-comment')).body as { items: Notification[] }).items;

async function letPass(seconds: number): Promise<void> {
  const database = notifier.get(Database);
  await database.rows(`update deliveries set next_at = next_at - make_interval(secs => ${seconds}) where state in ('queued', 'retrying')`);
  await database.rows(`update work set run_after = run_after - make_interval(secs => ${seconds}) where state = 'open'`);
  await database.rows(`select pg_notify('messaging:notifier', 'work')`);
}

describe('the comment on a change request', () => {
  it('is one, is edited by the next commit, and says what is gone', async () => {
    const denied = newDecision();
    await propose(denied);
    await decide(denied);
    await soon(() => expect(comments).toMatchObject([{ body: expect.stringMatching(/^### Throughline: \d matters block/) }]));

    const passed = newDecision({ result: 'pass', reasons: [], older: 0 });
    await propose(passed);
    await decide(passed);

    await soon(() => expect(comments).toMatchObject([{ body: expect.stringContaining('fixed. Nothing in this change blocks') }]));
    expect(comments[0]!.body).toContain('Gone: `lodash 4.17.11`');
    expect(edits).toBe(1);
  });

  it('comes, too, where the head was judged before the change request was known', async () => {
    const denied = newDecision();
    await decide(denied);
    await isDone(denied);

    await propose(denied);

    await soon(() => expect(comments).toHaveLength(1));
  });

  it('is not there where there never was anything to say', async () => {
    const [passed, denied] = [newDecision({ result: 'pass', reasons: [] }), newDecision()];
    await propose(passed);
    await decide(passed);
    await isDone(passed);

    await propose(denied);
    await decide(denied);

    await soon(() => expect(comments).toMatchObject([{ body: expect.stringContaining('block this change') }]));
    expect((await sent()).filter(({ commit }) => commit === passed.subject.commit)).toEqual([]);
  });

  it('waits with what could not be decided, and says nothing of it when it passes meanwhile', async () => {
    const undecided = newDecision({ result: 'undecided', reasons: [], missing: ['the dependency scan failed'] });
    await propose(undecided);
    await decide(undecided);
    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'queued', commit: undecided.subject.commit }));

    const passed = revised(undecided, { revision: 2, result: 'pass', missing: [] });
    await decide(passed);
    await isDone(passed);

    expect((await sent()).filter(({ commit }) => commit === undecided.subject.commit)).toEqual([]);
    expect(comments).toEqual([]);
  });

  it('says so when it stays undecided, and then that it blocks', async () => {
    const undecided = newDecision({ result: 'undecided', reasons: [], missing: ['the dependency scan failed'] });
    await propose(undecided);
    await decide(undecided);
    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'queued', commit: undecided.subject.commit }));
    await letPass(4000);
    await soon(() => expect(comments).toMatchObject([{ body: expect.stringContaining('could not decide') }]));

    await decide(revised(undecided, { revision: 2, result: 'deny', reasons: newDecision().reasons, missing: [] }));

    await soon(() => expect(comments[0]!.body).toContain('block this change'));
    expect(comments).toHaveLength(1);
  });

  it('of an older commit is never written over the one of a newer', async () => {
    const [older, newer] = [newDecision(), newDecision()];
    await propose(older);
    await propose(newer);
    await decide(newer);
    await soon(() => expect(comments).toHaveLength(1));

    await decide(older);
    await isDone(older);

    expect((await sent()).filter(({ commit }) => commit === older.subject.commit)).toEqual([]);
  });

  it('is found again after an attempt whose end nobody saw', async () => {
    making = 'made, then 500';
    const denied = newDecision();
    await propose(denied);
    await decide(denied);
    await soon(() => expect(comments).toHaveLength(1));
    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'retrying', attempts: 1 }));

    making = 'well';
    await letPass(60);

    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'delivered', attempts: 2 }));
    expect(comments).toHaveLength(1);
  });

  it('is made anew beside a copy of somebody else, which stays as it is', async () => {
    const denied = newDecision();
    const copy = { id: 7, user: { id: 2 }, body: `[//]: # (throughline tl.example change ${number})` };
    comments = [copy];
    await propose(denied);

    await decide(denied);

    await soon(() => expect(comments).toHaveLength(2));
    expect([copy.body, edits]).toEqual([`[//]: # (throughline tl.example change ${number})`, 0]);
  });

  it('is made again when somebody took it away, unless there is nothing left to say', async () => {
    const [denied, again] = [newDecision(), newDecision()];
    await propose(denied);
    await decide(denied);
    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'delivered' }));
    comments = [];
    await propose(again);
    await decide(again);
    await soon(() => expect(comments).toHaveLength(1));
    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'delivered', commit: again.subject.commit }));

    comments = [];
    const passed = newDecision({ result: 'pass', reasons: [] });
    await propose(passed);
    await decide(passed);

    await soon(async () => expect((await sent())[0]).toMatchObject({ state: 'delivered', commit: passed.subject.commit }));
    expect(comments).toEqual([]);
  });

  it('that the host refuses is in the ledger, with the reason', async () => {
    making = 'refused';
    const denied = newDecision();
    await propose(denied);

    await decide(denied);

    await soon(async () =>
      expect((await sent())[0]).toMatchObject({ state: 'dead', history: [{ detail: expect.stringContaining('403') }] }),
    );
  });

  it('is kept in the outbox where the repository has no provider', async () => {
    hasProvider = false;
    const denied = newDecision();
    await propose(denied);

    await decide(denied);

    await soon(async () => {
      const { body } = await door.call<{ items: OutboxMessage[] }>('GET', '/api/v1/outbox?kind=comment');
      expect(body.items).toMatchObject([{ kind: 'comment', comment: { number, text: expect.stringMatching(/^### Throughline: /) } }]);
    });
  });

  it.each([
    ['summary', 1],
    ['none', 0],
  ] as const)('says no more than is wanted: %s', async (wanted, written) => {
    mode = wanted;
    const denied = newDecision();
    await propose(denied);

    await decide(denied);

    await soon(async () => expect((await sent())[0]).toMatchObject({ commit: denied.subject.commit, attempts: 1 }));
    await soon(async () => expect((await sent())[0]!.state).toMatch(/^(?:delivered|kept)$/));
    expect(comments).toHaveLength(written);
    for (const { body } of comments) expect(body).not.toContain('lodash');
  });

  it('says nothing more of a change that is merged', async () => {
    const denied = newDecision();
    await propose(denied);
    const merged = { repository: denied.subject.repository, number, commit: 'd'.repeat(40), baseRef: 'refs/heads/main', mergedBy: 'octo' };
    await publisher.publish({ fact: make(ChangeMerged, merged), deliveryKey: 'merged' });
    const sql = 'select 1 from change_requests where number = $1';
    await soon(async () => expect(await notifier.get(Database).rows(sql, [number])).toEqual([]));

    await decide(denied);
    await isDone(denied);

    expect((await sent()).filter(({ commit }) => commit === denied.subject.commit)).toEqual([]);
  });
});

it('a status is told anew when its commit is to be scanned again', async () => {
  const denied = newDecision();
  const { repository, commit, ref } = denied.subject;
  const states = (): unknown[] =>
    gitea.requests
      .filter(({ path }) => path.endsWith(`/statuses/${commit}`))
      .map(({ body }) => (JSON.parse(body) as { state: string }).state);
  await decide(denied);
  await soon(() => expect(states()).toEqual(['failure']));

  const push = { repository, ref, after: commit, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [], rescan: true };
  await publisher.publish({ fact: make(ChangePushed, push), deliveryKey: 'again' });

  await soon(() => expect(states()).toEqual(['failure', 'failure']));
});
