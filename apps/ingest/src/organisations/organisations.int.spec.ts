import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedSource, OrganisationConnected, Page, WatchedRepository, WebhookReceipt } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from '../service.ts';

let root: string;
let commit: string;
let api: HttpReceiver;
let names: string[];
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'throughline-organisations-'));
  const git = (...args: string[]): string => execFileSync('git', ['-C', join(root, 'one'), ...args], { encoding: 'utf8' }).trim();
  execFileSync('git', ['init', '--quiet', '--initial-branch=trunk', join(root, 'one')]);
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=stock');
  commit = git('rev-parse', 'HEAD');
  api = await httpReceiver();
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  const own = { FILE_URL_ROOTS: root, OUTBOUND_ALLOW: api.origin, RECONCILE_SECONDS: '0' };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

/** The organisation of each test is its own. */
let organisation: string;

beforeEach(() => {
  organisation = `org-${randomUUID().slice(0, 8)}`;
  names = [];
  api.answer = ({ path }) => {
    const [, asked, page] = /^\/orgs\/([\w-]+)\/repos\?.*page=(\d+)$/.exec(path) ?? [];
    if (asked !== organisation) return { status: 404 };
    const listed = names.map((name) => ({ full_name: `${organisation}/${name}`, archived: name.startsWith('archived') }));
    return { status: 200, body: JSON.stringify(listed.slice((Number(page) - 1) * 50, Number(page) * 50)) };
  };
});

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await api?.close();
  rmSync(root, { recursive: true, force: true });
});

async function sourceOf(scope: object = {}): Promise<CreatedSource> {
  const settings = { apiUrl: api.origin, token: 't0ken', cloneUrl: `${pathToFileURL(root).href}/{fullName}.git` };
  return (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'github', name: 'code', scope, settings } })).body;
}

/** Repositories of the organisation that can be cloned. */
function hosted(...wanted: string[]): void {
  names.push(...wanted);
  for (const name of wanted) cpSync(join(root, 'one'), join(root, organisation, `${name}.git`), { recursive: true });
}

const connect = (source: CreatedSource, more: object = {}, query = '') =>
  door.call<OrganisationConnected & { detail: string }>('POST', `/api/v1/sources/${source.id}/connect${query}`, {
    body: { organisation, ...more },
  });

async function known(source: CreatedSource): Promise<string[]> {
  const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}&limit=200`);
  return body.items.map(({ name }) => name.split('/')[1]!).sort();
}

/** What was told of the organisation: the name of the repository, the kind of fact, and what it says. */
async function told(): Promise<{ name: string; type: string; said: Record<string, unknown> }[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records
    .filter(({ key }) => key.startsWith(`github.com/${organisation}/`))
    .map(({ key, value, headers }) => ({
      name: key.split('/').at(-1)!,
      type: headers['ce_type']!.split('.').slice(2, -1).join('.'),
      said: JSON.parse(value) as Record<string, unknown>,
    }));
}

describe('a connected organisation', () => {
  it('brings all its repositories by one call, each looked at once and last', async () => {
    const source = await sourceOf();
    hosted(...Array.from({ length: 60 }, (_, index) => `r${index}`));

    const { status, body } = await connect(source);

    expect({ status, body }).toEqual({ status: 200, body: { found: 60, connected: 60, known: 0, leftOut: [] } });
    expect(await known(source)).toHaveLength(60);
    await eventually(async () => expect((await told()).filter(({ type }) => type === 'change.pushed')).toHaveLength(60), 60_000);
    expect((await told()).find(({ type }) => type === 'change.pushed')!.said).toMatchObject({
      first: true,
      ref: 'refs/heads/trunk',
      after: commit,
      defaultBranch: 'trunk',
      source: source.id,
    });
  }, 90_000);

  it('leaves out what is not wanted, at rest, or out of scope, and says so', async () => {
    const source = await sourceOf({ repositories: [`${organisation}/s*`] });
    hosted('shop', 'site', 'secret', 'sale', 'tools');

    const { body } = await connect(source, { include: [`${organisation}/*`], exclude: ['*/secret'] });

    expect(body).toMatchObject({ found: 5, connected: 3 });
    expect(body.leftOut).toEqual([
      { name: `${organisation}/secret`, reason: 'excluded' },
      { name: `${organisation}/tools`, reason: 'out_of_scope' },
    ]);
  });

  it('says what it would bring, and brings nothing', async () => {
    const source = await sourceOf();
    hosted('shop');
    names.push('archived-one');

    const { body } = await connect(source, {}, '?dryRun=true');

    expect(body).toEqual({ found: 2, connected: 1, known: 0, leftOut: [{ name: `${organisation}/archived-one`, reason: 'archived' }] });
    expect(await known(source)).toEqual([]);
  });

  it('said again brings what came since, and not what a person removed', async () => {
    const source = await sourceOf();
    hosted('shop', 'gone');
    await connect(source);
    const { body } = await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`);
    const gone = body.items.find(({ name }) => name.endsWith('/gone'))!;
    expect((await door.call('DELETE', `/api/v1/repositories/${gone.id}`)).status).toBe(204);
    hosted('later');

    const again = await connect(source);

    expect(again.body).toEqual({ found: 3, connected: 1, known: 1, leftOut: [{ name: `${organisation}/gone`, reason: 'removed_here' }] });
    expect(await known(source)).toEqual(['later', 'shop']);
  });

  it('takes a push that follows on what was seen', async () => {
    const source = await sourceOf();
    hosted('shop');
    await connect(source);
    await eventually(async () => expect((await told()).filter(({ type }) => type === 'change.pushed')).toHaveLength(1), 20_000);
    const push = {
      ref: 'refs/heads/trunk',
      before: commit,
      after: 'b'.repeat(40),
      repository: { full_name: `${organisation}/shop` },
      commits: [],
    };
    const body = Buffer.from(JSON.stringify(push));
    const signature = createHmac('sha256', source.secret).update(body).digest('hex');
    const headers = { 'x-github-event': 'push', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${signature}` };

    const answer = await door.call<WebhookReceipt>('POST', `/hooks/${source.id}`, {
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });

    expect(answer.body).toMatchObject({ facts: 1 });
  }, 40_000);

  it('that is not there, or of a source that may not be seen, is refused', async () => {
    const source = await sourceOf();
    const team = { user: { rights: ['sources:write'], applications: ['shop'] } };

    const unknown = await connect(source, { organisation: 'nobody' });
    const unseen = await door.call('POST', `/api/v1/sources/${source.id}/connect`, { ...team, body: { organisation } });

    expect([unknown.status, unseen.status]).toEqual([422, 404]);
    expect(unknown.body.detail).toContain('there is no');
  });
});
