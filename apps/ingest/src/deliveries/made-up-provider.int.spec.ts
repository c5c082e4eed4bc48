import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { repositoryId, type CreatedSource, type RepositoryCredential, type WebhookReceipt } from '@throughline/contracts';
import { scmProviders, type RequestHeaders, type ScmProvider } from '@throughline/scm';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';

/** What a host of this test's own would send. */
interface MadeUpPush {
  readonly path: string;
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  readonly who: string;
}

const hmac = (body: Uint8Array, secret: string): string => createHmac('sha256', secret).update(body).digest('hex');
const sent = (headers: RequestHeaders, name: string): string => String(headers[name]);

/** The smallest provider there can be, by `docs/add-an-scm.md`. */
const madeUp: ScmProvider = {
  name: 'made-up',
  title: 'Made Up',
  facts: ['change.pushed'],
  baseUrl: 'https://made-up.example',
  webhook: {
    keptHeaders: ['x-made-up-event'],
    unrepeatable: ['moved'],
    verify: (headers, body, secrets) => {
      const index = secrets.findIndex((secret) => hmac(body, secret) === headers['x-made-up-proof']);
      return index < 0 ? undefined : index;
    },
    arrival: (headers) => ({ event: sent(headers, 'x-made-up-event'), deliveryId: sent(headers, 'x-made-up-id') }),
    siteOf: () => undefined,
    translate(event, payload, { source, baseUrl }) {
      if (event !== 'moved') return { ignored: `event "${event}" is not used` };
      const { path, branch, from, to, who } = payload as MadeUpPush;
      const url = `${baseUrl}/${path}`;
      const id = repositoryId(url);
      const fields = {
        repository: id,
        source,
        ref: `refs/heads/${branch}`,
        before: from,
        after: to,
        forced: false,
        pusher: who,
        commits: [],
      };
      return { repository: { id, fullName: path, url }, facts: [{ type: 'change.pushed', fields }] };
    },
  },
  cloneUrl: (baseUrl, fullName) => `${baseUrl}/${fullName}`,
  apiUrl: (baseUrl) => `${baseUrl}/api`,
  authorization: (token) => `Bearer ${token}`,
  connect: () => ({ setStatus: () => Promise.resolve(), head: () => Promise.resolve(undefined) }),
};

let platform: Platform;
let ingest: RunningService;
let broker: Broker;

beforeAll(async () => {
  // The one place where kinds of hosts are known.
  (scmProviders as ScmProvider[]).push(madeUp);
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway', 'notifier'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, platform.environment('ingest'));
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  (scmProviders as ScmProvider[]).pop();
});

it('a provider that is registered and nothing more is a kind of source: its push reaches the bus, and its status a client', async () => {
  const door = new SignedCaller(ingest, platform);
  const settings = { token: 't0ken' };
  const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'made-up', name: 'x', settings } });
  const push: MadeUpPush = { path: 'acme/shop', branch: 'main', from: 'a'.repeat(40), to: 'b'.repeat(40), who: 'ada' };
  const body = Buffer.from(JSON.stringify(push));
  const post = (proof: string) =>
    door.call<WebhookReceipt>('POST', `/hooks/${source.id}`, {
      body,
      headers: { 'x-made-up-event': 'moved', 'x-made-up-id': randomUUID(), 'x-made-up-proof': proof, 'content-type': 'application/json' },
    });

  const refused = await post('wrong');
  const taken = await post(hmac(body, source.secret));
  const repeated = await post(hmac(body, source.secret));

  expect([refused.status, taken.status, taken.body.facts]).toEqual([401, 202, 1]);
  expect(repeated.body.deliveryId).toBe(taken.body.deliveryId);
  await eventually(async () => {
    const records = await broker.records(`${platform.prefix}throughline.change.v1`);
    const ours = records.filter(({ key }) => key === 'made-up.example/acme/shop');
    expect(ours.map(({ headers }) => headers['ce_type'])).toEqual([
      'dev.throughline.repository.changed.v1',
      'dev.throughline.change.pushed.v1',
    ]);
    expect(JSON.parse(ours[1]!.value)).toMatchObject({ after: push.to, pusher: 'ada', source: source.id });
  });
  const way = await new SignedCaller(ingest, platform, 'notifier').call<RepositoryCredential>('POST', '/internal/repositories/credential', {
    body: { repository: 'made-up.example/acme/shop', purpose: 'status' },
  });
  expect(way.body).toMatchObject({ provider: 'made-up', apiUrl: 'https://made-up.example/api', authorization: 'Bearer t0ken' });
}, 60_000);
