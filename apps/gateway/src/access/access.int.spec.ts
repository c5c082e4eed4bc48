import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationChanged, DecisionMade, make, received, uuidv7 } from '@throughline/contracts';
import { RepositoryRemovals } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { eventually } from '@throughline/testing';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.ts';
import { Feed } from '../stream/feed.ts';
import { FeedTail } from '../stream/feed-tail.ts';
import { Teams } from './teams.ts';

const under = new GatewayUnderTest();

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

describe('tokens', () => {
  it('are refused when nobody made them', async () => {
    const unknown = await under.call('GET', '/api/v1/me', { token: `tl_${'x'.repeat(43)}` });
    const none = await under.call('GET', '/api/v1/me', { token: '' });

    expect([unknown.status, none.status]).toEqual([401, 401]);
  });

  it('allow no more than the one that made them, at any time', async () => {
    const maker = await under.newToken({ rights: ['tokens:read', 'tokens:write', 'findings:read'] });
    const child = await under.newToken({ rights: ['findings:read'] }, maker);
    const greedy = await under.call('POST', '/api/v1/tokens', { token: maker, body: { name: 'greedy', rights: ['*'] } });
    const makerId = String((await under.call('GET', '/api/v1/me', { token: maker })).json['id']);
    const before = await under.call('GET', '/api/v1/things', { token: child });

    await under.call('DELETE', `/api/v1/tokens/${makerId}`);

    expect(greedy.status).toBe(403);
    expect(before.status).toBe(200);
    expect((await under.call('GET', '/api/v1/things', { token: child })).status).toBe(401);
  });

  it('of a team see the applications of the team', async () => {
    const changed = received(
      make(ApplicationChanged, {
        name: 'shop',
        team: 'red',
        tier: 'tier-1',
        dataClass: 'none',
        exposure: 'internal',
        repositories: ['host/red/shop'],
        images: [],
        owners: [],
      }),
      {
        id: uuidv7(),
        source: '/throughline/policy-engine',
        type: 'dev.throughline.application.changed.v1',
        subject: 'shop',
        time: new Date().toISOString(),
      },
    );
    await under.gateway.get(Database).transaction((tx) => under.gateway.get(Teams).keep(tx, [changed]));
    const token = await under.newToken({ team: 'red', rights: ['findings:read', 'decisions:read', 'applications:read'] });

    const me = await under.call('GET', '/api/v1/me', { token });
    const teams = await under.call('GET', '/api/v1/teams', { token });

    expect(me.json).toMatchObject({ team: 'red', applications: ['shop'] });
    expect(teams.json['items']).toEqual([{ name: 'red', applications: ['shop'] }]);
  });

  it('never stand in the database', async () => {
    const secret = await under.newToken();

    const [row] = await under.gateway.get(Database).rows<{ all: string }>('select string_agg(token::text, chr(10)) as all from token');

    expect(row!.all).not.toContain(secret.slice(3));
  });
});

describe('a browser', () => {
  it('signs in by a link, once, and is then known by its cookie', async () => {
    const link = new URL(String((await under.call('POST', '/api/v1/session/links')).json['url']));
    const secret = link.hash.slice(1);

    const first = await under.call('POST', '/api/v1/session', { token: '', body: { token: secret }, headers: { origin: under.url } });
    const second = await under.call('POST', '/api/v1/session', { token: '', body: { token: secret } });
    const cookie = first.headers.get('set-cookie')!;
    const me = await under.call('GET', '/api/v1/me', { token: '', headers: { cookie: cookie.split(';')[0]! } });

    expect(link.pathname).toBe('/signin');
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    expect(second.status).toBe(401);
    expect(me.json).toMatchObject({ name: 'first administrator', via: 'session' });
  });

  it('changes something only from our own pages', async () => {
    const begun = await under.call('POST', '/api/v1/session', { token: '', body: { token: under.admin } });
    const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;
    const body = { name: 'a' };

    const own = await under.call('POST', '/api/v1/things', { token: '', body, headers: { cookie, origin: under.url } });
    const foreign = await under.call('POST', '/api/v1/things', { token: '', body, headers: { cookie, origin: 'https://evil.example' } });
    const none = await under.call('POST', '/api/v1/things', { token: '', body, headers: { cookie } });

    expect([own.status, foreign.status, none.status]).toEqual([201, 403, 403]);
  });

  it('is unknown after it signed out', async () => {
    const begun = await under.call('POST', '/api/v1/session', { token: '', body: { token: under.admin } });
    const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;

    await under.call('DELETE', '/api/v1/session', { token: '', headers: { cookie, origin: under.url } });

    expect((await under.call('GET', '/api/v1/me', { token: '', headers: { cookie } })).status).toBe(401);
  });
});

describe('the stream', () => {
  it('shows each fact once and in order, resumes after the last, and only what the reader may see', async () => {
    const all = await listen({ authorization: `Bearer ${under.admin}` });
    const red = await listen({ authorization: `Bearer ${await under.newToken({ team: 'red', rights: ['decisions:read'] })}` });
    await keep(decision('d1', 'shop'), decision('d2', 'other'));
    await eventually(() => expect(all.subjects()).toEqual(['d1', 'd2']));
    await eventually(() => expect(red.subjects()).toEqual(['d1']));
    all.close();

    await keep(decision('d3', 'shop'));
    const resumed = await listen({ authorization: `Bearer ${under.admin}`, 'last-event-id': all.lastId() });

    await eventually(() => expect(resumed.subjects()).toEqual(['d3']));
    await eventually(() => expect(red.subjects()).toEqual(['d1', 'd3']));
    red.close();
    resumed.close();
  });

  it('forgets what it told of a removed repository, but not that it was removed', async () => {
    const database = under.gateway.get(Database);
    await database.rows(
      `insert into feed (type, data, repository) values
       ('decision.made', '{}', 'host/gone'), ('repository.removed', '{}', 'host/gone'), ('decision.made', '{}', 'host/stays')`,
    );

    await database.transaction((tx) => under.gateway.get(RepositoryRemovals).forget(tx, 'host/gone', 1));

    const left = await database.rows(`delete from feed where repository in ('host/gone', 'host/stays') returning type, repository`);
    expect(left).toEqual([
      { type: 'repository.removed', repository: 'host/gone' },
      { type: 'decision.made', repository: 'host/stays' },
    ]);
  });

  it('is in the order of transactions, not of how their numbers read', async () => {
    const insert = `insert into feed (tx, type, data) values ('10', 'decision.made', '{}'), ('9', 'decision.made', '{}')`;
    await under.gateway.get(Database).rows(insert);

    const rows = await under.gateway.get(Feed).after({ tx: '8', position: '0' }, 2);

    expect(rows.map(({ tx }) => tx)).toEqual(['9', '10']);
  });

  it('misses nothing of readers that were cut off before they read anything', async () => {
    const first = await listen({ authorization: `Bearer ${under.admin}` });
    await eventually(() => expect(first.lastId()).toMatch(/^\d+-\d+-\d{4}-\d\d-\d\d$/));
    first.close();
    await keep(decision('between', 'shop'));

    const second = await listen({ authorization: `Bearer ${under.admin}`, 'last-event-id': first.lastId() });

    await eventually(() => expect(second.subjects()).toEqual(['between']));
    second.close();
  });

  it('shows a line that an older transaction wrote late to those who have read on', async () => {
    const database = under.gateway.get(Database);
    const reader = await listen({ authorization: `Bearer ${under.admin}` });
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let written: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (written = resolve));
    const older = database.transaction(async (tx) => {
      await under.gateway.get(Feed).keep(tx, [decision('older', 'shop')]);
      written();
      await held;
    });
    await begun;
    await keep(decision('younger', 'shop'));
    commit();
    await older;
    under.gateway.get(FeedTail).wake();

    await eventually(() => expect(reader.subjects()).toEqual(['older', 'younger']));
    reader.close();
  });

  it('ends with the token, and shows nothing after', async () => {
    const token = await under.newToken({ rights: ['decisions:read'] });
    const id = String((await under.call('GET', '/api/v1/me', { token })).json['token']);
    const reader = await listen({ authorization: `Bearer ${token}` });

    await under.call('DELETE', `/api/v1/tokens/${id}`);

    await eventually(() => expect(reader.ended()).toBe(true));
    await keep(decision('after', 'shop'));
    expect(reader.subjects()).toEqual([]);
  });

  it('opens once for a ticket', async () => {
    const { json } = await under.call('POST', '/api/v1/stream/tickets');
    const stream = await listen({}, `?ticket=${String(json['ticket'])}`);

    const again = await under.call('GET', `/api/v1/stream?ticket=${String(json['ticket'])}`, { token: '' });

    expect(stream.status).toBe(200);
    expect(again.status).toBe(401);
    stream.close();
  });
});

describe('the first administrator', () => {
  it('ends with a named one, also after another start, while a stream is open', async () => {
    const open = await listen({ authorization: `Bearer ${under.admin}` });
    const named = await under.newToken({ name: 'Ada', rights: ['*'] });

    const refused = await under.call('GET', '/api/v1/me');
    await under.restart();

    expect(open.status).toBe(200);
    expect(refused.json).toMatchObject({ status: 401, detail: expect.stringContaining('there is a named administrator now') });
    expect((await under.call('GET', '/api/v1/me')).status).toBe(401);
    expect((await under.call('GET', '/api/v1/me', { token: named })).status).toBe(200);
  }, 20_000);
});

function decision(id: string, application: string): DecisionMade {
  const commit = 'a'.repeat(40);
  const subject = { repository: 'host/a/b', commit, ref: 'refs/heads/main' };
  const fact = make(DecisionMade, {
    decision: id,
    gate: 'change',
    subject,
    application,
    result: 'deny',
    reasons: [],
    missing: [],
    policies: [],
    input: `sha256:${'0'.repeat(64)}`,
    tolerance: 'tier-1',
    revision: 1,
    items: [],
    older: 0,
  });
  return received(fact, {
    id: uuidv7(),
    source: '/throughline/policy-engine',
    type: 'dev.throughline.decision.made.v1',
    subject: id,
    time: new Date().toISOString(),
  });
}

async function keep(...facts: readonly DecisionMade[]): Promise<void> {
  await under.gateway.get(Database).transaction((tx) => under.gateway.get(Feed).keep(tx, facts));
  under.gateway.get(FeedTail).wake();
}

interface Listening {
  readonly status: number;
  subjects(): string[];
  lastId(): string;
  ended(): boolean;
  close(): void;
}

async function listen(headers: Record<string, string>, query = ''): Promise<Listening> {
  const stop = new AbortController();
  const answer = await fetch(`${under.url}/api/v1/stream${query}`, { headers, signal: stop.signal });
  let text = '';
  let ended = false;
  const reading = (async () => {
    for await (const chunk of answer.body!) text += Buffer.from(chunk as Uint8Array).toString();
    ended = true;
  })();
  reading.catch(() => undefined);
  return {
    status: answer.status,
    subjects: () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => (JSON.parse(data!) as { subject: string }).subject),
    lastId: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '',
    ended: () => ended,
    close: () => stop.abort(),
  };
}
