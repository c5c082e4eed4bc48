import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangePushed, make, RepositoryRemoved } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, infra, type Platform, type PublishedFact } from '@throughline/testing';
import { TestRepository } from '../fixtures/test-repository.ts';
import definition from '../service.ts';

const patienceMs = 60_000;
const dockerfile = `FROM debian\n# ${randomUUID()}\n`;
const lock = JSON.stringify({ lockfileVersion: 3, packages: { '': {}, 'node_modules/lodash': { version: '4.17.20' } } });
const [removed, other] = ['git.example/test/removed', 'git.example/test/other'];

let platform: Platform;
let service: RunningService;
let publisher: FactPublisher;
let ingest: Server;
let folder: string;
const repositories = new Map([removed, other].map((id) => [id, new TestRepository()]));

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ingest'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  ingest = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { repository } = JSON.parse(Buffer.concat(chunks).toString()) as { repository: string };
        const told = { provider: 'none', cloneUrl: repositories.get(repository)!.url };
        answer.setHeader('content-type', 'application/json').end(JSON.stringify(told));
      });
  });
  await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'forgotten-'));
  service = await runService(definition, {
    ...platform.environment('scanner-orchestrator'),
    TOOLS_DIR: join(folder, 'tools'),
    WORK_DIR: join(folder, 'work'),
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  });
  publisher = new FactPublisher(held, platform);
}, 300_000);

afterAll(async () => {
  await service?.close();
  ingest?.close();
  ingest?.closeAllConnections();
  await platform?.remove();
  for (const repository of repositories.values()) repository.remove();
  await rm(folder, { recursive: true, force: true });
});

it('forgets the evidence of a removed repository and its mirror, and nothing of another one', async () => {
  const head = repositories.get(removed)!.commit({ Dockerfile: dockerfile, 'package-lock.json': lock });
  await publisher.publish(push(removed, head), push(other, repositories.get(other)!.commit({ Dockerfile: dockerfile })));
  await scanned(removed, 2);
  await scanned(other, 1);
  const before = await rowsOf(other);
  expect((await mirrors()).length).toBe(2);
  expect(await cached()).toBe(2);

  await publisher.publish(removal(removed, 100));

  await eventually(async () => expect((await mirrors()).length).toBe(1), patienceMs);
  await eventually(
    async () =>
      expect(await rowsOf(removed)).toEqual({ repository: 0, plan: 0, evidence_request: 0, evidence_item: 0, branch_head: 0, work: 0 }),
    patienceMs,
  );
  expect(await rowsOf(other)).toEqual(before);
  expect(await cached()).toBe(1);

  await publisher.publish(push(removed, head, 'late'), { ...push(removed, head, 'again'), afterremoval: 100 });

  await scanned(removed, 2);
  expect(await rowsOf(removed)).toMatchObject({ repository: 1, plan: 1, evidence_request: 1 });
}, 180_000);

function push(repository: string, after: string, delivery = 'first'): PublishedFact {
  const more = { ref: 'refs/heads/main', defaultBranch: 'main', forced: false, pusher: 'ada', commits: [] };
  return { fact: make(ChangePushed, { repository, after, ...more }), deliveryKey: `${repository} ${delivery}` };
}

function removal(repository: string, sequence: number): PublishedFact {
  const fact = make(RepositoryRemoved, { repository, repositoryId: 'r', name: repository, application: 'unassigned', by: 'ada' });
  return { fact, deliveryKey: `${repository} ${sequence}`, sequence };
}

it('makes results anew that are older than ninety days', async () => {
  const insert = `insert into result_cache (key, report, findings, components, ecosystems, tool, input, created_at)
    values ($1, 'r', 0, 0, '{}', 't', 'i', now() - make_interval(days => $2))`;
  await service.get(Database).rows('delete from result_cache');
  for (const [key, days] of [
    ['old', 91],
    ['young', 89],
  ] as const)
    await service.get(Database).rows(insert, [key, days]);

  await expect(service.get(Retention).sweep(new Date())).resolves.toEqual({ results: 1 });

  expect(await service.get(Database).rows('select key from result_cache')).toEqual([{ key: 'young' }]);
});

async function scanned(repository: string, runs: number): Promise<void> {
  const sql = `select count(*)::int as n from evidence_item where state = 'received' and plan_id in (select id from plan where repository = $1)`;
  await eventually(async () => expect(await count(sql, repository)).toBe(runs), patienceMs);
  await eventually(
    async () => expect(await count('select count(*)::int as n from work where $1 <> $2', repository, '')).toBe(0),
    patienceMs,
  );
}

async function rowsOf(repository: string): Promise<Record<string, number>> {
  const plans = 'select id from plan where repository = $1';
  const found = Object.entries({
    repository: 'repository where id = $1',
    plan: 'plan where repository = $1',
    evidence_request: `evidence_request where plan_id in (${plans})`,
    evidence_item: `evidence_item where plan_id in (${plans})`,
    branch_head: 'branch_head where repository = $1',
    work: 'work where key = $1',
  }).map(async ([table, from]) => [table, await count(`select count(*)::int as n from ${from}`, repository)] as const);
  return Object.fromEntries(await Promise.all(found));
}

const cached = (): Promise<number> => count('select count(*)::int as n from result_cache where $1 = $1', '');

async function count(sql: string, ...params: string[]): Promise<number> {
  return (await service.get(Database).rows<{ n: number }>(sql, params))[0]!.n;
}

async function mirrors(): Promise<string[]> {
  const found = await readdir(join(folder, 'work', 'mirrors'));
  return found.filter((name) => /^[0-9a-f]{40}$/.test(name));
}
