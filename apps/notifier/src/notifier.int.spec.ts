import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  ChangePushed,
  make,
  type Alert,
  type ChannelSaved,
  type DecisionMade,
  type Notification,
  type OutboxMessage,
} from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import {
  eventually,
  FactPublisher,
  fakeSlack,
  httpReceiver,
  infra,
  mailbox,
  SignedCaller,
  type FakeSlack,
  type HttpReceiver,
  type Mailbox,
  type Platform,
} from '@throughline/testing';
import { Webhook } from 'standardwebhooks';
import { fixFor, newDecision, revised } from './alerts/fixtures/decisions.ts';
import definition from './service.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

let platform: Platform;
let publisher: FactPublisher;
let notifier: RunningService;
let door: SignedCaller;
let slack: FakeSlack;
let mail: Mailbox;
let hook: HttpReceiver;
let ingest: HttpReceiver;
let provider: HttpReceiver;
let hasProvider = false;

const signing = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

beforeAll(async () => {
  const held = await infra();
  [slack, mail, hook, ingest, provider] = await Promise.all([fakeSlack(), mailbox(), httpReceiver(), httpReceiver(), httpReceiver()]);
  ingest.answer = () => ({
    status: 200,
    body: JSON.stringify(
      hasProvider
        ? { provider: 'gitea', apiUrl: `${provider.origin}/api/v1`, fullName: 'payments/shop', authorization: 'token t' }
        : { provider: 'none' },
    ),
  });
  provider.answer = () => ({ status: 201, body: '{}' });
  platform = await held.fresh(['notifier', 'gateway']);
  publisher = new FactPublisher(held, platform);
  notifier = await runService(definition, {
    ...platform.environment('notifier'),
    OUTBOUND_ALLOW: [slack.origin, hook.origin, provider.origin, `smtp://127.0.0.1:${mail.port}`].join(','),
    INGEST_URL: ingest.origin,
    SETTLE_SECONDS: '1',
    UNDECIDED_GRACE_SECONDS: '1',
    PUBLIC_URL: 'https://tl.example',
  });
  door = new SignedCaller(notifier, platform);
}, 300_000);

afterAll(async () => {
  await notifier?.close();
  for (const fake of [slack, mail, hook, ingest, provider]) await fake?.close();
  await platform?.remove();
});

const itemsOf = async <T>(path: string): Promise<readonly T[]> => ((await door.call('GET', path)).body as { items: T[] }).items;
const sentTo = async (channel: string): Promise<readonly Notification[]> => itemsOf(`/api/v1/notifications?channel=${channel}`);

const channelsTold = async ({ subject }: DecisionMade): Promise<readonly string[]> =>
  (await itemsOf<Notification>(`/api/v1/notifications?commit=${subject.commit}`))
    .filter(({ alert, state }) => alert !== undefined && state === 'delivered')
    .map(({ channel }) => channel);

async function decide(decision: DecisionMade): Promise<void> {
  await publisher.publish({ fact: decision, deliveryKey: `${decision.decision} ${decision.revision}` });
}

async function decided(): Promise<DecisionMade> {
  const decision = newDecision();
  await decide(decision);
  return decision;
}

async function alertOf(decision: DecisionMade): Promise<Alert> {
  return soon(async () => {
    const [alert] = await itemsOf<Alert>(`/api/v1/alerts?commit=${decision.subject.commit}`);
    expect(alert).toBeDefined();
    return alert!;
  });
}

/** Lets the time until the next attempts go by. */
async function letPass(seconds: number): Promise<void> {
  const database = notifier.get(Database);
  await database.rows(`update deliveries set next_at = next_at - make_interval(secs => ${seconds}) where state = 'retrying'`);
  await database.rows(`update work set run_after = run_after - make_interval(secs => ${seconds}) where state = 'open'`);
  await database.rows(`select pg_notify('messaging:notifier', 'work')`);
}

describe('without any channel', () => {
  it('keeps a denied push as one message in the outbox, edited when a fix is proposed', async () => {
    const decision = await decided();
    const alert = await alertOf(decision);

    await publisher.publish({ fact: fixFor(decision), deliveryKey: 'p1' });

    await soon(async () => {
      const messages = (await itemsOf<OutboxMessage>('/api/v1/outbox?kind=alert')).filter((message) => message.alert === alert.id);
      expect(messages).toHaveLength(1);
      expect(messages[0]!.email!.text).toContain('Raise lodash from 4.17.11 to 4.17.21');
    });
  });

  it('keeps the commit status of a repository that has no provider', async () => {
    const decision = await decided();

    await soon(async () => {
      const kept = (await itemsOf<OutboxMessage>('/api/v1/outbox?kind=status')).find(({ commit }) => commit === decision.subject.commit);
      expect(kept!.status).toMatchObject({ verdict: 'deny', text: expect.stringMatching(/^Blocked: /) });
    });
  });
});

describe('to other teams', () => {
  it('shows nothing, and cannot be told from what does not exist', async () => {
    const decision = await decided();
    const alert = await alertOf(decision);
    await soon(async () => expect(await itemsOf(`/api/v1/notifications?alert=${alert.id}`)).not.toHaveLength(0));
    const [message] = await itemsOf<OutboxMessage>('/api/v1/outbox');
    const [sent] = await sentTo('outbox');
    const user = { applications: ['web'] };

    for (const list of ['alerts', 'notifications', 'outbox']) {
      expect((await door.call('GET', `/api/v1/${list}`, { user })).body).toEqual({ items: [], next: null });
    }
    const refused = [
      await door.call('GET', `/api/v1/alerts/${alert.id}`, { user }),
      await door.call('POST', `/api/v1/alerts/${alert.id}/ack`, { user }),
      await door.call('POST', `/api/v1/alerts/${alert.id}/comment`, { user, body: { text: 'x' } }),
      await door.call('GET', `/api/v1/outbox/${message!.id}`, { user }),
      await door.call('GET', `/api/v1/notifications/${sent!.id}`, { user }),
      await door.call('POST', `/api/v1/notifications/${sent!.id}/resend`, { user }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await door.call('POST', '/api/v1/routes/preview', { user, body: {} })).body).toMatchObject({ alerts: 0, items: [] });
  });
});

describe('an alert', () => {
  it('can be commented, and describes itself', async () => {
    const alert = await alertOf(await decided());

    await door.call('POST', `/api/v1/alerts/${alert.id}/comment`, { body: { text: 'looking' } });

    expect((await door.call('GET', `/api/v1/alerts/${alert.id}`)).body).toMatchObject({
      comments: [{ by: 'admin', text: 'looking' }],
      sections: expect.arrayContaining([expect.objectContaining({ title: 'What we know' })]),
    });
  });

  it('is part of the described interface', async () => {
    const { status, body } = await door.call<{ paths: object }>('GET', '/openapi.json');

    expect(status).toBe(200);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/alerts', '/api/v1/channels/{name}', '/api/v1/routes', '/api/v1/outbox/{id}']),
    );
  });
});

describe('with channels', () => {
  beforeAll(async () => {
    const documents = {
      chat: {
        kind: 'slack',
        settings: { mode: 'web-api', channel: 'C1', apiUrl: slack.apiUrl },
        secrets: { token: slack.token },
      },
      mail: {
        kind: 'email',
        settings: { host: '127.0.0.1', port: mail.port, security: 'none', from: 'tl@throughline.example', to: ['sec@corp.example'] },
      },
      hook: { kind: 'webhook', settings: { url: `${hook.origin}/in` }, secrets: { signing: [signing] } },
    };
    for (const [name, body] of Object.entries(documents)) {
      const saved = await door.call('PUT', `/api/v1/channels/${name}`, { body });
      expect(saved).toMatchObject({ status: 200, body: { test: { ok: true } } });
    }
  });

  beforeEach(() => {
    slack.mood = 'well';
    (slack.posts as unknown[]).length = 0;
    (mail.mails as unknown[]).length = 0;
    (hook.requests as unknown[]).length = 0;
  });

  it('tells nine findings, a denial and a proposal as one Slack message, edited', async () => {
    const decision = await decided();
    await soon(() => expect(slack.posts).toHaveLength(1));
    await publisher.publish({ fact: fixFor(decision), deliveryKey: 'p' });

    await soon(() => expect(JSON.stringify(slack.posts[0]!.blocks)).toContain('proposed edit'));
    expect(slack.posts).toHaveLength(1);
    expect(slack.posts[0]).toMatchObject({ edits: 1, text: expect.stringContaining('9 findings block') });
    await soon(() => expect(mail.mails).toHaveLength(1));
    expect(mail.mails[0]!.text).toContain('Raise lodash from 4.17.11 to 4.17.21');
  });

  it('ends the same message when the next commit of the line passes', async () => {
    const decision = await decided();
    const alert = await alertOf(decision);
    await soon(() => expect(mail.mails).toHaveLength(1));

    const { subject } = decision;
    await decide(newDecision({ subject: { ...subject, commit: 'f'.repeat(40) }, result: 'pass', reasons: [] }));

    await soon(() => expect(slack.posts[0]!.text).toContain('Resolved: Passed at ffffffffffff'));
    expect(slack.posts).toHaveLength(1);
    await soon(() => expect(mail.mails).toHaveLength(2));
    expect(mail.mails[1]).toMatchObject({ subject: mail.mails[0]!.subject, references: mail.mails[0]!.messageId });
    expect((await door.call('GET', `/api/v1/alerts/${alert.id}`)).body).toMatchObject({ state: 'resolved' });
  });

  it('sends one message for fifty re-evaluations that change nothing', async () => {
    const decision = newDecision();
    for (let revision = 1; revision <= 50; revision++) {
      await decide(revised(decision, { revision, decision: `${decision.decision}-${revision}` }));
    }
    await soon(async () => {
      const known = await notifier.get(Database).rows('select revision from judgements where commit = $1', [decision.subject.commit]);
      expect(known).toEqual([{ revision: 50 }]);
    });
    await soon(() => expect(mail.mails).toHaveLength(1));

    expect(slack.posts).toHaveLength(1);
    expect(slack.posts[0]!.edits).toBe(0);
    expect(hook.requests).toHaveLength(1);
  });

  it('delivers everything once and in order after Slack was down for an hour', async () => {
    slack.mood = 'error 500';
    const decision = await decided();
    const alert = await alertOf(decision);
    await door.call('POST', `/api/v1/alerts/${alert.id}/ack`);
    await door.call('POST', `/api/v1/alerts/${alert.id}/resolve`, { body: { reason: 'known' } });
    const attempts = async (): Promise<number> =>
      (await sentTo('chat')).find((sent) => sent.alert === alert.id && sent.attempts > 0)?.attempts ?? 0;
    for (let tried = 1; tried <= 7; tried += 1) {
      await soon(async () => expect(await attempts()).toBe(tried));
      await soon(async () => expect((await sentTo('chat')).some(({ state }) => state === 'sending')).toBe(false));
      await letPass(tried < 7 ? 2000 : 0);
    }
    expect(slack.posts).toHaveLength(0);

    slack.mood = 'well';
    await letPass(7200);

    await soon(() => expect(slack.posts.at(-1)?.text).toContain('Resolved: Ended by admin: known'));
    expect(slack.posts).toHaveLength(1);
    await soon(async () => {
      const states = (await sentTo('chat')).filter((sent) => sent.alert === alert.id).map(({ state }) => state);
      expect(new Set(states)).toEqual(new Set(['delivered']));
    });
  });

  it('finds a message again whose sending nobody saw the end of', async () => {
    slack.mood = 'taken, then 500';
    await decided();
    await soon(() => expect(slack.posts).toHaveLength(1));
    await soon(async () => expect((await sentTo('chat'))[0]).toMatchObject({ state: 'retrying', attempts: 1 }));

    slack.mood = 'well';
    await letPass(60);

    await soon(async () => expect((await sentTo('chat'))[0]).toMatchObject({ state: 'delivered', attempts: 2 }));
    expect(slack.posts).toHaveLength(1);
  });

  it('signs what a webhook gets, under the same id at every attempt', async () => {
    let answers = 0;
    hook.answer = () => ({ status: answers++ === 0 ? 503 : 204 });
    await decided();
    await soon(() => expect(hook.requests).toHaveLength(1));
    await soon(async () => expect((await sentTo('hook'))[0]).toMatchObject({ state: 'retrying' }));
    await letPass(6);
    await soon(() => expect(hook.requests).toHaveLength(2));
    hook.answer = undefined;

    const [first, second] = hook.requests;
    expect(new Webhook(signing).verify(second!.body, second!.headers as never)).toMatchObject({ type: 'alert.opened' });
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.body).toBe(first!.body);
  });

  it('switches a webhook off that answers 410', async () => {
    hook.answer = () => ({ status: 410 });
    await decided();

    await soon(async () => expect((await door.call('GET', '/api/v1/channels/hook')).body).toMatchObject({ enabled: false }));
    hook.answer = undefined;
    const { body: json } = await door.call('GET', '/api/v1/channels/hook');
    const body = { kind: 'webhook', settings: { url: `${hook.origin}/in` } };
    const saved = await door.call('PUT', '/api/v1/channels/hook', { body, headers: { 'if-match': `"${(json as ChannelSaved).version}"` } });
    expect(saved).toMatchObject({ status: 200, body: { enabled: true, secrets: ['signing'], test: { ok: true } } });
  });

  it('forgets the secret of a channel that is pointed elsewhere', async () => {
    const { body: json } = await door.call('GET', '/api/v1/channels/chat');
    const body = { kind: 'slack', settings: { mode: 'web-api', channel: 'C1', apiUrl: hook.origin } };

    const saved = await door.call('PUT', '/api/v1/channels/chat', { body, headers: { 'if-match': `"${(json as ChannelSaved).version}"` } });

    expect(saved).toMatchObject({ status: 422, body: { detail: expect.stringContaining('secrets.token is missing') } });
  });

  it('mails nobody but the addresses of the channel', () => {
    expect([...mail.recipients]).toEqual(['sec@corp.example']);
  });

  it('routes by expression, and tells those who were told', async () => {
    const { body: json } = await door.call('GET', '/api/v1/routes');
    const document = { routes: [{ name: 'web', when: 'alert.application == "web"', channels: ['hook'] }], lastResort: ['mail'] };
    const refused = await door.call('PUT', '/api/v1/routes', {
      body: { ...document, lastResort: ['nobody'] },
      headers: { 'if-match': '"0"' },
    });
    const preview = await door.call('POST', '/api/v1/routes/preview', { body: { document } });
    const saved = await door.call('PUT', '/api/v1/routes', {
      body: document,
      headers: { 'if-match': `"${(json as { version: number }).version}"` },
    });
    expect([refused.status, preview.status, saved.status]).toEqual([422, 200, 200]);
    expect(preview.body).toMatchObject({ channels: [{ channel: 'mail' }] });

    const web = newDecision({ application: 'web' });
    await decide(web);
    await soon(async () => expect(await channelsTold(web)).toEqual(['hook']));
    const shop = await decided();
    await soon(async () => expect(await channelsTold(shop)).toEqual(['mail']));
  });
});

describe('commit statuses', () => {
  const statuses = (): readonly { state: string; description: string }[] =>
    provider.requests.map(({ body }) => JSON.parse(body) as { state: string; description: string });

  beforeAll(() => {
    hasProvider = true;
  });

  beforeEach(() => {
    (provider.requests as unknown[]).length = 0;
  });

  it('says pending within five seconds of a push, then the decision', async () => {
    const decision = newDecision();
    const { repository, commit, ref } = decision.subject;
    const push = make(ChangePushed, { repository, ref, after: commit, defaultBranch: 'main', forced: false, pusher: 'octo', commits: [] });
    await publisher.publish({ fact: push, deliveryKey: 'push' });
    await eventually(() => expect(statuses().map(({ state }) => state)).toEqual(['pending']), 5_000);

    await decide(decision);

    await soon(() => expect(statuses().map(({ state }) => state)).toEqual(['pending', 'failure']));
    expect(provider.requests[0]!.path).toBe(`/api/v1/repos/payments/shop/statuses/${commit}`);
  });

  it('never lets an older decision overwrite a newer one, nor tells undecided as passed', async () => {
    const decision = newDecision();
    await decide(revised(decision, { revision: 3, result: 'undecided', missing: ['the dependency scan failed'] }));
    await soon(() => expect(statuses().map(({ state }) => state)).toEqual(['error']));

    await decide(revised(decision, { revision: 2, result: 'pass', reasons: [] }));
    await decide(revised(decision, { revision: 4 }));

    await soon(() => expect(statuses().map(({ state }) => state)).toEqual(['error', 'failure']));
  });

  it('opens an alert for what stays undecided', async () => {
    const decision = newDecision({ result: 'undecided', reasons: [], missing: ['the dependency scan failed twice'] });
    await decide(decision);

    const alert = await alertOf(decision);

    expect(alert).toMatchObject({ title: expect.stringContaining('could not be judged'), priority: 'P3' });
  });
});
