import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BegunSourceApp, CreatedSource, RepositoryCredential, Source } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import { jwtVerify } from 'jose';
import definition from '../service.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const webhookSecret = 'a secret of the App';

let github: HttpReceiver;
let installed = true;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  github = await httpReceiver();
  github.answer = ({ path, method }) => {
    if (path === '/app-manifests/c0de/conversions')
      return json(201, { id: 12, slug: 'tl', pem, webhook_secret: webhookSecret, html_url: 'https://github.com/apps/tl' });
    if (path.endsWith('/installation')) return installed ? json(200, { id: 77, suspended_at: null }) : json(404, {});
    return method === 'POST' && path === '/app/installations/77/access_tokens'
      ? json(201, { token: `ghs_${github.requests.length}` })
      : json(404, {});
  };
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway', 'notifier', 'scanner-orchestrator', 'remediation'], { topics: ['change', 'policy'] });
  const own = { OUTBOUND_ALLOW: github.origin, RECONCILE_SECONDS: '0', PUBLIC_URL: 'https://tl.example' };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await github?.close();
});

function json(status: number, body: object): { status: number; body: string } {
  return { status, body: JSON.stringify(body) };
}

async function source(settings: object = {}): Promise<CreatedSource> {
  const body = { kind: 'github', name: 'code', settings: { apiUrl: github.origin, ...settings } };
  return (await door.call<CreatedSource>('POST', '/api/v1/sources', { body })).body;
}

const begin = async ({ id }: Source, body: object = {}): Promise<BegunSourceApp> =>
  (await door.call<BegunSourceApp>('POST', `/api/v1/sources/${id}/app`, { body })).body;
const stateOf = ({ page }: BegunSourceApp): string => page.split('/').at(-1)!;

/** As the gateway passes on what a browser asks for. */
async function visit(path: string): Promise<Response> {
  const authorization = door.authorization('GET', path, undefined, { asService: true });
  return fetch(ingest.url + path, { redirect: 'manual', headers: { authorization } });
}

const openPage = ({ page }: BegunSourceApp): Promise<Response> => visit(page.slice('https://tl.example'.length));
const comeBack = (state: string, code = 'c0de'): Promise<Response> =>
  visit(`/api/v1/source-apps/made?${new URLSearchParams({ code, state }).toString()}`);

async function withApp(settings: object = {}): Promise<CreatedSource> {
  const made = await source(settings);
  expect((await comeBack(stateOf(await begin(made)))).status).toBe(303);
  return made;
}

/** Registers a repository by a push that the App's webhook tells. */
async function pushed({ id }: Source, secret = webhookSecret): Promise<string> {
  const name = `acme/shop-${randomUUID().slice(0, 8)}`;
  const payload = {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: randomUUID().replaceAll('-', '').padEnd(40, '0'),
    repository: { full_name: name, clone_url: `https://github.com/${name}.git`, default_branch: 'main' },
    commits: [],
  };
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-github-event': 'push', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${signature}` };
  expect((await door.call('POST', `/hooks/${id}`, { body, headers })).status).toBe(202);
  return name;
}

const credential = async (caller: 'notifier' | 'scanner-orchestrator', name: string, purpose: string) =>
  new SignedCaller(ingest, platform, caller).call<RepositoryCredential>('POST', '/internal/repositories/credential', {
    body: { repository: `https://github.com/${name}`, purpose },
  });

describe('an App', () => {
  it('is begun on a page that sends its manifest to the host and nowhere else', async () => {
    const begun = await begin(await source(), { organisation: 'acme', name: '<b>"Shop"' });

    const page = await openPage(begun);
    const html = await page.text();

    expect(page.headers.get('content-security-policy')).toContain("form-action https://github.com; base-uri 'none'");
    expect(html).toContain('action="https://github.com/organizations/acme/settings/apps/new?state=');
    expect(html).toContain('&quot;name&quot;:&quot;&lt;b&gt;\\&quot;Shop\\&quot;&quot;');
    expect(html).not.toContain('<b>');
    expect(begun.manifest).toMatchObject({ redirect_url: 'https://tl.example/api/v1/source-apps/made', public: false });
  });

  it('is kept sealed, and believed from then on; the way back works once', async () => {
    const made = await source();
    const begun = await begin(made);

    const answer = await comeBack(stateOf(begun));
    const again = [await comeBack(stateOf(begun)), await openPage(begun)];

    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://github.com/apps/tl/installations/new']);
    expect(again.map(({ status }) => status)).toEqual([404, 404]);
    const [row] = await ingest.get(Database).rows<{ app_key: Buffer }>('select app_key from source where id = $1', [made.id]);
    expect(row!.app_key.toString('latin1')).not.toContain('PRIVATE KEY');
    const { body: shown } = await door.call<Source>('GET', `/api/v1/sources/${made.id}`);
    expect(shown.settings).toMatchObject({ app: 'https://github.com/apps/tl', token: false });
    expect(JSON.stringify(shown)).not.toContain('PRIVATE KEY');
    await pushed(made);
    await pushed(made, made.secret);
  });

  it('is not made by a state that nobody began, nor by a code that the host does not know', async () => {
    const made = await source();

    expect((await comeBack('A'.repeat(43))).status).toBe(404);
    expect((await comeBack(stateOf(await begin(made)), 'unknown')).status).toBe(502);
    expect((await door.call<Source>('GET', `/api/v1/sources/${made.id}`)).body.settings.app).toBeUndefined();
  });

  it('opens one repository for one purpose, for ten minutes, without asking twice', async () => {
    const name = await pushed(await withApp());
    const before = github.requests.length;

    const [first, second] = [await credential('notifier', name, 'status'), await credential('notifier', name, 'status')];
    const clone = await credential('scanner-orchestrator', name, 'clone');

    const asked = github.requests.slice(before);
    const mints = asked.filter(({ method }) => method === 'POST');
    expect(mints.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { repositories: [name.split('/')[1]], permissions: { checks: 'write', statuses: 'write', pull_requests: 'write' } },
      { repositories: [name.split('/')[1]], permissions: { contents: 'read' } },
    ]);
    await expect(jwtVerify(mints[0]!.headers['authorization']!.slice('Bearer '.length), pair.publicKey)).resolves.toBeDefined();
    expect(first.body).toMatchObject({ app: '12', fullName: name, authorization: expect.stringMatching(/^Bearer ghs_/) });
    expect(second.body.authorization).toBe(first.body.authorization);
    const left = Date.parse(first.body.expiresAt!) - Date.now();
    expect(left > 0 && left <= 600_000).toBe(true);
    expect(clone.body.authorization).toMatch(/^Basic /);
  });

  it('says with its credential how much may be told in public', async () => {
    const made = await withApp({ comments: 'summary' });
    const name = await pushed(made);

    const summary = await credential('notifier', name, 'status');
    const { body } = await door.call<Source>('PATCH', `/api/v1/sources/${made.id}`, { body: { settings: { comments: 'full' } } });
    const full = await credential('notifier', name, 'status');

    expect([summary.body.comments, full.body.comments, body.settings.comments]).toEqual(['summary', undefined, undefined]);
    expect(
      (await door.call('POST', '/api/v1/sources', { body: { kind: 'github', name: 'x', settings: { comments: 'loud' } } })).status,
    ).toBe(400);
  });

  it('leaves a repository where it is not installed to the token', async () => {
    const name = await pushed(await withApp({ token: 'pat' }));
    installed = false;

    const { body } = await credential('notifier', name, 'status');
    installed = true;

    expect(body.authorization).toBe('Bearer pat');
    expect(body.app).toBeUndefined();
  });

  it('ends when the source gets another address, or is told to', async () => {
    const [moved, forgotten] = [await withApp(), await withApp()];

    await door.call('PATCH', `/api/v1/sources/${moved.id}`, { body: { settings: { apiUrl: 'https://elsewhere.example' } } });
    expect((await door.call('DELETE', `/api/v1/sources/${forgotten.id}/app`)).status).toBe(204);

    const kept = await ingest
      .get(Database)
      .rows('select 1 from source where id = any($1) and app_key is not null', [[moved.id, forgotten.id]]);
    expect(kept).toEqual([]);
  });

  it('is not made for an address that its source has no more', async () => {
    const made = await source();
    const begun = await begin(made);
    await door.call('PATCH', `/api/v1/sources/${made.id}`, { body: { settings: { apiUrl: 'https://elsewhere.example' } } });
    const before = github.requests.length;

    expect((await comeBack(stateOf(begun))).status).toBe(409);
    expect(github.requests.length).toBe(before);
  });

  it('belongs to those who may see its source, and to hosts that have Apps', async () => {
    const made = await source();
    const { body: gitea } = await door.call<CreatedSource>('POST', '/api/v1/sources', {
      body: { kind: 'gitea', name: 'g', settings: { baseUrl: 'https://git.example' } },
    });

    expect((await door.call('POST', `/api/v1/sources/${made.id}/app`, { user: { applications: ['web'] }, body: {} })).status).toBe(404);
    expect((await door.call('POST', `/api/v1/sources/${gitea.id}/app`, { body: {} })).status).toBe(422);
  });
});
