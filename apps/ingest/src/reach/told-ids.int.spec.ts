import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedSource, Page, RepositoryIdentity, Source, WatchedRepository, WebhookReceipt } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { FakeInstallation, FakeRepositories } from '../fixtures/fake-installation.ts';
import definition from '../service.ts';

const nothing = '0'.repeat(40);
let repositories: FakeRepositories;
let host: HttpReceiver;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;
/** What is there, by the names and ids that it has now. */
let there: FakeInstallation;
/** Whether the host answers about a repository by its id. */
let shows: boolean;

beforeAll(async () => {
  repositories = new FakeRepositories();
  host = await httpReceiver();
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  const own = { FILE_URL_ROOTS: repositories.root, OUTBOUND_ALLOW: host.origin, RECONCILE_SECONDS: '0' };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

beforeEach(() => {
  there = new FakeInstallation(repositories, 10);
  shows = true;
  host.answer = ({ path }) => ({ status: 200, ...answered(path) });
});

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await host?.close();
  repositories?.remove();
});

/** GitLab's API, as far as it is asked. */
function answered(path: string): { status?: number; body: string } {
  const listed = there.given.map(({ id, name }) => ({ id, path_with_namespace: `${there.account}/${name}`, archived: false }));
  if (path.startsWith(`/groups/${there.account}/projects`)) return { body: JSON.stringify(listed) };
  const one = shows ? listed.find(({ id }) => path === `/projects/${id}`) : undefined;
  return one ? { body: JSON.stringify(one) } : { status: 404, body: '{}' };
}

async function gitlab(): Promise<CreatedSource> {
  const settings = { baseUrl: 'https://gitlab.example', apiUrl: host.origin, cloneUrl: repositories.cloneUrl, token: 't0ken' };
  return (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitlab', name: 'code', settings } })).body;
}

async function say({ id, secret }: CreatedSource, event: string, payload: object): Promise<WebhookReceipt> {
  const headers = { 'x-gitlab-event': event, 'x-gitlab-event-uuid': randomUUID(), 'x-gitlab-token': secret };
  const answer = await door.call<WebhookReceipt>('POST', `/hooks/${id}`, {
    body: Buffer.from(JSON.stringify(payload)),
    headers: { ...headers, 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(202);
  return answer.body;
}

/** A branch with a commit of its own. */
function branch(name: string, named: string): string {
  const folder = `${there.account}/${name}.git`;
  repositories.git(folder, 'branch', named);
  return repositories.git(folder, 'rev-parse', named);
}

function push(source: CreatedSource, name: string, id: number, named: string): Promise<WebhookReceipt> {
  const project = { id, path_with_namespace: `${there.account}/${name}`, default_branch: 'trunk' };
  const told = { ref: `refs/heads/${named}`, before: nothing, after: branch(name, named), project, project_id: id, commits: [] };
  return say(source, 'Push Hook', told);
}

const rows = <T>(sql: string, params: readonly unknown[]): Promise<T[]> => ingest.get(Database).rows<T>(sql, [...params]);
const soon = (check: () => Promise<void>): Promise<void> => eventually(check, 20_000);

/** Canonical id, present name and id at the host of each repository of a source, without the group. */
async function known({ id }: Source): Promise<string[]> {
  const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${id}&limit=200`);
  const ids = await rows<{ id: string; host_id: string | null }>('select id, host_id from repository where source_id = $1', [id]);
  const last = (text: string): string => text.split('/').at(-1)!;
  return body.items
    .map((one) => `${last(one.repository)} ${last(one.name)} ${ids.find((row) => row.id === one.id)?.host_id ?? 'none'}`)
    .sort();
}

/** The branches of which pushes were told of a repository, by its canonical id. */
async function told(name: string): Promise<string[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  const own = records.filter(
    ({ key, headers }) => key === `gitlab.example/${there.account}/${name}` && headers['ce_type']!.includes('pushed'),
  );
  return own.map(({ value }) => (JSON.parse(value) as { ref: string }).ref.slice('refs/heads/'.length)).sort();
}

const asked = (): number => host.requests.filter(({ path }) => path.startsWith('/projects/')).length;

async function checked(): Promise<void> {
  await soon(async () => expect(await rows("select 1 from work where kind = 'check-push' and state <> 'dead'", [])).toEqual([]));
}

describe('a repository that its host never listed', () => {
  it('has the id that its first delivery told, and stays who it is under another name', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 11, 'first');
    expect(await known(source)).toEqual(['shop shop 11']);
    there.rename('shop', 'store');

    const receipt = await push(source, 'store', 11, 'second');

    expect(receipt).toMatchObject({ facts: 0, ignored: expect.stringContaining('renamed; the origin is asked') });
    await soon(async () => expect(await told('shop')).toEqual(['first', 'second']));
    expect(await known(source)).toEqual(['shop store 11']);
    expect(await told('store')).toEqual([]);
  }, 60_000);

  it('is followed by the word of a hook alone', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 11, 'first');
    there.rename('shop', 'store');

    const name = `${there.account}/store`;
    const receipt = await say(source, 'System Hook', { event_name: 'project_rename', project_id: 11, path_with_namespace: name });

    expect(receipt.ignored).toContain('its host is asked what the repository is called now');
    await soon(async () => expect(await known(source)).toEqual(['shop store 11']));
    await push(source, 'store', 11, 'second');
    await soon(async () => expect(await told('shop')).toEqual(['first', 'second']));
  }, 60_000);

  it('is not made known by the word about its name', async () => {
    const source = await gitlab();
    there.give('store');

    const name = `${there.account}/store`;
    await say(source, 'System Hook', { event_name: 'project_rename', project_id: 11, path_with_namespace: name });

    await checked();
    expect(await known(source)).toEqual([]);
  }, 60_000);

  it('is another one under another name where its host does not show it, and nothing waits for that', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 11, 'first');
    there.rename('shop', 'store');
    shows = false;

    await push(source, 'store', 11, 'second');
    await soon(async () => expect(await told('store')).toEqual(['second']));
    const before = asked();
    await push(source, 'store', 11, 'third');

    await soon(async () => expect(await told('store')).toEqual(['second', 'third']));
    expect([await known(source), asked()]).toEqual([['shop shop 11', 'store store none'], before]);
  }, 60_000);

  it('is not whoever comes to its name', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 11, 'first');

    const { facts, ignored } = await push(source, 'shop', 66, 'second');

    expect([facts, ignored]).toEqual([0, expect.stringContaining('is another repository at its host')]);
  }, 60_000);

  it('is who the host says, once it is listed, whatever a delivery said before', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 66, 'first');
    expect(await known(source)).toEqual(['shop shop 66']);

    await door.call('POST', `/api/v1/sources/${source.id}/connect`, { body: { organisation: there.account } });

    expect(await known(source)).toEqual(['shop shop 11']);
    expect(await push(source, 'shop', 11, 'second')).toMatchObject({ facts: 1 });
  }, 60_000);

  it('is certain to nobody else until its host said the id itself', async () => {
    const source = await gitlab();
    there.give('shop');
    await push(source, 'shop', 11, 'first');
    const shop = `gitlab.example/${there.account}/shop`;
    const gateway = new SignedCaller(ingest, platform, 'gateway');
    const identify = () =>
      gateway.call<RepositoryIdentity>('POST', '/internal/repositories/identify', {
        body: { repository: shop, hostId: '11' },
        asService: true,
      });

    const before = await identify();
    await door.call('POST', `/api/v1/sources/${source.id}/connect`, { body: { organisation: there.account } });

    expect(before.body).toEqual({ repository: shop, certain: false, names: [] });
    expect((await identify()).body).toEqual({ repository: shop, certain: true, names: [shop] });
  }, 60_000);
});

describe('an id that nothing proves', () => {
  const guid = '4bc14d40-c903-45e2-872e-0462c7748079';

  it.each([
    ['counts where its server says it, too', 'shop', guid],
    ['counts for nothing where its server says something else', 'other', null],
  ])(
    '%s',
    async (_what, name, expected) => {
      there.give('shop');
      const { account } = there;
      const settings = { baseUrl: 'https://dev.azure.com/acme', apiUrl: host.origin, cloneUrl: repositories.cloneUrl, token: 't0ken' };
      const body = { kind: 'azure-devops', name: 'code', scope: { repositories: [`${account}/*`] }, settings };
      const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body });
      const after = branch('shop', 'topic');
      host.answer = ({ path }) => ({
        status: 200,
        body: JSON.stringify(path.includes('/commits/') ? { commitId: after, push: {} } : { id: guid, name, project: { name: account } }),
      });

      const repository = { id: guid, name: 'shop', project: { name: account } };
      const update = { name: 'refs/heads/topic', oldObjectId: nothing, newObjectId: after };
      const payload = { id: randomUUID(), eventType: 'git.push', resource: { repository, refUpdates: [update], pushedBy: {} } };
      const headers = { 'x-webhook-token': source.secret, 'content-type': 'application/json' };
      await door.call('POST', `/hooks/${source.id}`, { body: Buffer.from(JSON.stringify(payload)), headers });

      const sql = 'select host_id from repository where source_id = $1';
      await soon(async () => expect(await rows(sql, [source.id])).toEqual([{ host_id: expected }]));
    },
    60_000,
  );
});
