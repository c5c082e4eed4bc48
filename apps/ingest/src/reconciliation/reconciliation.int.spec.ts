import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CreatedSource } from '@throughline/contracts';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import definition from '../service.ts';
import { Reconciler } from './reconciler.ts';

let root: string;
let platform: Platform;
let ingest: RunningService;
let door: SignedCaller;
let broker: Broker;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'throughline-reconciliation-'));
  const held = await infra();
  platform = await held.fresh(['ingest', 'gateway'], { topics: ['change', 'policy'] });
  ingest = await runService(definition, { ...platform.environment('ingest'), FILE_URL_ROOTS: root });
  door = new SignedCaller(ingest, platform);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await ingest?.close();
  await platform?.remove();
  rmSync(root, { recursive: true, force: true });
});

/** Makes a commit on a branch and answers its id. */
function commit(name: string, branch: string): string {
  const folder = join(root, 'acme', `${name}.git`);
  const git = (...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
  if (!existsSync(folder)) execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  git('checkout', '--quiet', '-B', branch);
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=x');
  return git('rev-parse', 'HEAD');
}

async function push(source: CreatedSource, name: string, after: string): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({ ref: 'refs/heads/main', before: '0'.repeat(40), after, repository: { full_name: `acme/${name}` }, commits: [] }),
  );
  const signature = createHmac('sha256', source.secret).update(body).digest('hex');
  const headers = {
    'x-gitea-event': 'push',
    'x-gitea-delivery': randomUUID(),
    'x-gitea-signature': signature,
    'content-type': 'application/json',
  };
  expect((await door.call('POST', `/hooks/${source.id}`, { body, headers })).status).toBe(202);
}

const rows = <T>(sql: string): Promise<T[]> => ingest.get(Database).rows<T>(sql);

/** Lets all repositories be due, and what waits for a second look wait no longer. */
async function look(): Promise<void> {
  await rows("update repository set looked_at = now() - interval '1 hour'");
  await ingest.get(Reconciler).tick();
  await settled();
  await rows("update work set run_after = now() where kind = 'look-for-missed-pushes'");
  await settled();
}

function settled(): Promise<void> {
  return eventually(async () => expect(await rows("select 1 from work where run_after <= now() or state = 'leased'")).toEqual([]), 20_000);
}

async function pushesOf(name: string): Promise<string[]> {
  const records = await broker.records(`${platform.prefix}throughline.change.v1`);
  return records
    .filter(({ key, headers }) => key === `code.example/acme/${name}` && headers['ce_type']!.includes('pushed'))
    .map(({ value }) => JSON.parse(value) as { ref: string; before?: string; after: string })
    .map(({ ref, before, after }) => `${ref} ${before ?? 'new'} ${after}`);
}

it('says what a missed webhook would have said, once, and nothing about what was there before', async () => {
  const settings = { baseUrl: 'https://code.example', cloneUrl: `${pathToFileURL(root).href}/{fullName}.git` };
  const { body: source } = await door.call<CreatedSource>('POST', '/api/v1/sources', { body: { kind: 'gitea', name: 'code', settings } });
  commit('shop', 'older');
  const first = commit('shop', 'main');
  await push(source, 'shop', first);
  await look();
  const second = commit('shop', 'main');
  const topic = commit('shop', 'topic');

  await look();
  await look();

  await eventually(async () =>
    expect((await pushesOf('shop')).sort()).toEqual(
      [`refs/heads/main new ${first}`, `refs/heads/main ${first} ${second}`, `refs/heads/topic new ${topic}`].sort(),
    ),
  );
  expect(await rows('select 1 from work')).toEqual([]);
}, 90_000);
