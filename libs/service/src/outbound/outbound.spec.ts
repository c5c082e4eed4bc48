import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AddressRefused, readAllowedTargets } from './address-policy.ts';
import { Outbound, OutboundFailed } from './outbound.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listener(status: number, headers: Record<string, string> = {}): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(status, headers).end('ok');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(() => new Promise((done) => server.close(() => done())));
  return { port: (server.address() as AddressInfo).port, seen };
}

function outbound(allow: readonly string[], addresses: Readonly<Record<string, readonly string[]>> = {}): Outbound {
  const door = new Outbound(readAllowedTargets(allow), async (host) => addresses[host] ?? []);
  closing.unshift(() => door.close());
  return door;
}

describe('Outbound', () => {
  it.each(['127.0.0.1', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost'])('opens no socket to %s', async (host) => {
    const { port, seen } = await listener(200);
    const door = outbound([], { localhost: ['127.0.0.1'] });

    await expect(door.send({ method: 'POST', url: `http://${host}:${port}/`, body: '{}' })).rejects.toThrow(AddressRefused);
    expect(seen).toEqual([]);
  });

  it('checks the address that a name leads to, and all of them', async () => {
    const { port, seen } = await listener(200);
    const door = outbound([], { 'rebind.example': ['93.184.216.34', '127.0.0.1'] });

    await expect(door.send({ method: 'GET', url: `http://rebind.example:${port}/` })).rejects.toThrow(/OUTBOUND_ALLOW/);
    await expect(door.dial({ scheme: 'smtp', host: 'rebind.example', port })).rejects.toThrow(AddressRefused);
    expect(seen).toEqual([]);
  });

  it('reaches what the operator allows, and does not follow where it is sent', async () => {
    const secret = await listener(200);
    const { port, seen } = await listener(302, { location: `http://127.0.0.1:${secret.port}/` });
    const door = outbound([`http://hooks.internal:${port}`], { 'hooks.internal': ['127.0.0.1'] });

    const answer = await door.send({ method: 'POST', url: `http://hooks.internal:${port}/in`, body: '{}' });

    expect(answer.status).toBe(302);
    expect(seen).toEqual(['POST /in']);
    expect(secret.seen).toEqual([]);
  });

  it('tries the next address of a host when one does not answer', async () => {
    const { port } = await listener(200);
    const door = outbound([`http://two.internal:${port}`], { 'two.internal': ['::1', '127.0.0.1'] });

    await expect(door.send({ method: 'GET', url: `http://two.internal:${port}/` })).resolves.toMatchObject({ status: 200, text: 'ok' });
  });

  it('knows a request that certainly was not sent', async () => {
    const { port } = await listener(200);
    await closing.shift()!();
    const door = outbound([`http://127.0.0.1:${port}`]);

    const failure = await door.send({ method: 'GET', url: `http://127.0.0.1:${port}/` }).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(OutboundFailed);
    expect((failure as OutboundFailed).sent).toBe(false);
  });

  it('has a time limit', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    closing.push(() => new Promise((done) => server.close(() => done())));
    const { port } = server.address() as AddressInfo;
    const door = outbound([`http://127.0.0.1:${port}`]);

    const failure = await door.send({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeoutMs: 100 }).catch((error: unknown) => error);

    expect((failure as OutboundFailed).sent).toBe(true);
  });
});
