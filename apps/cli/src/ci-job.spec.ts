import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from './api.ts';
import { readConnection } from './config.ts';
import { askGate } from './verbs/gate.ts';

const variables = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'THROUGHLINE_ID_TOKEN', 'THROUGHLINE_AUDIENCE'];
const known = [...variables, 'THROUGHLINE_URL', 'THROUGHLINE_TOKEN', 'XDG_CACHE_HOME', 'THROUGHLINE_HOME'];
const commit = 'c'.repeat(40);

describe('a command in a CI job', () => {
  let server: Server;
  let origin: string;
  let folder: string;
  let asked: { path: string; authorization: string | undefined; body: string }[];
  let refusal: number | undefined;
  let said: string;
  const before = process.env;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ci-job-'));
    asked = [];
    refusal = undefined;
    said = '';
    server = createServer((request, answer) => {
      void bodyOf(request).then((body) => {
        const path = request.url!;
        asked.push({ path, authorization: request.headers.authorization, body });
        if (path.startsWith('/runner')) return answer.end(JSON.stringify({ value: `id-token-${asked.length}` }));
        if (refusal !== undefined) return answer.writeHead(refusal).end(JSON.stringify({ detail: 'no' }));
        if (path.endsWith('/tokens/exchange'))
          return answer.end(
            JSON.stringify({
              access_token: 'tl_job',
              expires_in: 900,
              repository: 'git.example/shop/till',
              commit,
              ref: 'refs/heads/main',
            }),
          );
        return answer.end(JSON.stringify({ decision: 'pass', reasons: [], subject: commit, tolerance: 't', older: 0 }));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env = { ...before };
    for (const name of known) delete process.env[name];
    Object.assign(process.env, { THROUGHLINE_URL: origin, XDG_CACHE_HOME: folder, THROUGHLINE_HOME: join(folder, 'none') });
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });

  afterEach(async () => {
    process.env = before;
    jest.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const gate = (): Promise<number> => askGate(new Api(readConnection({})), { gate: 'change', wait: '0', json: true });
  const paths = (): string[] => asked.map(({ path }) => path.split('?')[0]!);

  it('of GitHub asks the runner for a token for this server, and speaks for its own commit', async () => {
    process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] = `${origin}/runner?api-version=2.0`;
    process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = 'runner-secret';

    expect(await gate()).toBe(0);

    expect(paths()).toEqual(['/runner', '/api/v1/tokens/exchange', '/api/v1/gate']);
    expect(asked[0]).toMatchObject({
      path: `/runner?api-version=2.0&audience=${encodeURIComponent(origin)}`,
      authorization: 'Bearer runner-secret',
    });
    expect(JSON.parse(asked[1]!.body)).toMatchObject({ subject_token: 'id-token-1' });
    expect(asked[1]!.authorization).toBeUndefined();
    expect(asked[2]!.authorization).toBe('Bearer tl_job');
    expect(JSON.parse(asked[2]!.body)).toMatchObject({ subject: { repository: 'git.example/shop/till', commit } });
    expect(said).toContain('as the CI job of git.example/shop/till');
    expect(said).not.toMatch(/runner-secret|id-token|tl_job/);
  });

  it('of GitLab exchanges the token of the job once for all of its commands', async () => {
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';

    expect([await gate(), await gate()]).toEqual([0, 0]);

    expect(paths()).toEqual(['/api/v1/tokens/exchange', '/api/v1/gate', '/api/v1/gate']);
    const [file] = await readdir(join(folder, 'throughline'));
    expect((await stat(join(folder, 'throughline', file!))).mode & 0o777).toBe(0o600);
  });

  it('believes no kept token that others could have written', async () => {
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';
    await gate();
    const [file] = await readdir(join(folder, 'throughline'));
    await chmod(join(folder, 'throughline', file!), 0o666);

    await gate();

    expect(paths().filter((path) => path.endsWith('exchange'))).toHaveLength(2);
  });

  it('sends a token to nobody but the server that it is for', async () => {
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';
    await gate();
    asked = [];
    process.env['THROUGHLINE_URL'] = `${origin}/`.replace('127.0.0.1', 'localhost');

    await gate();

    expect(paths()).toEqual(['/api/v1/tokens/exchange', '/api/v1/gate']);
  });

  it('takes a given token first', async () => {
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';
    process.env['THROUGHLINE_TOKEN'] = 'tl_given';

    await askGate(new Api(readConnection({})), { gate: 'change', wait: '0', repository: 'r', commit });

    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer tl_given']);
  });

  it.each([
    [401, 4],
    [403, 4],
    [503, 3],
  ])('ends when the exchange is answered %i with exit code %i', async (status, exitCode) => {
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';
    refusal = status;

    await expect(gate()).rejects.toMatchObject({ exitCode });
  });

  it('ends with 3 when the runner makes no token, and with 2 when it is reached over an open line', async () => {
    process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = 'runner-secret';
    process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] = 'http://127.0.0.1:9/runner';
    await expect(gate()).rejects.toMatchObject({ exitCode: 3 });

    process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] = 'http://runner.example/x';
    await expect(gate()).rejects.toMatchObject({ exitCode: 2 });
  });

  it('obeys nothing that lies in the work tree', async () => {
    const tree = await mkdtemp(join(folder, 'tree-'));
    await writeFile(join(tree, '.env'), `THROUGHLINE_URL=https://evil.example\nTHROUGHLINE_TOKEN=tl_evil\n`);
    const cwd = process.cwd();
    process.chdir(tree);
    process.env['THROUGHLINE_ID_TOKEN'] = 'of-gitlab';

    await gate().finally(() => process.chdir(cwd));

    expect(asked.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer tl_job']);
    expect(existsSync(join(tree, '.throughline'))).toBe(false);
  });

  it('names what is missing when nothing says who it is', async () => {
    process.env['THROUGHLINE_TOKEN'] = 'tl_given';

    await expect(gate()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('--repository') });
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
