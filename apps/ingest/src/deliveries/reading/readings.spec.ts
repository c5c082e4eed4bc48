import { createHmac } from 'node:crypto';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { ReadOrder } from './orders.ts';
import { reading } from './reading.ts';
import { largeBytes, Readings } from './readings.ts';

jest.setTimeout(60_000);

const readings = new Readings();
afterAll(() => readings.onApplicationShutdown());

const order: ReadOrder = {
  provider: 'gitea',
  contentType: 'application/json',
  event: 'push',
  source: 's1',
  baseUrl: 'https://git.example',
};

function push(more: object = {}): Buffer {
  const repository = { full_name: 'acme/shop', clone_url: 'https://git.example/acme/shop.git' };
  const commits = [{ id: 'b'.repeat(40), message: 'with \u0000 inside' }];
  return Buffer.from(
    JSON.stringify({ ref: 'refs/heads/main', before: 'a'.repeat(40), after: 'b'.repeat(40), repository, commits, ...more }),
  );
}

/** A body that is read in the thread. */
const large = (more: object = {}): Buffer => push({ padding: 'x'.repeat(largeBytes), ...more });

describe('a large body', () => {
  it('is read in the thread as it would be read here, and comes back', async () => {
    const raw = large();
    const body = { bytes: Buffer.from(raw) };

    const read = await readings.read(order, body);

    expect(read).toEqual(reading.read(order, raw));
    expect(read).toMatchObject({ facts: [{ type: 'change.pushed', fields: { after: 'b'.repeat(40) } }] });
    expect(body.bytes.equals(raw)).toBe(true);
  });

  it('is verified in the thread by the secret that signed it', async () => {
    const raw = large();
    const hex = createHmac('sha256', 'second').update(raw).digest('hex');
    const verify = (secrets: readonly string[]): Promise<number | undefined> =>
      readings.verify({ provider: 'gitea', headers: { 'x-gitea-signature': hex }, secrets, now: 0 }, { bytes: Buffer.from(raw) });

    expect([await verify(['first', 'second']), await verify(['first', 'third'])]).toEqual([1, undefined]);
  });

  it.each([
    ['broken off', () => large().subarray(0, -1), 400, 'malformed_json'],
    ['nested deeply', () => Buffer.from(`{"a":${'['.repeat(largeBytes)}`), 400, 'malformed_json'],
    ['with a key that reaches a prototype', () => large({ nested: JSON.parse('{"__proto__":{}}') as object }), 400, 'malformed_json'],
    ['of too many values', () => Buffer.from(`[${'0,'.repeat(2_000_001)}0]`), 400, 'malformed_json'],
    [
      'of a foreign origin',
      () => large({ repository: { full_name: 'a/b', clone_url: 'https://evil.example/a/b' } }),
      422,
      'foreign_origin',
    ],
  ])('%s is refused as a small one would be', async (_what, bytes, status, code) => {
    await expect(readings.read(order, { bytes: bytes() })).rejects.toMatchObject({ status, code });
  });

  it('is told to come again when too much is waiting', async () => {
    const busy = new Readings();
    const waiting = Array.from({ length: 5 }, () =>
      busy.read(order, { bytes: Buffer.alloc(25 * 1024 * 1024, 0x20) }).catch(() => undefined),
    );

    const further = busy.read(order, { bytes: Buffer.alloc(25 * 1024 * 1024, 0x20) });

    await expect(further).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    await Promise.all([busy.onApplicationShutdown(), ...waiting]);
  });
});

it('reads a small body here, and does not take it away', async () => {
  const body = { bytes: push() };

  const read = await readings.read(order, body);

  expect(read).toHaveProperty('facts');
  expect(body.bytes.length).toBe(push().length);
});
