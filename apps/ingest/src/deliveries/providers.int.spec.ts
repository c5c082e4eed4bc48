import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, Page, WatchedRepository, WebhookDeliveryDetail, WebhookReceipt } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from '../service.ts';

/** A request as its provider would send it. */
interface Told {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How one provider says things. */
interface Kind {
  readonly kind: string;
  readonly settings: (api: string) => object;
  /** Canonical id of `acme/<name>`. */
  readonly idOf: (name: string) => string;
  readonly push: (name: string, before: string | undefined, after: string) => object;
  readonly signed: (body: Buffer, secret: string, event: string) => Record<string, string>;
  readonly pushEvent: string;
}

const hmac = (body: Buffer, secret: string): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const none = '0'.repeat(40);

const cloud: Kind = {
  kind: 'bitbucket',
  settings: (api) => ({ baseUrl: 'https://bitbucket.org', apiUrl: `${api}/2.0`, token: 't0ken' }),
  idOf: (name) => `bitbucket.org/acme/${name}`,
  push: (name, before, after) => {
    const at = (hash: string): object => ({ type: 'branch', name: 'main', target: { hash } });
    const change = { old: before === undefined ? null : at(before), new: at(after), forced: false, commits: [] };
    return { actor: { nickname: 'ada' }, repository: { full_name: `acme/${name}` }, push: { changes: [change] } };
  },
  signed: (body, secret, event) => ({ 'x-event-key': event, 'x-request-uuid': randomUUID(), 'x-hub-signature': hmac(body, secret) }),
  pushEvent: 'repo:push',
};

const dataCenter: Kind = {
  kind: 'bitbucket',
  settings: () => ({ baseUrl: 'https://code.example' }),
  idOf: (name) => `code.example/scm/acme/${name}`,
  push: (name, before, after) => ({
    actor: { name: 'ada' },
    repository: { slug: name, project: { key: 'acme' } },
    changes: [{ refId: 'refs/heads/main', fromHash: before ?? none, toHash: after, type: before === undefined ? 'ADD' : 'UPDATE' }],
  }),
  signed: (body, secret, event) => ({ 'x-event-key': event, 'x-request-id': randomUUID(), 'x-hub-signature': hmac(body, secret) }),
  pushEvent: 'repo:refs_changed',
};

const azure: Kind = {
  kind: 'azure-devops',
  settings: (api) => ({ baseUrl: 'https://dev.azure.com/contoso', apiUrl: `${api}/contoso`, token: 't0ken' }),
  idOf: (name) => `dev.azure.com/contoso/acme/_git/${name}`,
  push: (name, before, after) => ({
    id: after,
    subscriptionId: 'b1',
    eventType: 'git.push',
    resource: {
      refUpdates: [{ name: 'refs/heads/main', oldObjectId: before ?? none, newObjectId: after }],
      repository: { name, project: { name: 'acme' }, remoteUrl: `https://contoso@dev.azure.com/contoso/acme/_git/${name}` },
    },
  }),
  // What the gateway makes of `Authorization`, which between services is ours.
  signed: (_body, secret) => ({ 'x-throughline-authorization': `Basic ${Buffer.from(`hook:${secret}`).toString('base64')}` }),
  pushEvent: 'git.push',
};

let root: string;
let api: HttpReceiver;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'throughline-providers-'));
  api = await httpReceiver();
  api.answer = ({ path }) => serverAnswer(path);
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  const own = { FILE_URL_ROOTS: root, RECONCILE_SECONDS: '0', OUTBOUND_ALLOW: api.origin };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await api?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Makes a commit on the branch `main` of a repository at the origin. */
function commit(name: string): string {
  const folder = join(root, 'acme', `${name}.git`);
  if (!existsSync(folder)) execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', `--message=${randomUUID()}`);
  return git('rev-parse', 'HEAD');
}

/** What the server of a provider says of a commit of a repository that is here: by its whole id, and by the beginning of it. */
function serverAnswer(path: string): { status: number; body?: string } {
  const [, name, asked] = /\/([\w-]+)\/commits?\/([0-9a-f]{7,40})/.exec(path) ?? [];
  const folder = join(root, 'acme', `${name}.git`);
  if (asked === undefined || !existsSync(folder)) return { status: 404 };
  try {
    const found = execFileSync('git', ['-C', folder, 'rev-parse', '--verify', '--quiet', `${asked}^{commit}`], { encoding: 'utf8' }).trim();
    return { status: 200, body: JSON.stringify({ hash: found, commitId: found, push: { pushedBy: { uniqueName: 'ada' } } }) };
  } catch {
    return { status: 404 };
  }
}

async function sourceOf(kind: Kind): Promise<CreatedSource> {
  const settings = { ...kind.settings(api.origin), cloneUrl: `${pathToFileURL(root).href}/{fullName}.git` };
  const body = { kind: kind.kind, name: 'code', scope: { repositories: ['acme/*'] }, settings };
  const answer = await door.call<CreatedSource>('POST', '/api/v1/sources', { body });
  expect(answer.status).toBe(201);
  return answer.body;
}

function told(kind: Kind, payload: object, secret: string, event = kind.pushEvent): Told {
  const body = Buffer.from(JSON.stringify(payload));
  return { body, headers: { 'content-type': 'application/json', ...kind.signed(body, secret, event) } };
}

const post = (source: CreatedSource, sent: Told) => door.call<WebhookReceipt & { code?: string }>('POST', `/hooks/${source.id}`, sent);

async function delivery(id: string): Promise<WebhookDeliveryDetail> {
  return (await door.call<WebhookDeliveryDetail>('GET', `/api/v1/deliveries/${id}`)).body;
}

/** The facts about a repository that left: types and what they say. */
async function published(repository: string): Promise<{ type: string; said: Record<string, unknown> }[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records
    .filter(({ key }) => key === repository)
    .map(({ value, headers }) => ({
      type: headers['ce_type']!.replace(/^dev\.throughline\.(.*)\.v1$/, '$1'),
      said: JSON.parse(value) as Record<string, unknown>,
    }));
}

describe.each([
  ['Bitbucket Cloud', cloud],
  ['Bitbucket Data Center', dataCenter],
  ['Azure DevOps', azure],
])('%s', (title, kind) => {
  const named = (what: string): string => `${title.toLowerCase().replaceAll(' ', '-')}-${what}`;

  it('tells a push over a real repository, which becomes a fact', async () => {
    const source = await sourceOf(kind);
    const name = named('push');
    const [first, second] = [commit(name), commit(name)];

    const answer = await post(source, told(kind, kind.push(name, first, second), source.secret));

    expect(answer).toMatchObject({ status: 202, body: { deliveryId: expect.any(String) } });
    await eventually(async () => {
      expect((await published(kind.idOf(name))).map(({ type }) => type)).toEqual(['repository.changed', 'change.pushed']);
    }, 20_000);
    expect((await published(kind.idOf(name)))[1]!.said).toMatchObject({
      before: first,
      after: second,
      pusher: 'ada',
      defaultBranch: 'main',
    });
    expect(await delivery(answer.body.deliveryId)).toMatchObject({ status: 'accepted', facts: [{ type: 'change.pushed' }] });
    expect(JSON.stringify(await delivery(answer.body.deliveryId))).not.toMatch(/signature|authorization/i);
  }, 60_000);

  it('tells the same a hundred times at once: one delivery, one fact', async () => {
    const source = await sourceOf(kind);
    const name = named('hundred');
    const sent = told(kind, kind.push(name, undefined, commit(name)), source.secret);

    const answers = await Promise.all(Array.from({ length: 100 }, () => post(source, sent)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.deliveryId)).size).toBe(1);
    await eventually(async () => expect(await published(kind.idOf(name))).toHaveLength(2), 20_000);
    const again = await post(source, told(kind, kind.push(name, undefined, headOf(name)), source.secret));
    expect(again.body.deliveryId).toBe(answers[0]!.body.deliveryId);
    expect(await published(kind.idOf(name))).toHaveLength(2);
  }, 60_000);

  it('is not believed without proof, with a wrong one, or as another provider, and nothing comes of it', async () => {
    const source = await sourceOf(kind);
    const name = named('forged');
    const payload = kind.push(name, undefined, commit(name));
    const sound = told(kind, payload, source.secret);
    const { 'content-type': type } = sound.headers;
    const github = { 'x-github-event': 'push', 'x-github-delivery': 'd', 'x-hub-signature-256': hmac(sound.body, source.secret) };
    const refused: Told[] = [
      { ...sound, headers: { 'content-type': type! } },
      told(kind, payload, 'another secret'),
      { ...sound, headers: { 'content-type': type!, ...github } },
    ];

    const statuses = [];
    for (const sent of refused) statuses.push((await post(source, sent)).status);
    const foreign = await post(source, told(kind, { ref: 'refs/heads/main', repository: {} }, source.secret, kind.pushEvent));

    expect(statuses).toEqual([401, 401, 401]);
    expect(foreign.status).toBe(422);
    const known = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`);
    expect([known.body.items, await published(kind.idOf(name))]).toEqual([[], []]);
  }, 60_000);
});

function headOf(name: string): string {
  return execFileSync('git', ['-C', join(root, 'acme', `${name}.git`), 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
}

it('a pull request of Bitbucket Cloud gets its commits in full from the server', async () => {
  const source = await sourceOf(cloud);
  const [base, head] = [commit('request'), commit('request')];
  const at = (name: string, hash: string): object => ({
    branch: { name },
    commit: { hash: hash.slice(0, 12) },
    repository: { full_name: 'acme/request' },
  });
  const pullrequest = { id: 7, title: 'x', author: { nickname: 'ada' }, source: at('topic', head), destination: at('main', base) };
  const payload = { repository: { full_name: 'acme/request' }, pullrequest };

  const answer = await post(source, told(cloud, payload, source.secret, 'pullrequest:created'));

  expect(answer.body).toMatchObject({ facts: 0, ignored: expect.stringContaining('checking') });
  await eventually(async () => {
    const [, proposed] = await published(cloud.idOf('request'));
    expect(proposed).toMatchObject({ type: 'change.proposed', said: { head, base, defaultBranch: 'main', number: 7 } });
  }, 20_000);
}, 60_000);

describe('a hook that nothing signs', () => {
  it.each([
    ['of a commit that the server does not know', () => 'f'.repeat(40)],
    ['of a commit that its branch has left behind', (former: string) => former],
  ])(
    'makes nothing known %s',
    async (_what, after) => {
      const source = await sourceOf(azure);
      const former = commit('looked');
      commit('looked');

      const answer = await post(source, told(azure, azure.push('looked', undefined, after(former)), source.secret));

      await eventually(async () => expect(await delivery(answer.body.deliveryId)).toMatchObject({ status: 'stale', facts: [] }), 20_000);
      expect(await published(azure.idOf('looked'))).toEqual([]);
    },
    60_000,
  );

  it('says why it could not be looked at', async () => {
    const source = await sourceOf(azure);
    const after = commit('shut');
    api.answer = ({ path }) => (path.includes('/shut/') ? { status: 401 } : serverAnswer(path));

    const answer = await post(source, told(azure, azure.push('shut', undefined, after), source.secret));

    await eventually(async () => expect(await delivery(answer.body.deliveryId)).toMatchObject({ status: 'refused' }), 20_000);
    expect((await delivery(answer.body.deliveryId)).reason).toMatch(/did not let us look: GET .* answered 401/);
    api.answer = ({ path }) => serverAnswer(path);
  }, 60_000);

  it.each([[undefined], [{ repositories: [] }], [{ repositories: ['**'] }], [{ repositories: ['acme/*', '*/*'] }]])(
    'has no source with the scope %j',
    async (scope) => {
      const answer = await door.call('POST', '/api/v1/sources', { body: { kind: 'azure-devops', name: 'x', ...(scope && { scope }) } });

      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/scope/repositories' }] } });
    },
  );
});

it('a token without an address is for the public Bitbucket', async () => {
  const answer = await door.call<CreatedSource>('POST', '/api/v1/sources', {
    body: { kind: 'bitbucket', name: 'x', settings: { token: 't' } },
  });

  expect(answer.body.settings).toEqual({ baseUrl: 'https://bitbucket.org', token: true });
});
