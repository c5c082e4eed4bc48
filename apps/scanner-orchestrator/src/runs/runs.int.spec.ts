import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Blobs } from '@throughline/blobs';
import {
  ChangeProposed,
  ChangePushed,
  decodeEnvelope,
  decodeFact,
  encodeHeaders,
  encodeValue,
  envelopeFor,
  EvidencePlanned,
  factMeta,
  FindingsEvaluated,
  make,
  ScanCompleted,
  ScanFailed,
  type EvidenceProgress,
  type FactClass,
  type Page,
  type Scan,
  type ScannerState,
} from '@throughline/contracts';
import type { ReportLine } from '@throughline/findings';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Infra, type Platform } from '@throughline/testing';
import { TestRepository } from '../fixtures/test-repository.ts';
import { testTools } from '../fixtures/test-tools.ts';
import definition from '../service.ts';
import { priorityOf } from './evidence-requests.ts';

const patienceMs = 60_000;
const token = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
const lock = JSON.stringify({
  lockfileVersion: 3,
  packages: { '': { dependencies: { lodash: '^4' } }, 'node_modules/lodash': { version: '4.17.20' } },
});

let held: Infra;
let platform: Platform;
let service: RunningService;
let door: SignedCaller;
let gate: SignedCaller;
let broker: Broker;
let ingest: Server;
let blobs: Blobs;
const clones = new Map<string, string>();
const repositories: TestRepository[] = [];

beforeAll(async () => {
  held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ingest', 'ledger', 'policy-engine', 'gateway'], {
    topics: ['change', 'evidence', 'finding', 'policy'],
  });
  ingest = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { repository } = JSON.parse(Buffer.concat(chunks).toString()) as { repository: string };
        const cloneUrl = clones.get(repository);
        answer.writeHead(cloneUrl ? 200 : 404, { 'content-type': 'application/json' });
        answer.end(
          JSON.stringify(
            cloneUrl
              ? { provider: 'none', cloneUrl, fileRoot: true }
              : { status: 404, code: 'not_found', detail: 'no such repository is registered' },
          ),
        );
      });
  });
  await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
  const environment: Record<string, string> = {
    ...platform.environment('scanner-orchestrator'),
    TOOLS_DIR: await testTools(),
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  };
  service = await runService(definition, environment);
  blobs = new Blobs(environment['BLOBS_DIR']!);
  door = new SignedCaller(service, platform);
  gate = new SignedCaller(service, platform, 'policy-engine');
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await service?.close();
  ingest?.close();
  ingest?.closeAllConnections();
  await platform?.remove();
  for (const repository of repositories) repository.remove();
});

function newRepository(): { id: string; repository: TestRepository } {
  const repository = new TestRepository();
  const id = `git.example/test/${randomUUID()}`;
  repositories.push(repository);
  clones.set(id, repository.url);
  return { id, repository };
}

async function publish(fact: object): Promise<void> {
  const meta = factMeta(fact.constructor as FactClass);
  const value = encodeValue(fact);
  const envelope = envelopeFor({ fact, deliveryKey: randomUUID() }, value);
  await broker.send(`${platform.prefix}throughline.${meta.topic}.v1`, { key: meta.key(fact), value, headers: encodeHeaders(envelope) });
}

function push(repository: string, after: string, more: Partial<ChangePushed> = {}): Promise<void> {
  return publish(
    make(ChangePushed, {
      repository,
      ref: 'refs/heads/main',
      after,
      defaultBranch: 'main',
      forced: false,
      pusher: 'ada',
      commits: [],
      ...more,
    }),
  );
}

/** Facts about evidence of a repository, in the order in which they were published. */
async function evidence(repository: string): Promise<readonly (EvidencePlanned | ScanCompleted | ScanFailed)[]> {
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  return records
    .filter(({ key }) => key.startsWith(`${repository}@`))
    .map(({ headers, value }) => decodeFact(decodeEnvelope(headers), value) as EvidencePlanned | ScanCompleted | ScanFailed);
}

/** All evidence of a commit, once as many runs have ended. */
function ended(
  repository: string,
  commit: string,
  runs: number,
): Promise<{ plans: EvidencePlanned[]; completed: ScanCompleted[]; failed: ScanFailed[] }> {
  return eventually(async () => {
    const facts = (await evidence(repository)).filter(({ subject }) => subject.commit === commit);
    const of = <F extends object>(cls: FactClass<F>): F[] => facts.filter((fact) => fact instanceof cls) as unknown as F[];
    const found = { plans: of(EvidencePlanned), completed: of(ScanCompleted), failed: of(ScanFailed) };
    expect(found.completed.length + found.failed.length).toBe(runs);
    return found;
  }, patienceMs);
}

async function reportOf(scan: ScanCompleted): Promise<ReportLine[]> {
  const body = await blobs.read(scan.report, 1024 * 1024);
  return body
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportLine);
}

it('the stock of a repository that was just connected comes after all that somebody waits for, and says that it is silent', async () => {
  const { id, repository } = newRepository();
  const commit = repository.commit({ 'app.env': `TOKEN=${token}\n` });

  await push(id, commit, { first: true });

  const { plans, completed } = await ended(id, commit, 1);
  expect(plans[0]!.subject).toMatchObject({ silent: true });
  expect(plans[0]!.subject).not.toHaveProperty('baseline');
  expect(completed[0]!.lineage).toMatchObject({ line: 'refs/heads/main' });
  expect(priorityOf({ baseline: false, first: true })).toBe('bulk');
}, 120_000);

describe('the evidence of a push', () => {
  it('is planned, scanned and reported with the secret stored nowhere', async () => {
    const { id, repository } = newRepository();
    const commit = repository.commit({
      'app.env': `TOKEN=${token}\n`,
      'package.json': '{"dependencies":{"lodash":"^4"}}',
      'package-lock.json': lock,
    });

    await push(id, commit);

    const { plans, completed } = await ended(id, commit, 3);
    expect(plans[0]).toMatchObject({ throughSeq: 6, subject: { repository: id, commit, ref: 'refs/heads/main' } });
    expect(plans[0]!.items.map(({ seq, tool, state }) => [seq, tool, state])).toEqual([
      [1, 'secretlint', 'planned'],
      [2, 'dependencies', 'planned'],
      [3, 'manifests', 'planned'],
      [4, 'bandit', 'not_applicable'],
      [5, 'zizmor', 'not_applicable'],
      [6, 'hadolint', 'not_applicable'],
    ]);
    const secrets = completed.find(({ tool }) => tool === 'secretlint')!;
    expect(secrets).toMatchObject({
      assurance: 'own',
      sandbox: 'namespaces',
      cached: false,
      findings: 1,
      lineage: { line: 'refs/heads/main' },
    });
    const report = await reportOf(secrets);
    expect(report).toEqual([
      {
        kind: 'finding',
        finding: expect.objectContaining({
          class: 'secret',
          rule: 'github/GITHUB_TOKEN',
          location: { path: 'app.env', line: 1, column: 7, snippet: 'TOKEN=•••' },
          secret: {
            scheme: expect.stringMatching(/^hmac-v1\/[0-9a-f]{12}$/),
            hmac: expect.stringMatching(/^[0-9a-f]{64}$/),
            preview: 'ghp_… (40 characters)',
          },
        }),
      },
    ]);
    expect(JSON.stringify(report)).not.toContain(token.slice(4));
    const components = await reportOf(completed.find(({ tool }) => tool === 'dependencies')!);
    expect(components).toEqual([
      {
        kind: 'component',
        component: expect.objectContaining({
          purl: 'pkg:npm/lodash@4.17.20',
          direct: true,
          scope: 'runtime',
          manifest: 'package-lock.json',
        }),
      },
    ]);
  }, 120_000);

  it('is open for the gate until the ledger has applied every item', async () => {
    const { id, repository } = newRepository();
    const commit = repository.commit({ 'a.txt': 'nothing to see' });
    const progress = async (): Promise<EvidenceProgress> =>
      (await gate.call<EvidenceProgress>('GET', `/internal/evidence?repository=${encodeURIComponent(id)}&commit=${commit}`)).body;
    expect(await progress()).toEqual({ known: false, lastSeq: null, open: 0 });

    await push(id, commit);
    await ended(id, commit, 1);
    expect(await progress()).toEqual({ known: true, lastSeq: 6, open: 1 });
    const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
    await publish(
      make(FindingsEvaluated, {
        ...{
          subject: { repository: id, commit, ref: 'refs/heads/main' },
          seq: 1,
          tool: 'secretlint',
          ruleset: 'secretlint-recommend-13',
          finds: ['secret'],
        },
        ...{
          outcome: 'evaluated' as const,
          application: 'unassigned',
          revision: 1,
          present: [],
          totals: none,
          opened: 0,
          reopened: 0,
          resolved: 0,
          unchanged: 0,
        },
        ...{ notEvaluated: [], licences: [] },
      }),
    );

    await eventually(async () => expect(await progress()).toEqual({ known: true, lastSeq: 6, open: 0 }), patienceMs);
  }, 120_000);

  it('compares with the former head, which is scanned once', async () => {
    const { id, repository } = newRepository();
    const base = repository.commit({ 'a.txt': 'one' });
    const head = repository.commit({ 'a.txt': 'two' });

    await push(id, head, { before: base });

    const { plans } = await ended(id, head, 1);
    expect(plans[0]!.subject.base).toBe(base);
    const compared = await ended(id, base, 1);
    expect(compared.plans[0]!.subject).toMatchObject({ commit: base, baseline: true });
    expect(compared.completed[0]!.lineage.position).toBeLessThan((await ended(id, head, 1)).completed[0]!.lineage.position);
  }, 120_000);

  it('runs no scanner again for equal content', async () => {
    const { id, repository } = newRepository();
    const commit = repository.commit({ 'a.txt': `again ${randomUUID()}` });
    await push(id, commit);
    const [first] = (await ended(id, commit, 1)).completed;

    await push(id, commit, { rescan: true });

    const { completed, plans } = await ended(id, commit, 2);
    expect(plans.at(-1)!.throughSeq).toBe(12);
    expect(completed[1]).toMatchObject({ cached: true, report: first!.report, seq: 7 });
  }, 120_000);

  it('says why a commit that belongs to no branch cannot be looked at', async () => {
    const { id, repository } = newRepository();
    repository.commit({ 'a.txt': 'one' });

    await push(id, 'f'.repeat(40));

    const plan = await eventually(async () => {
      const [planned] = (await evidence(id)) as EvidencePlanned[];
      expect(planned).toBeDefined();
      return planned!;
    }, patienceMs);
    expect(plan).toMatchObject({ throughSeq: 0, items: [], failed: expect.stringContaining('no branch or tag') });
  }, 120_000);

  it('is listed for those who may see the repository', async () => {
    const { id, repository } = newRepository();
    const commit = repository.commit({ 'a.txt': 'listed' });
    await push(id, commit);
    await ended(id, commit, 1);
    const path = `/api/v1/scans?repository=${encodeURIComponent(id)}&commit=${commit}`;

    const all = (await door.call<Page<Scan>>('GET', path)).body.items;
    const none = (await door.call<Page<Scan>>('GET', path, { user: { applications: ['other'] } })).body.items;

    expect(all).toHaveLength(6);
    expect(all.find(({ tool }) => tool === 'bandit')).toMatchObject({ status: 'not_applicable', reason: 'the tree has no Python files' });
    expect(none).toEqual([]);
  }, 120_000);
});

describe('the evidence of a change request', () => {
  const propose = (repository: string, head: string, into: string, base: string): Promise<void> => {
    const told = { repository, number: 7, title: 't', author: 'ada', head, headRef: 'refs/heads/feature', fork: false };
    const aim = { base, baseRef: `refs/heads/${into}`, defaultBranch: 'main', url: 'https://git.example/7' };
    return publish(make(ChangeProposed, { ...told, ...aim }));
  };

  it('adds no runs to those of the push, and tells the merge base', async () => {
    const { id, repository } = newRepository();
    const base = repository.commit({ 'a.txt': 'one' });
    repository.git('checkout', '--quiet', '-b', 'feature');
    const head = repository.commit({ 'b.txt': 'two' });
    repository.git('checkout', '--quiet', 'main');
    const tip = repository.commit({ 'c.txt': 'three' });
    await push(id, head, { ref: 'refs/heads/feature' });
    await ended(id, head, 1);

    await propose(id, head, 'main', tip);

    await eventually(async () => {
      const { plans, completed } = await ended(id, head, 1);
      expect(plans.at(-1)!.subject).toMatchObject({ pullRequest: 7, base });
      expect(plans.at(-1)!.throughSeq).toBe(6);
      expect(completed).toHaveLength(1);
    }, patienceMs);
  }, 120_000);

  it('is compared anew when it aims at another branch, and when that branch is written anew', async () => {
    const { id, repository } = newRepository();
    const [first, second] = [repository.commit({ 'a.txt': 'one' }), repository.commit({ 'a.txt': 'two' })];
    repository.git('checkout', '--quiet', '-b', 'unprotected');
    const weak = repository.commit({ 'b.txt': 'weak' });
    repository.git('checkout', '--quiet', '-b', 'feature');
    const head = repository.commit({ 'c.txt': 'three' });
    const comparesWith = (base: string): Promise<void> =>
      eventually(async () => expect((await ended(id, head, 1)).plans.at(-1)!.subject).toMatchObject({ pullRequest: 7, base }), patienceMs);

    await propose(id, head, 'unprotected', weak);
    await comparesWith(weak);
    await propose(id, head, 'main', second);
    await comparesWith(second);
    repository.git('checkout', '--quiet', '-B', 'main', first);
    await push(id, repository.commit({ 'd.txt': 'four' }), { before: second, forced: true });

    await comparesWith(first);
  }, 180_000);
});

describe('GET /api/v1/scanners', () => {
  it('tells which scanners are there and that they found their canaries', async () => {
    await eventually(async () => {
      const { items } = (await door.call<Page<ScannerState>>('GET', '/api/v1/scanners')).body;
      const unasked = items.filter(({ megabytes }) => megabytes === undefined);
      expect(unasked.map(({ name, state, canary, sandbox }) => [name, state, canary, sandbox])).toEqual(
        ['secretlint', 'dependencies', 'manifests', 'bandit', 'zizmor', 'hadolint'].map((name) => [name, 'ready', 'passed', 'namespaces']),
      );
    }, patienceMs);
  }, 120_000);

  it('tells what the heavy ones take, which are not there until somebody asks for them', async () => {
    const { items } = (await door.call<Page<ScannerState>>('GET', '/api/v1/scanners')).body;

    const heavy = items.filter(({ megabytes }) => megabytes !== undefined);
    expect(heavy.map(({ name, tool }) => [name, tool])).toEqual([
      ...[
        ['njsscan', 'semgrep'],
        ['semgrep', 'semgrep'],
        ['checkov', 'checkov'],
        ['detect-secrets', 'detect-secrets'],
        ['gitleaks', 'gitleaks'],
        ['actionlint', 'actionlint'],
      ],
    ]);
    for (const { state } of heavy) expect(['not_added', 'ready']).toContain(state);
  });
});
