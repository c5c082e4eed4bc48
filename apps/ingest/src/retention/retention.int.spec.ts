import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CreatedSource, RepositoryChanged, Source, WebhookReceipt } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import { RefusedDeliveries } from '../deliveries/refused-deliveries.ts';
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

async function newSource(settings: object): Promise<CreatedSource> {
  return (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'test', settings } })).body;
}

async function push(source: CreatedSource, repository: string, more: object = {}, secret = source.secret): Promise<WebhookReceipt> {
  const payload = { ref: 'refs/heads/main', after: 'b'.repeat(40), repository: { full_name: repository }, commits: [], ...more };
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-gitea-event': 'push', 'x-gitea-delivery': randomUUID(), 'x-gitea-signature': signature };
  const answer = await door.call<WebhookReceipt>('POST', `/hooks/${source.id}`, {
    body,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  return answer.body;
}

const rows = <T>(sql: string): Promise<T[]> => ingest.get(Database).rows<T>(sql);

async function counts(): Promise<unknown> {
  const tables = ['delivery', 'delivery_mark', 'refused_delivery', 'kept_blob'];
  const [found] = await rows(`select ${tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join()}`);
  return found;
}

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

it('deliveries, their bodies, marks and refusals end after thirty days, and not before', async () => {
  const source = await newSource({ baseUrl: 'https://git.example' });
  const small = await push(source, 'acme/small');
  const large = await push(source, 'acme/large', { padding: 'x'.repeat(300_000) });
  await push(source, 'acme/none', {}, 'not-the-secret');
  await ingest.get(RefusedDeliveries).flush();
  const retention = ingest.get(Retention);
  const before = await counts();

  const early = await retention.sweep(inDays(29));
  const replayed = await door.call('POST', `/api/v1/deliveries/${large.deliveryId}/replay`);
  const late = await retention.sweep(inDays(32));

  expect(before).toEqual({ delivery: 2, delivery_mark: 4, refused_delivery: 1, kept_blob: 1 });
  expect(early).toEqual({ blobs: 0, deliveries: 0, marks: 0, refused: 0 });
  expect(replayed.status).toBe(202);
  expect(late).toEqual({ blobs: 1, deliveries: 2, marks: 4, refused: 1 });
  expect(await counts()).toEqual({ delivery: 0, delivery_mark: 0, refused_delivery: 0, kept_blob: 0 });
  expect((await door.call('GET', `/api/v1/deliveries/${small.deliveryId}`)).status).toBe(404);
}, 60_000);

it('a body whose delivery was never written ends with the others', async () => {
  await newSource({ baseUrl: 'https://git.example' });
  await rows(`insert into kept_blob values (decode(repeat('ab', 32), 'hex'), now() - interval '1 minute')`);

  await expect(ingest.get(Retention).sweep(new Date())).resolves.toMatchObject({ blobs: 1 });
});

it('repositories of a source whose address changes say so, and the credential for the old one is gone', async () => {
  const source = await newSource({ baseUrl: 'https://old.example', token: 't0ken' });
  await push(source, 'acme/moved');

  const { body } = await door.call<Source>('PATCH', `/api/v1/sources/${source.id}`, {
    body: { settings: { cloneUrl: 'https://new.example/{fullName}' } },
  });

  expect(body.settings.token).toBe(false);
  await eventually(async () => {
    const records = await broker.records(`${platform.prefix}throughline.change.v1`);
    const told = records
      .filter(({ key, headers }) => key === 'old.example/acme/moved' && headers['ce_type'] === 'dev.throughline.repository.changed.v1')
      .map(({ value }) => JSON.parse(value) as RepositoryChanged);
    expect(told.map(({ action, cloneUrl }) => [action, cloneUrl])).toEqual([
      ['registered', 'https://old.example/acme/moved.git'],
      ['changed', 'https://new.example/acme/moved'],
    ]);
  });
});
