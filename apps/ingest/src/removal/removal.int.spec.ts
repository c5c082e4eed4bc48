import { createHmac, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, WatchedRepository, WebhookReceipt } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform, type SeenRecord, type SignedAnswer } from '@throughline/testing';
import definition from '../service.ts';

let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, platform.environment('ingest'));
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
});

const removed = 'dev.throughline.repository.removed.v1';

describe('a removed repository', () => {
  it('goes with its deliveries and marks, and its removal is the last that is told of it', async () => {
    const source = await newSource();
    await push(source, 'acme/gone');
    await push(source, 'acme/stays');

    const answer = await door.call('DELETE', `/api/v1/repositories/${await idOf('acme/gone')}`);

    expect(answer.status).toBe(204);
    expect(await left(source)).toEqual({ delivery: 1, delivery_mark: 2, repository: 1, repository_head: 1 });
    await eventually(async () => expect((await toldOf('acme/gone')).map(typeOf).at(-1)).toBe(removed));
    const last = (await toldOf('acme/gone')).at(-1)!;
    expect(JSON.parse(last.value)).toMatchObject({ repository: 'git.example/acme/gone', by: 'admin', application: 'unassigned' });
    expect(last.headers['ce_afterremoval']).toBe(last.headers['ce_sequence']);
  });

  it('takes a large body along from the disk', async () => {
    const source = await newSource();
    await push(source, 'acme/large', { filler: 'x'.repeat(300_000) });
    const [stored] = await rows<{ blob: string }>(`select encode(body_blob, 'hex') as blob from delivery where body_blob is not null`);
    const file = join(platform.environment('ingest')['BLOBS_DIR']!, stored!.blob.slice(0, 2), stored!.blob.slice(2));
    expect(existsSync(file)).toBe(true);

    await door.call('DELETE', `/api/v1/repositories/${await idOf('acme/large')}`);

    await ingest.get(Retention).sweep(new Date());

    expect(existsSync(file)).toBe(false);
    expect(await rows('select 1 from kept_blob')).toEqual([]);
  });

  it('is not brought back by its source, but by a person', async () => {
    const source = await newSource();
    await push(source, 'acme/unwanted');
    await door.call('DELETE', `/api/v1/repositories/${await idOf('acme/unwanted')}`);

    const ignored = await push(source, 'acme/unwanted');
    expect(ignored.body).toMatchObject({ facts: 0, ignored: expect.stringContaining('was removed here') });
    const replayed = await door.call<WebhookReceipt>('POST', `/api/v1/deliveries/${ignored.body.deliveryId}/replay`);
    expect(replayed.body.ignored).toContain('was removed here');
    expect(await idOf('acme/unwanted')).toBeUndefined();

    const url = 'https://git.example/acme/unwanted.git';
    expect((await door.call<WatchedRepository>('POST', '/api/v1/repositories', { body: { url } })).status).toBe(201);
    expect((await push(source, 'acme/unwanted')).body.facts).toBe(1);
    await eventually(async () => {
      const told = await toldOf('acme/unwanted');
      const end = told.findIndex((record) => typeOf(record) === removed);
      expect(told.slice(end + 1).map(typeOf)).toContain('dev.throughline.change.pushed.v1');
      const removal = told[end]!.headers['ce_sequence'];
      expect(told.slice(0, end).map(({ headers }) => headers['ce_afterremoval'])).toEqual([undefined, undefined]);
      expect(new Set(told.slice(end).map(({ headers }) => headers['ce_afterremoval']))).toEqual(new Set([removal]));
    });
  });

  it('of another team stays', async () => {
    const source = await newSource();
    await push(source, 'acme/theirs');
    const id = (await idOf('acme/theirs'))!;

    const answer = await door.call('DELETE', `/api/v1/repositories/${id}`, { user: { applications: ['blog'] } });

    expect(answer.status).toBe(404);
    expect(await idOf('acme/theirs')).toBe(id);
  });
});

describe('a removed source', () => {
  it('says first what would go, and then leaves nothing', async () => {
    const [source, other] = [await newSource(), await newSource()];
    await push(source, 'acme/one');
    await push(source, 'acme/two');
    await push(other, 'acme/other');
    await send(source, '{}', { 'x-gitea-signature': 'f'.repeat(64) });
    const before = await left(other);

    const preview = await door.call('DELETE', `/api/v1/sources/${source.id}?dryRun=true`);
    expect(preview).toMatchObject({ status: 200, body: { repositories: 2, deliveries: 2 } });
    expect(await left(source)).toMatchObject({ delivery: 2, repository: 2 });
    const answer = await door.call('DELETE', `/api/v1/sources/${source.id}`);

    expect(answer.status).toBe(204);
    expect(await left(source)).toEqual({ delivery: 0, delivery_mark: 0, repository: 0, repository_head: 0 });
    expect(await rows('select 1 from source_secret where source_id = $1', [source.id])).toEqual([]);
    expect(await left(other)).toEqual(before);
    expect((await send(source, '{}')).status).toBe(401);
    for (const name of ['acme/one', 'acme/two'])
      await eventually(async () => expect((await toldOf(name)).map(typeOf).at(-1)).toBe(removed));
  });
});

async function newSource(): Promise<CreatedSource> {
  return (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'test' } })).body;
}

function push(source: CreatedSource, repository: string, more: object = {}): Promise<SignedAnswer<WebhookReceipt>> {
  const body = {
    ref: 'refs/heads/main',
    after: randomUUID().replaceAll('-', '').padEnd(40, '0'),
    repository: { full_name: repository, clone_url: `https://git.example/${repository}.git`, default_branch: 'main' },
    sender: { login: 'ada' },
    commits: [],
    ...more,
  };
  return send(source, JSON.stringify(body));
}

function send(source: CreatedSource, body: string, headers: Record<string, string> = {}): Promise<SignedAnswer<WebhookReceipt>> {
  const signature = createHmac('sha256', source.secret).update(body).digest('hex');
  return door.call<WebhookReceipt>('POST', `/hooks/${source.id}`, {
    body: Buffer.from(body),
    headers: {
      'content-type': 'application/json',
      'x-gitea-event': 'push',
      'x-gitea-delivery': randomUUID(),
      'x-gitea-signature': signature,
      ...headers,
    },
  });
}

const rows = <T>(sql: string, params: unknown[] = []): Promise<T[]> => ingest.get(Database).rows<T>(sql, params);

async function idOf(name: string): Promise<string | undefined> {
  return (await rows<{ id: string }>('select id from repository where repository = $1', [`git.example/${name}`]))[0]?.id;
}

/** How many rows hang on a source. */
async function left({ id }: CreatedSource): Promise<Record<string, number>> {
  const heads = 'repository_head where repository_id in (select id from repository where source_id = $1)';
  const [counted] = await rows<Record<string, number>>(
    `select (select count(*)::int from delivery where source_id = $1) as delivery,
       (select count(*)::int from delivery_mark where source_id = $1) as delivery_mark,
       (select count(*)::int from repository where source_id = $1) as repository, (select count(*)::int from ${heads}) as repository_head`,
    [id],
  );
  return counted!;
}

async function toldOf(name: string): Promise<readonly SeenRecord[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records.filter(({ key }) => key === `git.example/${name}`);
}

function typeOf({ headers }: SeenRecord): string {
  return headers['ce_type']!;
}
