import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readAllowedTargets } from './address-policy.ts';
import { EgressProxy } from './egress-proxy.ts';
import { Outbound } from './outbound.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function proxy(allow: readonly string[]): Promise<URL> {
  const door = new Outbound(readAllowedTargets(allow), async (host) => (host === 'git.internal' ? ['127.0.0.1'] : []));
  const made = new EgressProxy(door);
  closing.push(
    () => door.close(),
    () => made.close(),
  );
  return new URL(await made.url());
}

async function origin(answer: (seen: string[]) => Server): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = answer(seen);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections?.();
    await new Promise((closed) => server.close(closed));
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

const http = (seen: string[]): Server =>
  createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['proxy-authorization'] ?? ''}`);
    request.pipe(response.writeHead(200, { 'x-answer': 'yes' }));
  });
const echo = (seen: string[]): Server =>
  createPlainServer((socket) => {
    seen.push('connected');
    socket.pipe(socket);
  }) as unknown as Server;

async function ask(at: URL, head: string, authorization = `${at.username}:${at.password}`): Promise<Socket> {
  const socket = connect(Number(at.port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`${head}\r\nproxy-authorization: Basic ${Buffer.from(authorization).toString('base64')}\r\n`);
  return socket;
}

describe('the egress proxy', () => {
  it('joins both ends of a tunnel to what the operator allows', async () => {
    const { port } = await origin(echo);
    const at = await proxy([`https://git.internal:${port}`]);

    const socket = await ask(at, `CONNECT git.internal:${port} HTTP/1.1`);
    socket.end('\r\nhello');

    expect(await text(socket)).toBe('HTTP/1.1 200 Connection Established\r\n\r\nhello');
  });

  it('passes a plain request on, without its own password', async () => {
    const { port, seen } = await origin(http);
    const at = await proxy([`http://git.internal:${port}`]);

    const socket = await ask(at, `POST http://git.internal:${port}/a?b HTTP/1.1`);
    socket.write('host: other.example\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody');

    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\nx-answer: yes\r\n[^]*body/);
    expect(seen).toEqual([`POST /a?b git.internal:${port} `]);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '2130706433', 'git.internal'])('dials no address of %s', async (host) => {
    const tunnelled = await origin(echo);
    const plain = await origin(http);
    const at = await proxy([]);

    const tunnel = await ask(at, `CONNECT ${host}:${tunnelled.port} HTTP/1.1`);
    tunnel.end('\r\n');
    const request = await ask(at, `GET http://${host}:${plain.port}/ HTTP/1.1`);
    request.end('host: x\r\n\r\n');

    expect([await text(tunnel), await text(request)]).toEqual([
      expect.stringMatching(/^HTTP\/1.1 (?:403|502)/),
      expect.stringMatching(/^HTTP\/1.1 (?:403|502)/),
    ]);
    expect([...tunnelled.seen, ...plain.seen]).toEqual([]);
  });

  it.each([
    ['another password', 'throughline:guess', 'CONNECT git.internal:443 HTTP/1.1', 407],
    ['no target', undefined, 'CONNECT git.internal HTTP/1.1', 400],
    ['another scheme', undefined, 'GET ftp://git.internal/ HTTP/1.1', 400],
    ['its own address', undefined, 'GET /metrics HTTP/1.1', 400],
  ])('refuses %s', async (_what, authorization, head, status) => {
    const at = await proxy([]);

    const socket = await ask(at, head, authorization);
    socket.end('host: x\r\n\r\n');

    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('ends what is open when it is closed', async () => {
    const { port } = await origin(echo);
    const door = new Outbound(readAllowedTargets([`https://127.0.0.1:${port}`]));
    const made = new EgressProxy(door);
    const socket = await ask(new URL(await made.url()), `CONNECT 127.0.0.1:${port} HTTP/1.1`);
    socket.write('\r\n');
    await once(socket, 'data');

    await made.close();

    await expect(text(socket)).resolves.toBe('');
    await door.close();
  });
});
