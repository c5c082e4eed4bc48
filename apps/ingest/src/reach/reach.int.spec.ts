import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BegunSourceApp, CreatedSource, Page, Source, SourceReach, WatchedRepository, WebhookReceipt } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { Reconciler } from '../reconciliation/reconciler.ts';
import definition from '../service.ts';
import { FakeInstallation, FakeRepositories, webhookSecret } from '../fixtures/fake-installation.ts';

let repositories: FakeRepositories;
let github: HttpReceiver;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;
let installed: FakeInstallation;
let account: string;

beforeAll(async () => {
  repositories = new FakeRepositories();
  github = await httpReceiver();
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway', 'notifier'], { topics: ['change', 'policy'] });
  const own = {
    FILE_URL_ROOTS: repositories.root,
    OUTBOUND_ALLOW: github.origin,
    RECONCILE_SECONDS: '0',
    PUBLIC_URL: 'https://tl.example',
  };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

beforeEach(() => {
  installed = new FakeInstallation(repositories);
  ({ account } = installed);
  github.answer = ({ path, method }) => installed.answer(path, method);
});

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await github?.close();
  repositories?.remove();
});

/** A source with an App, as a person makes it. */
async function withApp(settings: object = {}): Promise<CreatedSource> {
  const wanted = { apiUrl: github.origin, cloneUrl: repositories.cloneUrl, ...settings };
  const { body: made } = await door.call<CreatedSource>('POST', '/api/v1/sources', {
    body: { kind: 'github', name: 'code', settings: wanted },
  });
  const { body: begun } = await door.call<BegunSourceApp>('POST', `/api/v1/sources/${made.id}/app`, { body: {} });
  const query = new URLSearchParams({ code: 'c0de', state: begun.page.split('/').at(-1)! }).toString();
  const path = `/api/v1/source-apps/made?${query}`;
  const authorization = door.authorization('GET', path, undefined, { asService: true });
  expect((await fetch(ingest.url + path, { redirect: 'manual', headers: { authorization } })).status).toBe(303);
  return made;
}

const connect = ({ id }: Source, more: object = {}) =>
  door.call('POST', `/api/v1/sources/${id}/connect`, { body: { organisation: account, ...more } });

async function say({ id }: Source, event: string, payload: object): Promise<{ status: number; body: WebhookReceipt }> {
  const whole = { installation: { id: installed.id, app_id: 12, account: { login: account } }, sender: { login: 'octo' }, ...payload };
  const body = Buffer.from(JSON.stringify(whole));
  const signature = `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`;
  const headers = { 'x-github-event': event, 'x-github-delivery': randomUUID(), 'x-hub-signature-256': signature };
  return door.call<WebhookReceipt>('POST', `/hooks/${id}`, { body, headers: { ...headers, 'content-type': 'application/json' } });
}

const listOf = (...names: string[]): object[] => names.map((name, id) => ({ id, name, full_name: `${account}/${name}` }));
const reach = async ({ id }: Source): Promise<SourceReach | undefined> =>
  (await door.call<Source>('GET', `/api/v1/sources/${id}`)).body.reach;

/** Name and rest of each repository of a source. */
async function watched({ id }: Source): Promise<Record<string, string>> {
  const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${id}&limit=200`);
  return Object.fromEntries(body.items.map(({ name, resting }) => [name.split('/')[1]!, resting ?? 'asked']));
}

const soon = (check: () => Promise<void>): Promise<void> => eventually(check, 20_000);

/** Names of repositories that reconciliation would look at. */
async function lookedFor({ id }: Source): Promise<string[]> {
  const database = ingest.get(Database);
  await database.rows(`insert into repository_head (repository_id, ref, commit, told_at)
    select id, 'refs/heads/x', repeat('a', 40), now() from repository on conflict do nothing`);
  await database.rows(`update repository set looked_at = '2020-01-01'`);
  await ingest.get(Reconciler).tick();
  const sql = `select full_name from repository where source_id = $1 and looked_at > '2020-01-01'`;
  return (await database.rows<{ full_name: string }>(sql, [id])).map(({ full_name }) => full_name.split('/')[1]!).sort();
}

async function tokenFor(name: string): Promise<string | undefined> {
  const body = { repository: `https://github.com/${account}/${name}`, purpose: 'status' };
  const notifier = new SignedCaller(ingest, platform, 'notifier');
  return (await notifier.call<{ authorization?: string }>('POST', '/internal/repositories/credential', { body })).body.authorization;
}

describe('an App that is given more', () => {
  it('has it connected where its organisation was, by the same words, silently', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source, { exclude: ['*/sandbox-*'] });
    installed.give('site', 'sandbox-1');

    const said = await say(source, 'installation_repositories', { action: 'added', repositories_added: listOf('site', 'sandbox-1') });

    expect(said).toMatchObject({ status: 202, body: { facts: 0 } });
    expect(said.body.ignored).toBeUndefined();
    await soon(async () => expect(await watched(source)).toEqual({ shop: 'asked', site: 'asked' }));
    await soon(async () =>
      expect((await reach(source))?.installations).toEqual([
        { installation: String(installed.id), account, state: 'active', given: 3, connected: true, since: expect.any(String) },
      ]),
    );
    await soon(async () => {
      const records = await broker.records(`${platform.prefix}throughline.change.v1`);
      const pushes = records.filter(({ key, headers }) => key === `github.com/${account}/site` && headers['ce_type']!.includes('pushed'));
      expect(pushes.map(({ value }) => JSON.parse(value) as object)).toEqual([expect.objectContaining({ first: true })]);
    });
  }, 60_000);

  it('brings nothing of an organisation that nobody connected, and says so', async () => {
    const source = await withApp();
    installed.give('shop');

    await say(source, 'installation', { action: 'created', repositories: listOf('shop') });

    await soon(async () => expect((await reach(source))?.installations).toMatchObject([{ state: 'active', given: 1, connected: false }]));
    expect(await watched(source)).toEqual({});
  }, 30_000);
});

describe('an App that lost something', () => {
  it('is not asked for it any more, by token or by comparison, and it is kept', async () => {
    const source = await withApp();
    installed.give('shop', 'site');
    await connect(source);
    installed.take('site');

    await say(source, 'installation_repositories', { action: 'removed', repositories_removed: listOf('site') });

    await soon(async () => expect(await watched(source)).toEqual({ shop: 'asked', site: 'not_given' }));
    expect(await reach(source)).toMatchObject({
      resting: 1,
      repositories: [{ repository: `github.com/${account}/site`, reason: 'not_given', detail: expect.stringContaining('the App') }],
    });
    expect(await lookedFor(source)).toEqual(['shop']);
    const before = github.requests.length;
    expect([await tokenFor('site'), github.requests.length]).toEqual([undefined, before]);
    expect(await tokenFor('shop')).toBe('Bearer ghs_1');
  }, 60_000);

  it('has it back when a late word comes after the newer one: what is so now counts', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source);

    await say(source, 'installation_repositories', { action: 'added', repositories_added: listOf('shop') });
    await say(source, 'installation_repositories', { action: 'removed', repositories_removed: listOf('shop') });

    await soon(async () => expect(await openLooks(source)).toBe(0));
    expect(await watched(source)).toEqual({ shop: 'asked' });
  }, 30_000);

  it.each([
    ['suspend', 'suspended', 'suspended'],
    ['deleted', 'removed', 'uninstalled'],
  ] as const)(
    'altogether (%s) asks for nothing until it is back',
    async (action, state, resting) => {
      const source = await withApp();
      installed.give('shop');
      await connect(source);
      installed.state = state;

      await say(source, 'installation', { action });

      await soon(async () => expect(await watched(source)).toEqual({ shop: resting }));
      expect(await reach(source)).toMatchObject({ installations: [{ state, given: 0 }], resting: 1, repositories: [{ reason: resting }] });
      expect([await lookedFor(source), await tokenFor('shop')]).toEqual([[], undefined]);
      installed.state = 'active';
      await say(source, 'installation', { action: action === 'suspend' ? 'unsuspend' : 'created' });
      await soon(async () => expect(await watched(source)).toEqual({ shop: 'asked' }));
    },
    60_000,
  );

  it('leaves it to a stored token', async () => {
    const source = await withApp({ token: 'pat' });
    installed.give('shop');
    await connect(source);
    installed.state = 'removed';

    await say(source, 'installation', { action: 'deleted' });

    await soon(async () => expect(await watched(source)).toEqual({ shop: 'uninstalled' }));
    expect([await lookedFor(source), await tokenFor('shop'), (await reach(source))?.resting]).toEqual([['shop'], 'Bearer pat', 0]);
  }, 30_000);

  it('starts anew when the source forgets it', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source);
    installed.state = 'removed';
    await say(source, 'installation', { action: 'deleted' });
    await soon(async () => expect(await watched(source)).toEqual({ shop: 'uninstalled' }));

    await door.call('DELETE', `/api/v1/sources/${source.id}/app`);

    expect([await watched(source), await reach(source)]).toEqual([{ shop: 'asked' }, undefined]);
  }, 30_000);
});

describe('a repository', () => {
  it('that is archived or deleted rests, and what is back is asked for again', async () => {
    const source = await withApp();
    installed.give('shop', 'site');
    await connect(source);
    const [shop] = installed.given;
    const repository = { id: 1, full_name: `${account}/shop`, owner: { login: account } };
    shop!.archived = true;
    installed.take('site');

    await say(source, 'repository', { action: 'deleted', repository: { ...repository, full_name: `${account}/site` } });

    await soon(async () => expect(await watched(source)).toEqual({ shop: 'archived', site: 'deleted' }));
    expect(await lookedFor(source)).toEqual([]);
    shop!.archived = false;
    installed.give('site');
    await say(source, 'repository', { action: 'unarchived', repository });
    await soon(async () => expect(await watched(source)).toEqual({ shop: 'asked', site: 'asked' }));
  }, 60_000);
});

describe('a repository with another name', () => {
  const commit = (of: string): string => of.repeat(40);

  const push = (source: Source, name: string, before: string, after: string) =>
    say(source, 'push', {
      ref: 'refs/heads/topic',
      before,
      after,
      repository: { id: 1, full_name: `${account}/${name}`, default_branch: 'trunk' },
      commits: [],
    });

  const renamed = (source: Source, from: string, to: string) =>
    say(source, 'repository', {
      action: 'renamed',
      changes: { repository: { name: { from } } },
      repository: { id: 1, name: to, full_name: `${account}/${to}`, owner: { login: account } },
    });

  async function pushesOf(name: string): Promise<string[]> {
    const records = await broker.records(`${platform.prefix}throughline.change.v1`);
    const pushes = records.filter(({ key, headers }) => key === `github.com/${account}/${name}` && headers['ce_type']!.includes('pushed'));
    return pushes
      .map(({ value }) => JSON.parse(value) as { ref: string; after: string })
      .flatMap(({ ref, after }) => (ref.endsWith('topic') ? after : []));
  }

  it('stays who it was: what is told under the new one is told of it, and it is asked for there', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source);
    const git = (...args: string[]): string => repositories.git(`${account}/store.git`, ...args);
    await push(source, 'shop', commit('0'), commit('b'));
    installed.rename('shop', 'store');

    await renamed(source, 'shop', 'store');

    await soon(async () => expect(await watched(source)).toEqual({ store: 'asked' }));
    const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`);
    expect(body.items).toMatchObject([
      { repository: `github.com/${account}/shop`, name: `${account}/store`, url: expect.stringMatching(/store\.git$/) },
    ]);
    git('branch', 'topic');
    const head = git('rev-parse', 'topic');
    await push(source, 'store', commit('b'), head);
    await soon(async () => expect(await pushesOf('shop')).toEqual([commit('b'), head]));
    const known = await push(source, 'store', head, commit('d'));
    expect(known.body).toMatchObject({ facts: 1 });
    await soon(async () => expect(await pushesOf('shop')).toEqual([commit('b'), head, commit('d')]));
    expect([await pushesOf('store'), Object.keys(await watched(source))]).toEqual([[], ['store']]);
    expect(await tokenFor('store')).toBe('Bearer ghs_1');
    expect((await door.call('DELETE', `/api/v1/repositories/${body.items[0]!.id}`)).status).toBe(204);
    await push(source, 'store', commit('d'), commit('e'));
    expect(await watched(source)).toEqual({});
    const { body: gone } = await push(source, 'store', commit('e'), commit('f'));
    expect(gone.ignored).toContain('was removed here');
  }, 60_000);

  it('is not doubled by a name that comes again, or goes back', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source);
    for (const [from, to] of [
      ['shop', 'store'],
      ['store', 'mall'],
      ['mall', 'shop'],
    ] as const) {
      installed.rename(from, to);
      await renamed(source, from, to);
      await renamed(source, from, to);
      await soon(async () => expect(await openLooks(source)).toBe(0));
      expect(await watched(source)).toEqual({ [to]: 'asked' });
    }

    const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`);

    expect(body.items).toMatchObject([{ repository: `github.com/${account}/shop` }]);
  }, 60_000);

  it('leaves its old name to another one, which is not taken for it', async () => {
    const source = await withApp();
    installed.give('shop');
    await connect(source);
    installed.rename('shop', 'store');
    await renamed(source, 'shop', 'store');
    await soon(async () => expect(await watched(source)).toEqual({ store: 'asked' }));
    installed.give('shop');

    await say(source, 'installation_repositories', { action: 'added', repositories_added: listOf('shop') });

    await soon(async () => expect(await openLooks(source)).toBe(0));
    const sql = 'select full_name, host_id from repository where source_id = $1';
    expect(await ingest.get(Database).rows(sql, [source.id])).toEqual([{ full_name: `${account}/store`, host_id: '1' }]);
  }, 60_000);
});

describe('what means nothing', () => {
  it.each([
    ['an unknown action', 'installation', { action: 'hugged' }],
    ['another App', 'installation', { action: 'created', installation: { id: 1, app_id: 99, account: { login: 'acme' } } }],
    ['a repository of no App', 'repository', { action: 'created', installation: undefined }],
  ])('is accepted and ignored: %s', async (_what, event, payload) => {
    const source = await withApp();

    const { status, body } = await say(source, event, payload);

    expect({ status, body }).toMatchObject({ status: 202, body: { facts: 0, ignored: expect.any(String) } });
    expect([await openLooks(source), await reach(source)]).toEqual([0, undefined]);
  });

  it('says why an App could not be asked, and goes on when it can', async () => {
    const source = await withApp();
    github.answer = ({ path, method }) =>
      path === `/app/installations/${installed.id}` ? { status: 403 } : installed.answer(path, method);
    await say(source, 'installation', { action: 'created' });
    await soon(async () => expect((await reach(source))?.installations).toMatchObject([{ fault: expect.stringContaining('403') }]));
    github.answer = ({ path, method }) => installed.answer(path, method);

    await say(source, 'installation', { action: 'new_permissions_accepted' });

    await soon(async () => expect((await reach(source))?.installations[0]).not.toHaveProperty('fault'));
  }, 30_000);
});

async function openLooks({ id }: Source): Promise<number> {
  const sql = `select 1 from work where kind = 'look-at-reach' and payload::json ->> 'source' = $1`;
  return (await ingest.get(Database).rows(sql, [id])).length;
}
