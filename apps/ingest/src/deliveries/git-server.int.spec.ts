import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CreatedSource, Page, WebhookDelivery } from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';

const page = readFileSync(new URL('../../../../docs/add-a-source.md', import.meta.url), 'utf8');
const [, hook] = /```sh\n(#!\/bin\/sh\n[\s\S]*?)```/.exec(page)!;
const root = mkdtempSync(join(tmpdir(), 'git-server-'));
const bare = join(root, 'acme', 'shop.git');
const work = join(root, 'work');
const environment = { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1', GL_USER: 'ada "the boss" \\o/' };

let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;
let source: CreatedSource;
let gateway: Server;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, { ...platform.environment('ingest'), FILE_URL_ROOTS: root, RECONCILE_SECONDS: '0' });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
  gateway = await publicDoor();
  mkdirSync(dirname(bare), { recursive: true });
  git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  git(root, 'init', '--quiet', '--initial-branch=main', work);
  const settings = { baseUrl: 'https://git.acme.example', cloneUrl: `${pathToFileURL(root).href}/{fullName}.git` };
  const wanted = { kind: 'gitea', name: 'our git server', scope: { repositories: ['acme/*'] }, settings };
  source = (await door.call<CreatedSource>('POST', '/api/v1/sources', { body: wanted })).body;
  writeFileSync(join(bare, 'hooks', 'post-receive'), hook!);
  chmodSync(join(bare, 'hooks', 'post-receive'), 0o755);
  tellSecret(source.secret);
  git(bare, 'config', 'throughline.name', 'acme/shop');
  git(bare, 'config', 'throughline.secretFile', join(root, 'secret'));
  git(bare, 'config', 'throughline.url', `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/hooks/${source.id}`);
}, 300_000);

afterAll(async () => {
  gateway?.close();
  await ingest?.close();
  await platform?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** As the gateway: it lets webhooks through to ingest and signs for itself. */
async function publicDoor(): Promise<Server> {
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => /^x-|^content-type$/.test(name))) as Record<
        string,
        string
      >;
      void door.call('POST', request.url!, { body: Buffer.concat(chunks), headers }).then(({ status }) => answer.writeHead(status).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const tellSecret = (secret: string): void => writeFileSync(join(root, 'secret'), `${secret}\n`, { mode: 0o600 });

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  }).trim();
}

function commit(message: string): string {
  git(work, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
  return git(work, 'rev-parse', 'HEAD');
}

/** What the person who pushes sees. The hook calls this process, so it must not be waited for in its way. */
async function push(...refs: string[]): Promise<string> {
  return (await promisify(execFile)('git', ['push', '--quiet', bare, ...refs], { cwd: work, env: environment })).stderr;
}

async function pushed(): Promise<readonly Record<string, unknown>[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records
    .filter(({ key, headers }) => key === 'git.acme.example/acme/shop' && headers['ce_type'] === 'dev.throughline.change.pushed.v1')
    .map(({ value }) => JSON.parse(value) as Record<string, unknown>);
}

async function deliveries(): Promise<readonly WebhookDelivery[]> {
  return (await door.call<Page<WebhookDelivery>>('GET', `/api/v1/deliveries?source=${source.id}`)).body.items;
}

it('the script of the page tells what was pushed: branches, tags and strange names, each once', async () => {
  const first = commit('one');
  await push('main');
  const second = commit('two');
  git(work, 'tag', '--annotate', '--message=first release', 'v1');
  await push('main', 'v1', 'main:refs/heads/say-"hi"');

  const fields = { repository: 'git.acme.example/acme/shop', defaultBranch: 'main', pusher: 'ada "the boss" \\o/', source: source.id };
  await eventually(async () => {
    const told = await pushed();
    expect(told.map(({ ref, after }) => `${String(ref)} ${String(after)}`).sort()).toEqual(
      [`refs/heads/main ${first}`, `refs/heads/main ${second}`, `refs/heads/say-"hi" ${second}`, `refs/tags/v1 ${second}`].sort(),
    );
    for (const one of told) expect(one).toMatchObject(fields);
    expect(told.find(({ ref, after }) => ref === 'refs/heads/main' && after === second)).toMatchObject({ before: first });
  }, 30_000);
}, 60_000);

it('a branch that goes and comes back is told, too', async () => {
  const before = (await pushed()).length;
  await push('main:refs/heads/short');
  await push(':refs/heads/short');
  await push('main:refs/heads/short');

  await eventually(async () => expect((await pushed()).length).toBeGreaterThan(before), 30_000);
  await eventually(async () => expect((await deliveries()).filter(({ reason }) => reason?.includes('deleted'))).toHaveLength(1), 30_000);
}, 60_000);

it('a push whose message is not believed is a push all the same, and says so', async () => {
  tellSecret('another');
  const third = commit('three');

  const seen = await push('main');

  expect(seen).toMatch(/401[\s\S]*Throughline was not told of refs\/heads\/main/);
  expect(git(bare, 'rev-parse', 'main')).toBe(third);
  expect((await pushed()).some(({ after }) => after === third)).toBe(false);
}, 60_000);
