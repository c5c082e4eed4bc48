import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { GatewayUnderTest, things } from '../fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Bytes as they are, which no client would send. */
function raw(text: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(under.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.once('error', reject);
    socket.once('close', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
      const type = /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? '';
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), type, body });
    });
  });
}

const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  [
    `${line} HTTP/1.1`,
    `host: ${new URL(under.url).host}`,
    `authorization: Bearer ${under.admin}`,
    'connection: close',
    ...(body ? ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`] : []),
    ...headers,
    '',
    body,
  ].join('\r\n');

describe('every refusal is a problem', () => {
  it.each<[string, () => string, number]>([
    ['no such path', () => request('GET /api/v1/nothing'), 404],
    ['no such path outside the interface', () => request('POST /nothing'), 404],
    ['a method that the path has not', () => request('DELETE /api/v1/things'), 405],
    ['a method that one of our own paths has not', () => request('DELETE /api/v1/me'), 405],
    ['a method that nobody has', () => request('PROPFIND /api/v1/me'), 405],
    ['a preflight', () => request('OPTIONS /api/v1/things', ['origin: https://evil.example', 'access-control-request-method: POST']), 405],
    ['a path that cannot be decoded', () => request('GET /api/v1/%zz'), 400],
    ['a request that is no HTTP', () => 'hello\r\n\r\n', 400],
    ['headers without end', () => request('GET /api/v1/me', [`x-long: ${'x'.repeat(70_000)}`]), 431],
    ['a body that is no JSON', () => request('POST /api/v1/tokens', [], '{"name":'), 400],
    ['a body of another type', () => request('POST /api/v1/tokens', ['content-type: text/plain', 'content-length: 2']).concat('hi'), 415],
    ['a body that is too large', () => request('POST /api/v1/tokens', ['content-type: application/json', 'content-length: 2000000']), 413],
    ['a body larger than any', () => request('POST /hooks/a', ['content-length: 30000000']), 413],
    ['a query that is not known', () => request('GET /api/v1/tokens?nope=1'), 400],
    ['a page of none', () => request('GET /api/v1/tokens?limit=0'), 400],
    ['a cursor that nobody gave', () => request('GET /api/v1/tokens?cursor=abc'), 400],
    ['a cursor with other content', () => request(`GET /api/v1/teams?cursor=${Buffer.from('["\\u0000"]').toString('base64url')}`), 400],
    ['a text that no database keeps', () => request('GET /api/v1/people?q=%00'), 400],
    ['no token', () => request('GET /api/v1/me').replace(/authorization: .*\r\n/, ''), 401],
    ['a token that is none', () => request('GET /api/v1/me').replace(/Bearer .*/, 'Bearer x'), 401],
    ['a foreign name', () => request('GET /api/v1/me').replace(/host: .*/, 'host: evil.example'), 421],
    ['no name', () => request('GET /api/v1/me').replace(/host: .*\r\n/, ''), 421],
  ])('%s', async (_what, bytes, status) => {
    const answer = await raw(bytes());

    expect(answer).toMatchObject({ status, type: expect.stringMatching(/^application\/problem\+json/) });
    expect(JSON.parse(answer.body)).toMatchObject({ status, type: expect.stringMatching(/^urn:throughline:problem:\w+$/) });
    expect(answer.body).not.toMatch(/node_modules|at \w+ \(/);
  });

  it('a forged host stands in no link', async () => {
    const answer = await raw(request('POST /api/v1/session/links', ['x-forwarded-host: evil.example', 'x-forwarded-proto: https']));

    expect(answer.status).toBe(201);
    expect(answer.body).toContain(new URL(under.url).host);
    expect(answer.body).not.toContain('evil.example');
  });
});

describe('an Idempotency-Key', () => {
  const post = (key: string, body: object, token = under.admin) =>
    under.call('POST', '/api/v1/things', { token, body, headers: { 'idempotency-key': key } });

  it('is free again when the service broke off, and when it refused', async () => {
    const [dropped, refused] = [uuidv7(), uuidv7()];
    things.toDrop = 1;
    const before = things.made;

    const first = await post(dropped, { name: 'a' });
    const again = await post(dropped, { name: 'a' });
    const bad = await post(refused, { name: 5 });
    const good = await post(refused, { name: 'b' });

    expect([first.status, again.status, bad.status, good.status]).toEqual([503, 201, 400, 201]);
    expect(first.headers.get('retry-after')).not.toBeNull();
    expect(things.made).toBe(before + 2);
  });

  it('is one for each token, and its answers keep no secret', async () => {
    const key = uuidv7();
    const other = await under.newToken({ rights: ['findings:write'] });

    const first = await post(key, { name: 'a' });
    const second = await post(key, { name: 'a' }, other);

    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect(second.json['id']).not.toBe(first.json['id']);
    expect(first.json['secret']).toBe('shown once');
    expect(await under.database()).not.toContain('shown once');
  });
});

describe('limits', () => {
  it('of a noisy token are nobody else’s', async () => {
    await under.restart({ RATE_PER_TOKEN: '30' });
    await eventually(async () => expect((await under.call('GET', '/readyz', { token: '' })).status).toBe(200));
    const noisy = await under.newToken({ rights: ['findings:read'] });
    const quiet = await under.newToken({ rights: ['findings:read'] });

    const answers = await Promise.all(Array.from({ length: 60 }, () => under.call('GET', '/api/v1/me', { token: noisy })));
    const refused = answers.filter(({ status }) => status === 429);
    const other = await under.call('GET', '/api/v1/me', { token: quiet });

    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]!.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('ratelimit-policy')).toBe('"token";q=30;w=60');
    expect(refused[0]!.headers.get('ratelimit')).toMatch(/^"token";r=0;t=\d+$/);
    expect(other.status).toBe(200);
  }, 30_000);
});
