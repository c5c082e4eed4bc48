import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreatedSource, CreatedSourceSecret, Page, Source, WatchedRepository } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import {
  eventually,
  httpReceiver,
  infra,
  SignedCaller,
  type HttpReceiver,
  type Platform,
  type ReceivedRequest,
} from '@throughline/testing';
import definition from '../service.ts';
import { HookKeeper } from './hook-keeper.ts';
import { visitKind } from './hook-visits.ts';

interface Hook {
  readonly id: number;
  readonly active: boolean;
  readonly events: readonly string[];
  readonly config: { readonly url: string; readonly secret?: string; readonly content_type: string };
}

/** The webhooks that GitHub has, by repository. It never shows the key of one. */
class FakeGithub {
  readonly hooks = new Map<string, Hook[]>();
  refuses: number | undefined;
  private last = 0;

  answer({ method, path, body }: ReceivedRequest): { status: number; body?: string } {
    const [, repository, id] = /^\/repos\/([^/]+\/[^/]+)\/hooks(?:\/(\d+))?/.exec(path) ?? [];
    if (repository === undefined) return { status: 404 };
    if (this.refuses !== undefined) return { status: this.refuses };
    const all = this.hooks.get(repository) ?? [];
    if (method === 'GET')
      return { status: 200, body: JSON.stringify(all.map((hook) => ({ ...hook, config: { ...hook.config, secret: '***' } }))) };
    const others = all.filter((hook) => String(hook.id) !== id);
    if (method === 'DELETE') return this.keep(repository, others);
    const hook = { ...(JSON.parse(body) as Hook), id: id === undefined ? ++this.last : Number(id) };
    return this.keep(repository, [...others, hook], hook);
  }

  private keep(repository: string, hooks: Hook[], made?: Hook): { status: number; body: string } {
    this.hooks.set(repository, hooks);
    return { status: made ? 200 : 204, body: made ? JSON.stringify(made) : '' };
  }
}

let github: FakeGithub;
let api: HttpReceiver;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  api = await httpReceiver();
  platform = await (await infra()).fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  const own = { OUTBOUND_ALLOW: api.origin, PUBLIC_URL: 'https://throughline.example', RECONCILE_SECONDS: '1' };
  ingest = await runService(definition, { ...platform.environment('ingest'), ...own });
  door = new SignedCaller(ingest, platform);
}, 300_000);

beforeEach(() => {
  github = new FakeGithub();
  api.answer = (request) => github.answer(request);
});

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  await api?.close();
});

async function sourceOf(settings: object = {}): Promise<CreatedSource> {
  const body = { kind: 'github', name: 'code', settings: { apiUrl: api.origin, token: 't0ken', hooks: true, ...settings } };
  const answer = await door.call<CreatedSource>('POST', '/api/v1/sources', { body });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** The source speaks about a repository, which makes it known. */
async function connected(source: CreatedSource): Promise<string> {
  const name = `acme/${randomUUID().slice(0, 8)}`;
  const push = { ref: 'refs/heads/main', before: '0'.repeat(40), after: 'b'.repeat(40), repository: { full_name: name }, commits: [] };
  const body = Buffer.from(JSON.stringify(push));
  const signature = createHmac('sha256', source.secret).update(body).digest('hex');
  const headers = { 'x-github-event': 'push', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${signature}` };
  expect(
    (await door.call('POST', `/hooks/${source.id}`, { body, headers: { ...headers, 'content-type': 'application/json' } })).status,
  ).toBe(202);
  return name;
}

const stateOf = async (source: CreatedSource): Promise<Source['hooks']> =>
  (await door.call<Source>('GET', `/api/v1/sources/${source.id}`)).body.hooks;

/** The next round, as if its time had come: after the one before it, since what is being looked at is not looked at twice. */
async function round(): Promise<void> {
  const visits = `select 1 from work where kind = '${visitKind}' and state <> 'dead'`;
  await eventually(async () => expect(await ingest.get(Database).rows(visits)).toEqual([]));
  await ingest.get(Database).rows("update kept_hook set checked_at = now() - interval '1 hour'");
  await ingest.get(HookKeeper).tick();
}

async function repositoryOf(source: CreatedSource): Promise<WatchedRepository> {
  return (await door.call<Page<WatchedRepository>>('GET', `/api/v1/repositories?source=${source.id}`)).body.items[0]!;
}

describe('a source that keeps webhooks', () => {
  it('makes one at each of its repositories, with its address and signing key', async () => {
    const source = await sourceOf();
    const name = await connected(source);

    expect(await stateOf(source)).toEqual({ kept: 0, waiting: 1, faults: [] });
    await round();

    await eventually(async () => expect(await stateOf(source)).toEqual({ kept: 1, waiting: 0, faults: [] }));
    expect(github.hooks.get(name)).toMatchObject([
      { active: true, config: { url: `https://throughline.example/hooks/${source.id}`, secret: source.secret, content_type: 'json' } },
    ]);
    await round();
    await eventually(() => expect(api.requests.filter(({ path }) => path.includes(name)).length).toBeGreaterThan(2));
    expect(github.hooks.get(name)).toHaveLength(1);
  });

  it.each([
    ['was taken away', () => []],
    ['was switched off', ([hook]: readonly Hook[]) => [{ ...hook!, active: false }]],
    ['sends too little', ([hook]: readonly Hook[]) => [{ ...hook!, events: ['push'] }]],
  ])('puts one right that %s', async (_what, spoiled) => {
    const source = await sourceOf();
    const name = await connected(source);
    await round();
    await eventually(() => expect(github.hooks.get(name)).toHaveLength(1));

    github.hooks.set(name, [...spoiled(github.hooks.get(name)!)]);
    await round();

    await eventually(() =>
      expect(github.hooks.get(name)).toMatchObject([{ active: true, events: expect.arrayContaining(['push', 'pull_request']) }]),
    );
  });

  it('gives it the newest signing key', async () => {
    const source = await sourceOf();
    const name = await connected(source);
    await round();
    await eventually(() => expect(github.hooks.get(name)).toHaveLength(1));

    const { body } = await door.call<CreatedSourceSecret>('POST', `/api/v1/sources/${source.id}/secrets`, { body: {} });
    await round();

    await eventually(() => expect(github.hooks.get(name)).toMatchObject([{ config: { secret: body.secret } }]));
  });

  it('says what is wrong, and that it is over', async () => {
    const source = await sourceOf();
    const name = await connected(source);
    github.refuses = 403;
    await round();

    await eventually(async () =>
      expect(await stateOf(source)).toMatchObject({
        kept: 0,
        faults: [{ repository: `github.com/${name}`, detail: expect.stringContaining('may not manage webhooks') }],
      }),
    );
    github.refuses = undefined;
    await round();
    await eventually(async () => expect(await stateOf(source)).toEqual({ kept: 1, waiting: 0, faults: [] }));
  });

  it.each([
    ['repository', async (source: CreatedSource) => `/api/v1/repositories/${(await repositoryOf(source)).id}`],
    ['source', (source: CreatedSource) => Promise.resolve(`/api/v1/sources/${source.id}`)],
  ])('takes away what it made when its %s is removed, and nothing else', async (_what, pathOf) => {
    const source = await sourceOf();
    const name = await connected(source);
    const other: Hook = { id: 99, active: true, events: ['push'], config: { url: 'https://ci.example', content_type: 'json' } };
    github.hooks.set(name, [other]);
    await round();
    await eventually(async () => expect(await stateOf(source)).toMatchObject({ kept: 1 }));

    expect((await door.call('DELETE', await pathOf(source))).status).toBe(204);

    await eventually(() => expect(github.hooks.get(name)).toEqual([other]));
    const left = await ingest.get(Database).rows<{ payload: string }>("select payload from work where kind = 'remove-hook'");
    expect(JSON.stringify(left)).not.toContain('t0ken');
  });

  it('does not take a flag that cannot be kept', async () => {
    const create = (body: object) => door.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/sources', { body });

    const answers = [
      await create({ kind: 'github', name: 'x', settings: { hooks: true } }),
      await create({ kind: 'azure-devops', name: 'x', scope: { repositories: ['a/*'] }, settings: { baseUrl: 'https://dev.azure.com/a', token: 't', hooks: true } }), // prettier-ignore
    ];

    expect(answers.map(({ status, body }) => [status, body.errors[0]!.pointer])).toEqual([
      [422, '/settings/hooks'],
      [422, '/settings/hooks'],
    ]);
  });
});
