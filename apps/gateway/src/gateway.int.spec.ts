import { createHash, randomBytes } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceNames, uuidv7 } from '@throughline/contracts';
import { GatewayUnderTest, heldByLedger, replayed, things } from './fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

describe('the proxy', () => {
  it('passes a call on with the identity of the caller', async () => {
    const answer = await under.call('GET', '/api/v1/things?limit=3');

    expect(answer).toMatchObject({
      status: 200,
      json: { query: { limit: 3 }, caller: { kind: 'user', name: 'first administrator', rights: ['*'], applications: '*' } },
    });
  });

  it('lets no stranger say who calls, nor how the trace goes on', async () => {
    const answer = await under.call('GET', '/api/v1/things/7', {
      headers: {
        'x-throughline-on-behalf-of': 'forged',
        'x-forwarded-for': '9.9.9.9',
        cookie: 'a=b',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        'if-match': '"1"',
      },
    });

    expect(answer.json['headers']).toMatchObject({ 'if-match': '"1"', 'x-forwarded-for': '127.0.0.1' });
    expect(Object.keys(answer.json['headers']!)).not.toEqual(expect.arrayContaining(['cookie']));
    expect(JSON.stringify(answer.json)).not.toMatch(/forged|aaaaaaaa/);
  });

  it.each<[string, string, string, number]>([
    ['a path that no service has', 'GET', '/api/v1/nothing', 404],
    ['a method that the path has not', 'DELETE', '/api/v1/things', 405],
    ['dots that lead elsewhere', 'GET', '/api/v1/things/%2e%2e/%2e%2e/internal', 400],
    ['what is only for services', 'GET', '/internal/evidence', 404],
  ])('answers %s with a problem', async (_what, method, path, status) => {
    const answer = await raw(method, path);

    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
  });

  it('passes a webhook through as it came, for the gateway itself', async () => {
    const body = Buffer.from('{ "ref" :  "refs/heads/main" }\n');

    const answer = await under.call('POST', '/hooks/abc', { token: '', body, headers: { 'x-hub-signature-256': 'sha256=1' } });

    expect(answer).toMatchObject({
      status: 202,
      json: {
        source: 'abc',
        digest: createHash('sha256').update(body).digest('hex'),
        caller: 'gateway',
        kind: 'service',
        signature: 'sha256=1',
      },
    });
  });

  it('passes the password of a hook on, which is no token of ours, and nobody says it in its place', async () => {
    const sent = { authorization: 'Basic aG9vazprZXk=', 'x-throughline-authorization': 'Basic Zm9yZ2Vk' };

    const answer = await under.call('POST', '/hooks/abc', { token: '', body: { a: 1 }, headers: sent });
    const without = await under.call('POST', '/hooks/abc', {
      token: '',
      body: { a: 1 },
      headers: { 'x-throughline-authorization': 'Basic Zm9yZ2Vk' },
    });

    expect(answer).toMatchObject({ status: 202, json: { caller: 'gateway', credential: sent.authorization } });
    expect(without.json).not.toHaveProperty('credential');
  });

  it('passes a large body through as a stream, and refuses one that is too large', async () => {
    const large = randomBytes(5 * 1024 * 1024);

    const passed = await under.call('POST', '/hooks/abc', { token: '', body: large });
    const refused = await under.call('POST', '/hooks/abc', { token: '', body: Buffer.alloc(26 * 1024 * 1024) });

    expect(passed).toMatchObject({ status: 202, json: { bytes: large.length, digest: createHash('sha256').update(large).digest('hex') } });
    expect(refused.status).toBe(413);
  });

  it('has the effect of a repeated POST once, and keeps no secret for the repetition', async () => {
    const before = things.made;
    const headers = { 'idempotency-key': uuidv7() };

    const first = await under.call('POST', '/api/v1/things', { body: { name: 'a' }, headers });
    const again = await under.call('POST', '/api/v1/things', { body: { name: 'a' }, headers });
    const other = await under.call('POST', '/api/v1/things', { body: { name: 'b' }, headers });

    expect(first.json).toMatchObject({ name: 'a', secret: 'shown once' });
    expect(again).toMatchObject({ status: 201, json: { id: first.json['id'], name: 'a' } });
    expect(again.json).not.toHaveProperty('secret');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(other.status).toBe(422);
    expect(things.made).toBe(before + 1);
  });

  it('describes the whole interface', async () => {
    const { json } = await under.call('GET', '/api/openapi.json', { token: '' });
    const page = await under.call('GET', '/api/docs', { token: '' });

    expect(Object.keys(json['paths']!)).toEqual(
      expect.arrayContaining(['/api/v1/things', '/api/v1/things/{id}', '/hooks/{source}', '/api/v1/tokens', '/api/v1/stream']),
    );
    expect(page.json['text']).toContain('/api/v1/things/{id}');
  });
});

describe('held records of all services', () => {
  const ids = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
    const { json } = await under.call('GET', `/api/v1/held-records?${query}`);
    return { ids: (json['items']! as { id: string }[]).map(({ id }) => id), next: json['next']! ?? null };
  };

  it('are one list, in pages', async () => {
    const first = await ids('limit=1');
    const second = await ids(`limit=1&cursor=${first.next}`);

    expect([...first.ids, ...second.ids]).toEqual(heldByLedger);
    expect((await ids('')).ids).toEqual(heldByLedger);
    expect((await ids(`cursor=${second.next}`)).ids).toEqual([]);
  });

  it('are replayed by the service that holds them', async () => {
    const known = await under.call('POST', `/api/v1/held-records/${heldByLedger[1]!}/replay`);
    const unknown = await under.call('POST', `/api/v1/held-records/${uuidv7()}/replay`);

    expect([known.status, unknown.status]).toEqual([202, 404]);
    expect(replayed.splice(0)).toEqual([heldByLedger[1]]);
  });

  it('are replayed with a corrected value, and all together', async () => {
    await under.call('POST', `/api/v1/held-records/${heldByLedger[0]!}/replay`, { body: { value: '{"a":1}' } });
    const { json } = await under.call('POST', '/api/v1/held-records/replays?consumer=ledger.findings');

    expect(json).toEqual({ records: 2, left: 0 });
    expect(replayed.splice(0)).toEqual([`${heldByLedger[0]} as {"a":1}`, 'all of ledger.findings']);
  });

  it('are seen by those who may see them', async () => {
    const token = await under.newToken({ rights: ['findings:read'] });

    expect((await under.call('GET', '/api/v1/held-records', { token })).status).toBe(403);
  });

  it('are told to the notifier where they are the gateway’s own, and to nobody else', async () => {
    const path = '/internal/held-records';

    expect(await under.as('notifier').call('GET', path)).toMatchObject({ status: 200, body: { dead: 0 } });
    expect((await under.as('ledger').call('GET', path)).status).toBe(403);
    expect((await under.call('GET', path)).status).toBe(401);
    expect((await under.call('GET', path, { token: '' })).status).toBe(401);
  });
});

describe('the door', () => {
  it('answers only under its own names', async () => {
    const answer = await raw('GET', '/api/v1/me', { host: 'evil.example', authorization: `Bearer ${under.admin}` });

    expect(answer.status).toBe(421);
  });

  it('tells how much may be asked, and what browsers must not do', async () => {
    const { headers } = await under.call('GET', '/api/v1/me');

    expect(headers.get('ratelimit-policy')).toBe('"token";q=3000;w=60');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('serves the dashboard, also for the addresses of its pages', async () => {
    const page = await under.call('GET', '/chains/abc', { token: '' });
    const asset = await under.call('GET', '/assets/app-1.js', { token: '' });
    const none = await under.call('GET', '/assets/app-2.js', { token: '' });
    const dotted = await under.call('GET', '/advisories/ALSA-2022.1234', { token: '' });

    expect(page.json['text']).toContain('dashboard');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(none.status).toBe(404);
    expect([dotted.status, dotted.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  });

  it('names every part that is ready', async () => {
    const { status, json } = await under.call('GET', '/readyz', { token: '' });

    expect(status).toBe(200);
    expect(Object.keys(json['checks']!)).toEqual(
      expect.arrayContaining(['database', 'routes', ...serviceNames.filter((name) => name !== 'gateway')]),
    );
  });
});

function raw(
  method: string,
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${under.admin}` },
): Promise<{ status: number; type: string | undefined }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(under.url);
    const sent = rawRequest({ method, path, hostname, port, headers }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode!, type: answer.headers['content-type'] });
    });
    sent.once('error', reject).end();
  });
}
