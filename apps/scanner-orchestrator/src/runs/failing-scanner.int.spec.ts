import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangePushed,
  decodeEnvelope,
  decodeFact,
  encodeHeaders,
  encodeValue,
  envelopeFor,
  make,
  ScanFailed,
  type EvidenceProgress,
  type ScanProgressList,
} from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import { TestRepository } from '../fixtures/test-repository.ts';
import { testTools } from '../fixtures/test-tools.ts';
import definition from '../service.ts';
import { closureDigest, closureOf } from '../tools/closure.ts';
import { readStates, writeStates } from '../tools/states.ts';
import type { InstalledTool } from '../tools/tool.ts';

let platform: Platform;
let service: RunningService;
let broker: Broker;
let ingest: Server;
let tools: string;
const repository = new TestRepository();

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ingest', 'policy-engine', 'notifier'], {
    topics: ['change', 'evidence', 'finding', 'policy'],
  });
  ingest = createServer((_, answer) =>
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ provider: 'none', cloneUrl: repository.url })),
  );
  await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
  tools = await brokenTools();
  service = await runService(definition, {
    ...platform.environment('scanner-orchestrator'),
    TOOLS_DIR: tools,
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  });
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await service?.close();
  ingest?.close();
  ingest?.closeAllConnections();
  await platform?.remove();
  await rm(tools, { recursive: true, force: true });
  repository.remove();
});

/** A tools folder in which hadolint ends with 7, and which says that this is what was installed. */
async function brokenTools(): Promise<string> {
  const from = await testTools();
  const to = await mkdtemp(join(tmpdir(), 'broken-tools-'));
  const { hadolint } = await readStates(from);
  if (hadolint?.state !== 'installed') throw new Error('hadolint is not installed');
  await cp(join(from, hadolint.folder), join(to, hadolint.folder), { recursive: true });
  await writeFile(join(to, hadolint.folder, 'bin', 'hadolint'), '#!/usr/bin/sh\nexit 7\n');
  await chmod(join(to, hadolint.folder, 'bin', 'hadolint'), 0o755);
  const lines = await closureOf(join(to, hadolint.folder));
  await writeFile(join(to, `${hadolint.folder}.files`), `${lines.join('\n')}\n`);
  await writeStates(to, { hadolint: { ...hadolint, closure: closureDigest(lines) } });
  return to;
}

/** A push of the files. */
async function push(files: Readonly<Record<string, string>>): Promise<{ id: string; commit: string }> {
  const id = `git.example/test/${randomUUID()}`;
  const commit = repository.commit(files);
  const fact = make(ChangePushed, {
    repository: id,
    ref: 'refs/heads/main',
    after: commit,
    defaultBranch: 'main',
    forced: false,
    pusher: 'ada',
    commits: [],
  });
  const value = encodeValue(fact);
  await broker.send(`${platform.prefix}throughline.change.v1`, {
    key: id,
    value,
    headers: encodeHeaders(envelopeFor({ fact, deliveryKey: id }, value)),
  });
  return { id, commit };
}

function failureOf(commit: string): Promise<ScanFailed> {
  return eventually(async () => {
    const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
    const facts = records.map(({ headers, value: body }) => decodeFact(decodeEnvelope(headers), body));
    const found = facts.find((each): each is ScanFailed => each instanceof ScanFailed && each.subject.commit === commit);
    expect(found).toBeDefined();
    return found!;
  }, 90_000);
}

it('is tried three times, then told as failed; what is not installed is unavailable by name', async () => {
  const { id, commit } = await push({ Dockerfile: 'FROM debian\nUSER 1000\n', 'a.py': 'x = 1\n' });

  expect(await failureOf(commit)).toMatchObject({
    tool: 'hadolint',
    reason: 'hadolint: it ended with 7',
    attempts: 3,
    finds: ['configuration'],
  });
  const gate = new SignedCaller(service, platform, 'policy-engine');
  const { body } = await gate.call<EvidenceProgress>('GET', `/internal/evidence?repository=${encodeURIComponent(id)}&commit=${commit}`);
  expect(body).toMatchObject({ known: true, lastSeq: 6 });
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  const plan = JSON.parse(records[0]!.value) as { items: { tool: string; state: string; reason?: string }[] };
  expect(plan.items.filter(({ state }) => state === 'unavailable').map(({ tool, reason }) => [tool, reason])).toEqual([
    ['secretlint', 'unavailable: secretlint 13.0.7 is not installed'],
    ['bandit', 'unavailable: bandit 1.9.4 is not installed'],
  ]);
  const total = plan.items.filter(({ state }) => state === 'planned').length;
  const commits = [id, 'git.example/x'].map((repository) => ({ repository, commit }));
  const notifier = new SignedCaller(service, platform, 'notifier');
  await eventually(async () => {
    const scans = await notifier.call<ScanProgressList>('POST', '/internal/evidence/scans', { body: { commits } });
    expect(scans.body.commits).toEqual([{ repository: id, commit, done: total, total }]);
  }, 60_000);
}, 180_000);

it('fails and is not merely missing when one byte of its tool was changed', async () => {
  const { hadolint } = await readStates(tools);
  const program = join(tools, (hadolint as InstalledTool).folder, 'bin', 'hadolint');
  await writeFile(program, '#!/usr/bin/sh\nexit 8\n');

  const { commit } = await push({ Dockerfile: 'FROM debian\nUSER 1001\n' });

  expect(await failureOf(commit)).toMatchObject({ tool: 'hadolint', reason: expect.stringMatching(/^tool changed: bin\/hadolint/) });
}, 180_000);
