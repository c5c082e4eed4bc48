import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApplicationChanged,
  encodeHeaders,
  encodeValue,
  envelopeFor,
  make,
  type CreatedSource,
  type Page,
  type RepositoryCredential,
  type StartedScan,
  type WatchedRepository,
} from '@throughline/contracts';
import { Database, rows, runService, type RunningService } from '@throughline/service';
import {
  Broker,
  eventually,
  httpReceiver,
  infra,
  SignedCaller,
  type HttpReceiver,
  type Platform,
  type SignedAnswer,
} from '@throughline/testing';
import definition from '../service.ts';

let root: string;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;
let head: string;
/** The one who knows how much risk applications take, and what it says of a move. */
let policies: HttpReceiver;
let weakens: string[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'throughline-repositories-'));
  head = repositoryIn(join(root, 'shop'));
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway', 'scanner-orchestrator', 'notifier', 'remediation'], { topics: ['change', 'policy'] });
  policies = await httpReceiver();
  policies.answer = () => ({ status: 200, body: JSON.stringify({ weakens }), headers: { 'content-type': 'application/json' } });
  ingest = await runService(definition, { ...platform.environment('ingest'), FILE_URL_ROOTS: root, POLICY_ENGINE_URL: policies.origin });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await policies?.close();
  await platform?.remove();
  rmSync(root, { recursive: true, force: true });
});

function repositoryIn(folder: string): string {
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
  execFileSync('git', ['init', '--quiet', '--initial-branch=trunk', folder]);
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=first');
  git('branch', 'topic');
  return git('rev-parse', 'HEAD');
}

const register = (body: object, user?: object): Promise<SignedAnswer<WatchedRepository>> =>
  door.call<WatchedRepository>('POST', '/api/v1/repositories', { body, ...(user ? { user } : {}) });
const address = (name: string): string => pathToFileURL(join(root, name)).href;

async function factsOf(repository: string): Promise<Record<string, unknown>[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records.filter(({ key }) => key === repository).map(({ value }) => JSON.parse(value) as Record<string, unknown>);
}

describe('a repository', () => {
  it('is registered once, whatever the spelling of its address', async () => {
    const first = await register({ url: 'https://git.example/Acme/Once.git', name: 'Once' });
    const again = await register({ url: 'git@git.example:acme/once.git' });
    const found = await door.call<Page<WatchedRepository>>(
      'GET',
      `/api/v1/repositories?repository=${encodeURIComponent('ssh://git@git.example/ACME/once')}`,
    );

    expect(first).toMatchObject({ status: 201, body: { repository: 'git.example/acme/once', name: 'Once', application: 'unassigned' } });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, name: 'Once' } });
    expect(found.body.items.map(({ id }) => id)).toEqual([first.body.id]);
    await eventually(async () => expect(await factsOf('git.example/acme/once')).toMatchObject([{ action: 'registered' }]));
  });

  it.each([
    ['with a password in its address', 'https://user:pw@git.example/acme/shop.git'],
    ['outside of the allowed folders', 'file:///etc'],
    ['on a host by file', 'file://host/srv/shop.git'],
    ['of another scheme', 'ext::sh -c touch% /tmp/x'],
    ['that only ssh can fetch', 'git@git.example:acme/ssh.git'],
    ['that is an option', '--upload-pack=touch /tmp/x'],
    ['that is nothing', 'shop'],
  ])('%s is refused', async (_what, url) => {
    expect((await register({ url })).status).toBe(422);
  });

  it('is not looked for by what is no address', async () => {
    const found = await door.call('GET', '/api/v1/repositories?repository=shop');

    expect(found).toMatchObject({ status: 400, body: { errors: [{ pointer: '/repository' }] } });
  });

  it('that is removed and comes back goes on with a higher revision', async () => {
    const url = 'https://git.example/acme/back.git';
    const { body } = await register({ url });
    await door.call('DELETE', `/api/v1/repositories/${body.id}`);
    await register({ url });

    await eventually(async () => {
      const records = (await broker.records(`${platform.prefix}throughline.change.v1`)).filter(
        ({ key }) => key === 'git.example/acme/back',
      );
      const types = records.map(({ headers }) => headers['ce_type']!.split('.').slice(-3, -1).join('.'));
      expect(types).toEqual(['repository.changed', 'repository.removed', 'repository.changed']);
      const revisions = records.map(({ headers }) => Number(headers['ce_sequence']));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(revisions).size).toBe(3);
    });
  });

  it('of another team looks like none', async () => {
    const { body } = await register({ url: 'https://git.example/acme/team.git', application: 'shop' });
    const other = { user: { rights: ['repositories:read', 'repositories:write', 'scans:write'], applications: ['blog'] } };

    expect((await door.call('GET', `/api/v1/repositories/${body.id}`, other)).status).toBe(404);
    expect((await door.call('POST', `/api/v1/repositories/${body.id}/scan`, { ...other, body: {} })).status).toBe(404);
    expect((await door.call<Page<unknown>>('GET', '/api/v1/repositories', other)).body.items).toEqual([]);
    expect((await register({ url: 'https://git.example/acme/team.git', application: 'blog' }, other.user)).status).toBe(403);
  });
});

describe('a scan asked for by hand', () => {
  it('is a push of the head of the default branch', async () => {
    const { body } = await register({ url: address('shop') });

    const scan = await door.call<StartedScan>('POST', `/api/v1/repositories/${body.id}/scan`, { body: {} });

    expect(scan).toMatchObject({
      status: 202,
      body: { status: 'queued', ref: 'refs/heads/trunk', commit: head, repository: body.repository },
    });
    await eventually(async () =>
      expect(await factsOf(body.repository)).toContainEqual(
        expect.objectContaining({ after: head, ref: 'refs/heads/trunk', defaultBranch: 'trunk', rescan: true, pusher: 'admin' }),
      ),
    );
    expect((await door.call('GET', `/api/v1/repositories/${body.id}`)).body).toMatchObject({
      refs: [{ ref: 'refs/heads/trunk', commit: head }],
    });
  });

  it('takes a branch by name and refuses one that is not there', async () => {
    const { body } = await register({ url: address('shop') });
    const scan = (wanted: object): Promise<SignedAnswer<StartedScan>> =>
      door.call('POST', `/api/v1/repositories/${body.id}/scan`, { body: wanted });

    expect(await scan({ ref: 'topic' })).toMatchObject({ status: 202, body: { ref: 'refs/heads/topic', commit: head } });
    expect((await scan({ ref: 'gone' })).status).toBe(422);
    expect((await scan({ ref: '--upload-pack=x' })).status).toBe(422);
    expect((await scan({ commit: 'HEAD' })).status).toBe(422);
  });

  it('of a repository that does not answer says so', async () => {
    const { body } = await register({ url: 'http://127.0.0.1:9/acme/away.git' });

    const scan = await door.call('POST', `/api/v1/repositories/${body.id}/scan`, { body: {} });

    expect(scan).toMatchObject({ status: 422, body: { code: 'repository_unreachable' } });
  });
});

describe('the applications of repositories', () => {
  async function say(name: string, repositories: string[], sequence: number): Promise<void> {
    const fact = make(ApplicationChanged, {
      name, team: 'red', tier: 'tier-1', dataClass: 'public', exposure: 'internet', repositories, images: [], owners: [],
    }); // prettier-ignore
    const value = encodeValue(fact);
    const envelope = envelopeFor({ fact, deliveryKey: `${name}/${sequence}`, sequence }, value);
    await broker.send(`${platform.prefix}throughline.policy.v1`, { key: name, value, headers: encodeHeaders(envelope) });
  }

  it('follow the lists of the applications, also for those that come later', async () => {
    const early = await register({ url: 'https://git.example/acme/early.git' });
    await say('shop', ['git.example/acme/early', 'https://git.example/acme/late.git'], 1);
    const read = async (id: string): Promise<string> =>
      (await door.call<WatchedRepository>('GET', `/api/v1/repositories/${id}`)).body.application;

    await eventually(async () => expect(await read(early.body.id)).toBe('shop'), 30_000);
    const late = await register({ url: 'https://git.example/acme/late.git' });
    await say('shop', ['https://git.example/acme/late.git'], 2);

    expect(late.body.application).toBe('shop');
    await eventually(async () => expect(await read(early.body.id)).toBe('unassigned'), 30_000);
    expect(await read(late.body.id)).toBe('shop');
  }, 90_000);

  it('are not changed alone to one that takes more risk', async () => {
    const url = 'https://git.example/acme/moving.git';
    await register({ url, application: 'payments' });
    weakens = ['tier tier-1 → tier-3'];
    const weaker = await register({ url, application: 'sandbox' });
    weakens = [];
    const alike = await register({ url, application: 'billing' });

    expect(weaker).toMatchObject({ status: 409, body: { code: 'second_person_required' } });
    expect(policies.requests.at(-1)!.path).toContain('from=payments&to=billing');
    expect(alike).toMatchObject({ status: 200, body: { application: 'billing' } });
  });

  it('are not changed alone by taking a repository away and registering it anew', async () => {
    const url = 'https://git.example/acme/returning.git';
    const { body } = await register({ url, application: 'payments' });
    await door.call('DELETE', `/api/v1/repositories/${body.id}`);
    weakens = ['tier tier-1 → tier-3'];
    const weaker = await register({ url, application: 'sandbox' });
    const unassigned = await register({ url });
    const stranger = await register({ url, application: 'sandbox' }, { rights: ['repositories:write'], applications: ['sandbox'] });
    const same = await register({ url, application: 'payments' });
    weakens = [];

    expect([weaker, unassigned, stranger].map((answer) => [answer.status, (answer.body as unknown as { code: string }).code])).toEqual(
      Array.from({ length: 3 }, () => [409, 'second_person_required']),
    );
    expect(JSON.stringify(stranger.body)).not.toContain('payments');
    expect(same).toMatchObject({ status: 201, body: { application: 'payments' } });
  });

  it('are kept when another source brings back what was taken away', async () => {
    const url = 'https://back.example/acme/brought.git';
    const { body } = await register({ url, application: 'payments' });
    await door.call('DELETE', `/api/v1/repositories/${body.id}`);
    const settings = { baseUrl: 'https://back.example', token: 'tok' };
    const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'back', settings } });
    const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
    await signedPush(source, { ref: 'refs/heads/main', before, after, repository: { full_name: 'acme/brought' }, commits: [] });
    const { body: brought } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`);
    weakens = ['tier tier-1 → tier-3'];
    const weaker = await register({ url, application: 'sandbox' });
    weakens = [];

    expect(brought.items).toMatchObject([{ application: 'payments' }]);
    expect(weaker).toMatchObject({ status: 409, body: { code: 'second_person_required' } });
  });

  it('are those of the list also for one that is registered for another application', async () => {
    await say('listing', ['https://git.example/acme/spoken-for.git'], 1);
    const url = 'https://git.example/acme/spoken-for.git';
    await eventually(async () => {
      const listed = await ingest.get(Database).rows("select 1 from application_repository where application = 'listing'");
      expect(listed).toHaveLength(1);
    }, 30_000);

    expect(await register({ url, application: 'other' })).toMatchObject({ status: 409, body: { code: 'taken' } });
    expect(await register({ url })).toMatchObject({ status: 201, body: { application: 'listing' } });
  });

  it('are not changed away from a list, not even while it is made', async () => {
    const url = 'https://git.example/acme/staying.git';
    await register({ url, application: 'payments' });
    const database = ingest.get(Database);
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

    const { moving } = await database.transaction(async (tx) => {
      await rows(tx, `update repository set listed = true where repository = 'git.example/acme/staying'`);
      const asked = register({ url, application: 'billing' });
      await eventually(async () => expect(await database.rows(waiting)).toHaveLength(1));
      return { moving: asked };
    });

    expect(await moving).toMatchObject({ status: 409, body: { code: 'taken' } });
    expect(await register({ url, application: 'billing' })).toMatchObject({ status: 409, body: { code: 'taken' } });
    expect(await register({ url, name: 'Staying' })).toMatchObject({ status: 200, body: { name: 'Staying', application: 'payments' } });
  });
});

describe('the credential of a repository', () => {
  const ask = (caller: 'scanner-orchestrator' | 'notifier' | 'remediation', body: object): Promise<SignedAnswer<RepositoryCredential>> =>
    new SignedCaller(ingest, platform, caller).call<RepositoryCredential>('POST', '/internal/repositories/credential', { body });

  it('is handed out for what its caller needs, and for nothing else', async () => {
    const settings = { baseUrl: 'https://code.example', token: 'tok' };
    const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'code', settings } });
    const push = {
      ref: 'refs/heads/main',
      before: 'a'.repeat(40),
      after: 'b'.repeat(40),
      repository: { full_name: 'acme/opened' },
      commits: [],
    };
    await signedPush(source, push);

    const clone = await ask('scanner-orchestrator', { repository: 'code.example/acme/opened', purpose: 'clone' });
    const status = await ask('notifier', { repository: 'https://code.example/acme/opened.git', purpose: 'status' });

    expect(clone.body).toEqual({
      provider: 'gitea',
      cloneUrl: 'https://code.example/acme/opened.git',
      authorization: `Basic ${Buffer.from('throughline:tok').toString('base64')}`,
    });
    expect(status.body).toEqual({
      provider: 'gitea',
      cloneUrl: 'https://code.example/acme/opened.git',
      apiUrl: 'https://code.example/api/v1',
      fullName: 'acme/opened',
      authorization: 'token tok',
    });
    expect((await ask('notifier', { repository: 'code.example/acme/opened', purpose: 'clone' })).status).toBe(403);
    expect(
      (await door.call('POST', '/internal/repositories/credential', { body: { repository: 'code.example/acme/opened', purpose: 'clone' } }))
        .status,
    ).toBe(403);
  });

  it('opens a repository for writing only branches of ours, by a credential of its own, for some minutes', async () => {
    const settings = { baseUrl: 'https://written.example', token: 'tok' };
    const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'w', settings } });
    const [before, after] = ['a'.repeat(40), 'b'.repeat(40)];
    await signedPush(source, { ref: 'refs/heads/main', before, after, repository: { full_name: 'acme/opened' }, commits: [] });
    const wanted = { repository: 'written.example/acme/opened', purpose: 'write', branch: 'throughline/lodash-4.17.21-0a1b2c3d' };

    expect(await ask('remediation', wanted)).toMatchObject({ status: 409, body: { code: 'not_writable' } });
    await door.call('PATCH', `/api/v1/sources/${source.id}`, { body: { settings: { writeToken: 'wtok' } } });
    const { body } = await ask('remediation', wanted);

    expect(body).toMatchObject({
      cloneUrl: 'https://written.example/acme/opened.git',
      apiUrl: 'https://written.example/api/v1',
      fullName: 'acme/opened',
      authorization: `Basic ${Buffer.from('throughline:wtok').toString('base64')}`,
      apiAuthorization: 'token wtok',
    });
    const leftMs = Date.parse(body.expiresAt!) - Date.now();
    expect(leftMs).toBeGreaterThan(60_000);
    expect(leftMs).toBeLessThanOrEqual(600_000);
    for (const branch of ['main', 'throughline/../main', undefined])
      expect((await ask('remediation', { ...wanted, branch })).status).toBe(403);
    expect((await ask('notifier', wanted)).status).toBe(403);
    const shown = await door.call('GET', `/api/v1/sources/${source.id}`);
    expect(shown.body).toMatchObject({ settings: { token: true, writeToken: true } });
    expect(JSON.stringify(shown.body)).not.toContain('wtok');
  });

  it('is none for a folder and for a repository without a source', async () => {
    await register({ url: address('shop') });
    await register({ url: 'https://git.example/acme/plain.git' });

    expect((await ask('scanner-orchestrator', { repository: address('shop'), purpose: 'clone' })).body).toEqual({
      provider: 'none',
      cloneUrl: address('shop'),
      fileRoot: true,
    });
    expect((await ask('scanner-orchestrator', { repository: 'git.example/acme/plain', purpose: 'clone' })).body).toEqual({
      provider: 'none',
      cloneUrl: 'https://git.example/acme/plain.git',
    });
    expect((await ask('scanner-orchestrator', { repository: 'git.example/acme/unknown', purpose: 'clone' })).status).toBe(404);
  });
});

async function signedPush(source: CreatedSource, payload: object): Promise<void> {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', source.secret).update(body).digest('hex');
  const headers = {
    'x-gitea-event': 'push',
    'x-gitea-delivery': 'd',
    'x-gitea-signature': signature,
    'content-type': 'application/json',
  };
  expect((await door.call('POST', `/hooks/${source.id}`, { body, headers })).status).toBe(202);
}
