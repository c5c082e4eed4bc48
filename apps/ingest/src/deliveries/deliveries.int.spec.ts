import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedSource, Page, WebhookDelivery, WebhookDeliveryDetail, WebhookReceipt } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Infra, type Platform, type SignedAnswer } from '@throughline/testing';
import definition from '../service.ts';

interface Sent {
  readonly id?: string;
  readonly event?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Refusal = WebhookReceipt & { readonly code: string; readonly detail: string };

let held: Infra;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;

beforeAll(async () => {
  held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, platform.environment('ingest'));
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
});

async function newSource(settings: object = {}, scope: object = {}): Promise<CreatedSource> {
  const answer = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'test', settings, scope } });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** A push of a repository of its own, so that no test sees another's facts. */
function pushOf(repository: string, more: object = {}): object {
  return {
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: randomUUID().replaceAll('-', '').padEnd(40, '0'),
    repository: { full_name: repository, clone_url: `https://git.example/${repository}.git`, default_branch: 'main' },
    sender: { login: 'ada' },
    commits: [],
    ...more,
  };
}

function send(source: { id: string; secret: string }, body: object | Buffer, sent: Sent = {}): Promise<SignedAnswer<Refusal>> {
  const raw = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const signature = createHmac('sha256', sent.secret ?? source.secret)
    .update(raw)
    .digest('hex');
  const headers = {
    'x-gitea-event': sent.event ?? 'push',
    'x-gitea-delivery': sent.id ?? randomUUID(),
    'x-gitea-signature': signature,
    'content-type': 'application/json',
    ...sent.headers,
  };
  return door.call<Refusal>('POST', `/hooks/${source.id}`, { body: raw, headers });
}

const rows = <T>(sql: string, params: unknown[] = []): Promise<T[]> => ingest.get(Database).rows<T>(sql, params);

async function deliveriesOf(source: string): Promise<readonly WebhookDelivery[]> {
  return (await door.call<Page<WebhookDelivery>>('GET', `/api/v1/deliveries?source=${source}`)).body.items;
}

async function publishedOf(repository: string): Promise<string[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records.filter(({ key }) => key === `git.example/${repository}`).map(({ headers }) => headers['ce_type']!);
}

describe('a push', () => {
  it('is answered 202 when it is kept, and becomes one fact on the bus after the repository it is about', async () => {
    const source = await newSource();

    const answer = await send(source, pushOf('acme/first'));

    expect(answer).toMatchObject({ status: 202, body: { deliveryId: expect.any(String), facts: 1 } });
    await eventually(async () =>
      expect(await publishedOf('acme/first')).toEqual(['dev.throughline.repository.changed.v1', 'dev.throughline.change.pushed.v1']),
    );
    expect(await deliveriesOf(source.id)).toMatchObject([{ id: answer.body.deliveryId, status: 'accepted', event: 'push' }]);
  });

  it('that arrives a hundred times at once is one delivery and one fact', async () => {
    const source = await newSource();
    const push = pushOf('acme/hundred');
    const id = randomUUID();

    const answers = await Promise.all(Array.from({ length: 100 }, () => send(source, push, { id })));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.deliveryId)).size).toBe(1);
    expect(answers.every(({ body }) => body.facts === 1)).toBe(true);
    expect(await deliveriesOf(source.id)).toHaveLength(1);
    await eventually(async () => expect(await publishedOf('acme/hundred')).toHaveLength(2));
  });

  it('that is replayed under a new delivery id gets the first receipt and does nothing', async () => {
    const source = await newSource();
    const push = pushOf('acme/replayed');

    const first = await send(source, push);
    const second = await send(source, push);

    expect(second).toMatchObject({ status: 202, body: { deliveryId: first.body.deliveryId, facts: 1 } });
    expect(await deliveriesOf(source.id)).toHaveLength(1);
  });

  it('under a delivery id that was used before does not hide the body that came with it', async () => {
    const source = await newSource();
    const later = pushOf('acme/later');
    const id = randomUUID();
    await send(source, pushOf('acme/earlier'), { id });
    await send(source, later, { id });

    const again = await send(source, later);

    expect(again.body.facts).toBe(1);
    expect(await deliveriesOf(source.id)).toHaveLength(2);
  });

  it('is kept sealed, without signature and credentials, and says which secret verified it', async () => {
    const source = await newSource();
    const { body } = await send(source, pushOf('acme/sealed', { marker: 'find-me-in-the-clear' }), {
      headers: { 'x-gitea-token': 'credential' },
    });

    const [row] = await rows<{ body: Buffer; headers: string; secret_id: string }>('select * from delivery where id = $1', [
      body.deliveryId,
    ]);
    const shown = await door.call<WebhookDeliveryDetail>('GET', `/api/v1/deliveries/${body.deliveryId}`);

    expect(row!.body.includes('find-me')).toBe(false);
    expect(row!.secret_id).toBe(source.secrets[0]!.id);
    expect(JSON.stringify([row!.headers, shown.body])).not.toMatch(/credential|signature/i);
    expect(shown.body).toMatchObject({ replayable: true, facts: [{ type: 'change.pushed' }] });
  });

  it('too large for a row is kept as a sealed blob and can be replayed', async () => {
    const source = await newSource();
    const { body } = await send(source, pushOf('acme/large', { padding: 'find-me'.repeat(100_000) }));

    const replayed = await door.call<WebhookReceipt>('POST', `/api/v1/deliveries/${body.deliveryId}/replay`);

    expect(replayed).toMatchObject({ status: 202, body: { deliveryId: body.deliveryId, facts: 1 } });
    expect(await rows('select 1 from delivery where id = $1 and body is null and body_blob is not null', [body.deliveryId])).toHaveLength(
      1,
    );
    await eventually(async () => {
      const ids = (await broker.records(`${platform.prefix}throughline.change.v1`)).filter(({ key }) => key === 'git.example/acme/large');
      const pushes = ids
        .filter(({ headers }) => headers['ce_type'] === 'dev.throughline.change.pushed.v1')
        .map(({ headers }) => headers['ce_id']);
      expect(pushes).toHaveLength(2);
      expect(new Set(pushes).size).toBe(1);
    });
  });
});

describe('what is not believed', () => {
  const count = async (): Promise<unknown> =>
    rows('select (select count(*) from delivery) as deliveries, (select count(*) from outbox) as facts');

  it.each([
    ['a wrong secret', { secret: 'not-the-secret' }],
    ['no signature', { headers: { 'x-gitea-signature': '' } }],
    ['a signature that is no hex', { headers: { 'x-gitea-signature': 'zz' } }],
  ])('%s is answered 401 and leaves no row', async (_what, sent: Sent) => {
    const source = await newSource();
    const before = await count();

    const answer = await send(source, pushOf('acme/none'), sent);

    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(await count()).toEqual(before);
  });

  it('is answered in the same words for a source that does not exist', async () => {
    const source = await newSource();

    const wrong = await send(source, pushOf('acme/none'), { secret: 'not-the-secret' });
    const unknown = await send({ id: randomUUID(), secret: 'x' }, pushOf('acme/none'));
    const nonsense = await send({ id: encodeURIComponent("' or 1=1"), secret: 'x' }, pushOf('acme/none'));

    for (const answer of [unknown, nonsense])
      expect([answer.status, answer.body.code, answer.body.detail]).toEqual([401, 'unauthorized', wrong.body.detail]);
  });

  it('is remembered for whoever sets the source up: the latest twenty, without bodies', async () => {
    const source = await newSource();

    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        Array.from({ length: 15 }, () => send(source, pushOf('acme/none'), { secret: 'not-the-secret', event: '<img onerror=x>' })),
      );
    }

    await eventually(async () => {
      const refused = await deliveriesOf(source.id);
      expect(refused).toHaveLength(20);
      expect(refused[0]).toMatchObject({ status: 'refused', reason: expect.stringContaining('signature') });
    });
  });

  it('is measured by the source as it is now', async () => {
    const source = await newSource({}, { repositories: ['acme/**'] });
    const before = await send(source, pushOf('acme/scope'));

    await door.call('PATCH', `/api/v1/sources/${source.id}`, { body: { scope: { repositories: ['blog/**'] } } });
    const after = await send(source, pushOf('acme/scope'));

    expect(before.body).toMatchObject({ facts: 1 });
    expect(after.body).toMatchObject({ facts: 0, ignored: expect.stringContaining('out of scope') });
  });

  it('includes an earlier secret only until the one after the next', async () => {
    const source = await newSource();
    const rotate = (): Promise<SignedAnswer<{ secret: string; active: number }>> =>
      door.call('POST', `/api/v1/sources/${source.id}/secrets`, { body: {} });

    const second = (await rotate()).body;
    const [withFirst, withSecond] = [
      await send(source, pushOf('acme/r1')),
      await send(source, pushOf('acme/r2'), { secret: second.secret }),
    ];
    await rotate();
    const afterNext = await send(source, pushOf('acme/r3'));

    expect(second.active).toBe(2);
    expect([withFirst.status, withSecond.status, afterNext.status]).toEqual([202, 202, 401]);
  });
});

describe('what is signed but useless', () => {
  it.each([
    ['truncated JSON', Buffer.from('{"ref":"refs/he'), 400],
    ['deep nesting', Buffer.from(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`), 400],
    ['a key that reaches a prototype', Buffer.from('{"__proto__":{"x":1},"ref":"refs/heads/main"}'), 400],
    ['an empty body', Buffer.from('""'), 422],
    ['a repository that leads elsewhere', Buffer.from(JSON.stringify(pushOf('../../etc/passwd'))), 422],
    ['a branch that git does not allow', Buffer.from(JSON.stringify(pushOf('acme/x', { ref: 'refs/heads/a..b' }))), 422],
  ])('%s is answered with a clear error and kept as refused', async (_what, body, status) => {
    const source = await newSource({ baseUrl: 'https://git.example' });

    const answer = await send(source, body);

    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringMatching(/\w{4}/) } });
    await eventually(async () => expect(await deliveriesOf(source.id)).toMatchObject([{ status: 'refused', facts: [] }]));
  });

  it('another provider’s headers are refused, though the signature would hold', async () => {
    const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'github', name: 'hub' } });
    const raw = Buffer.from(JSON.stringify(pushOf('acme/x')));
    const hex = createHmac('sha256', source.secret).update(raw).digest('hex');

    const answer = await send(source, raw, {
      headers: { 'x-hub-signature-256': `sha256=${hex}`, 'x-github-event': 'push', 'x-github-delivery': 'd' },
    });

    expect(answer).toMatchObject({ status: 422, body: { code: 'another_provider' } });
  });

  it('more than GitHub sends is 413', async () => {
    const source = await newSource();

    const answer = await send(source, Buffer.alloc(26_000_000, 0x20));

    expect(answer.status).toBe(413);
  });

  it('an address of another origin is refused, and the first signed one was taken for the source', async () => {
    const source = await newSource();
    await send(source, pushOf('acme/pinned'));

    const answer = await send(
      source,
      pushOf('acme/pinned', { repository: { full_name: 'acme/pinned', clone_url: 'https://evil.example/acme/pinned.git' } }),
    );

    expect(answer).toMatchObject({ status: 422, body: { code: 'foreign_origin' } });
    expect((await door.call<CreatedSource>('GET', `/api/v1/sources/${source.id}`)).body.settings.baseUrl).toBe('https://git.example');
  });
});

describe('what a source may say', () => {
  it('ends at its scope; widened, the delivery can be replayed', async () => {
    const source = await newSource({ baseUrl: 'https://git.example' }, { repositories: ['inside/*'] });

    const outside = await send(source, pushOf('outside/shop'));
    await door.call('PATCH', `/api/v1/sources/${source.id}`, { body: { scope: { repositories: ['inside/*', 'outside/*'] } } });
    const replayed = await door.call<WebhookReceipt>('POST', `/api/v1/deliveries/${outside.body.deliveryId}/replay`);

    expect(outside).toMatchObject({ status: 202, body: { facts: 0, ignored: expect.stringContaining('out of scope') } });
    expect(replayed.body).toEqual({ deliveryId: outside.body.deliveryId, facts: 1 });
    expect(await deliveriesOf(source.id)).toMatchObject([{ status: 'accepted', facts: [{ type: 'change.pushed' }] }]);
  });

  it('and what means nothing to us is answered 202 with the reason', async () => {
    const source = await newSource();

    const answer = await send(source, { repository: null }, { event: 'star' });

    expect(answer).toMatchObject({ status: 202, body: { facts: 0, ignored: 'event "star" is not used' } });
    expect(await deliveriesOf(source.id)).toMatchObject([{ status: 'ignored', reason: 'event "star" is not used' }]);
  });
});

describe('deliveries that arrive together', () => {
  it('do not share the fate of a hostile one', async () => {
    const source = await newSource({ baseUrl: 'https://git.example' });
    const hostile: readonly Buffer[] = [
      Buffer.from(JSON.stringify(pushOf('bad/nul', { commits: [{ id: 'b'.repeat(40), message: 'a\0b', author: { name: '\0' } }] }))),
      Buffer.from('{"ref":'),
      Buffer.from('['.repeat(10_000)),
      Buffer.from('{"__proto__":{}}'),
      Buffer.from(JSON.stringify(pushOf('bad/ref', { ref: 'refs/heads/\0' }))),
      Buffer.from(JSON.stringify(pushOf('bad/\0'))),
    ];
    const good = Array.from({ length: 199 }, (_, index) => pushOf(`good/r${index}`));

    for (const body of hostile) {
      const [bad, ...others] = await Promise.all([send(source, body), ...good.map((push) => send(source, push, { id: randomUUID() }))]);

      expect(others.filter(({ status }) => status === 202)).toHaveLength(199);
      expect(bad.status).toBeLessThan(500);
    }
    expect(await rows("select 1 from repository where repository like 'git.example/good/%'")).toHaveLength(199);
  }, 60_000);

  it('are answered 503 while the database is away, and taken when it is back', async () => {
    const source = await newSource({ baseUrl: 'https://git.example' });
    const push = pushOf('acme/away');
    await held.killPostgres();

    const away = await send(source, push).finally(() => held.restartPostgres());

    expect(away.status).toBe(503);
    expect(away.headers['retry-after']).toBeDefined();
    await eventually(async () => expect(await send(source, push)).toMatchObject({ status: 202, body: { facts: 1 } }), 30_000);
  }, 90_000);
});
