import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitFailed } from './git-failed.ts';
import { Git } from './git.ts';
import type { Origin } from './profile.ts';

describe('git that reaches nobody', () => {
  let empty: string;
  let server: Server;
  let address: string;
  let answer = 404;

  beforeAll(async () => {
    empty = await mkdtemp(join(tmpdir(), 'git-'));
    server = createServer((_request, response) => response.writeHead(answer).end());
    server.on('connect', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(empty, { recursive: true });
  });

  const failureOf = (origin: Origin): Promise<GitFailed> =>
    new Git(undefined, { empty }).text(['ls-remote', '--', origin.url], { timeoutMs: 20_000, origin }).then(
      () => Promise.reject(new Error('it should fail')),
      (error: GitFailed) => error,
    );

  it.each<[string, () => Origin]>([
    ['nobody listens', () => ({ url: 'http://127.0.0.1:1/team/shop.git' })],
    ['the name is not known', () => ({ url: 'https://nowhere.invalid/team/shop.git' })],
    ['the proxy cannot connect', () => ({ url: 'https://git.example/team/shop.git', proxy: address })],
  ])('says that the host is away when %s', async (_what, origin) => {
    expect(await failureOf(origin())).toMatchObject({ code: 'git_failed', hostAway: true });
  });

  it('says so when what stands before the host cannot reach it, and not when there is no such repository', async () => {
    for (const [status, hostAway] of [
      [502, true],
      [503, true],
      [404, false],
      [403, false],
    ] as const) {
      answer = status;
      expect(await failureOf({ url: `${address}/team/shop.git` })).toMatchObject({ hostAway });
    }
  });
});
