import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, Page, Source } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';

let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  platform = await (await infra()).fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, { ...platform.environment('ingest'), PUBLIC_URL: 'https://throughline.example' });
  door = new SignedCaller(ingest, platform);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
});

const create = (body: object): Promise<{ status: number; body: CreatedSource }> =>
  door.call<CreatedSource>('POST', '/api/v1/sources', { body });

describe('a source', () => {
  it('gets a secret that is shown once, and a hook address below the public one', async () => {
    const { status, body } = await create({ kind: 'github', name: 'acme' });
    const read = await door.call<Source>('GET', `/api/v1/sources/${body.id}`);

    expect(status).toBe(201);
    expect(Buffer.from(body.secret, 'base64url')).toHaveLength(32);
    expect(body.url).toBe(`https://throughline.example/hooks/${body.id}`);
    expect(read.body).toEqual({ ...body, secret: undefined });
    expect(JSON.stringify(read.body)).not.toContain(body.secret);
  });

  it('keeps secret and token sealed, and never shows the token', async () => {
    const { body } = await create({ kind: 'github', name: 'acme', secret: 'my own secret', settings: { token: 'ghp_find_me' } });
    const stored = await ingest
      .get(Database)
      .rows('select source.*, sealed from source join source_secret on source_id = source.id where source.id = $1', [body.id]);

    expect(body.secret).toBe('my own secret');
    expect(body.settings).toEqual({ token: true });
    expect(JSON.stringify(stored, (_name, value: unknown) => (Buffer.isBuffer(value) ? value.toString('latin1') : value))).not.toMatch(
      /find_me|my own/,
    );
  });

  it('loses its token when an address gets another origin', async () => {
    const { body } = await create({ kind: 'gitea', name: 'acme', settings: { baseUrl: 'https://a.example', token: 't' } });
    const change = (settings: object): Promise<{ body: Source }> =>
      door.call<Source>('PATCH', `/api/v1/sources/${body.id}`, { body: { settings } });

    expect((await change({ apiUrl: 'https://a.example/api/v1' })).body.settings.token).toBe(true);
    expect((await change({ baseUrl: 'https://a.example/git' })).body.settings.token).toBe(true);
    expect((await change({ baseUrl: 'https://b.example' })).body.settings).toEqual({
      baseUrl: 'https://b.example',
      apiUrl: 'https://a.example/api/v1',
      token: false,
    });
  });

  it.each([
    ['of an unknown kind', { kind: 'svn', name: 'x' }, 422],
    ['without a name', { kind: 'github' }, 400],
    ['with an unknown field', { kind: 'github', name: 'x', admin: true }, 400],
    ['with settings that lead nowhere', { kind: 'github', name: 'x', settings: { baseUrl: 'javascript:alert(1)' } }, 422],
  ])('%s is refused with the place of the fault', async (_what, body, status) => {
    const answer = await door.call<{ errors: { pointer: string }[] }>('POST', '/api/v1/sources', { body });

    expect(answer.status).toBe(status);
    expect(answer.body.errors[0]!.pointer).toMatch(/^\//);
  });

  it('is listed in pages and can be removed', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map((name) => create({ kind: 'github', name })));
    const first = await door.call<Page<Source>>('GET', '/api/v1/sources?limit=2');
    const rest = await door.call<Page<Source>>('GET', `/api/v1/sources?limit=200&cursor=${first.body.next}`);
    const removed = await door.call('DELETE', `/api/v1/sources/${made[0]!.body.id}`);

    const listed = [...first.body.items, ...rest.body.items].map(({ id }) => id);
    expect(first.body.items).toHaveLength(2);
    expect(made.every(({ body }) => listed.includes(body.id))).toBe(true);
    expect(removed.status).toBe(204);
    expect((await door.call('GET', `/api/v1/sources/${made[0]!.body.id}`)).status).toBe(404);
  });

  it('belongs to the whole organisation: a team neither sees nor makes one', async () => {
    const { body } = await create({ kind: 'github', name: 'acme' });
    const team = { user: { rights: ['sources:read', 'sources:write'], applications: ['shop'] } };

    expect((await door.call('GET', `/api/v1/sources/${body.id}`, team)).status).toBe(404);
    expect((await door.call<Page<Source>>('GET', '/api/v1/sources', team)).body.items).toEqual([]);
    expect((await door.call('POST', '/api/v1/sources', { ...team, body: { kind: 'github', name: 'x' } })).status).toBe(403);
  });
});
