import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Blobs } from '@throughline/blobs';
import {
  ChangePushed,
  decodeEnvelope,
  decodeFact,
  encodeHeaders,
  encodeValue,
  envelopeFor,
  EvidencePlanned,
  make,
  ScanCompleted,
  type ScanFailed,
} from '@throughline/contracts';
import type { Finding, ReportLine } from '@throughline/findings';
import { Database, runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, type Platform } from '@throughline/testing';
import { TestRepository } from '../../../apps/scanner-orchestrator/src/fixtures/test-repository.ts';
import definition from '../../../apps/scanner-orchestrator/src/service.ts';

const patienceMs = 120_000;
const token = `ghp_${'wWPw5k4aXcaT4fNP'}0UcnZwJUVFk6LO0pINUx`;
const key = `AKIA${'Z3MSPWQ6TGF4ZX7A'}`;

let platform: Platform;
let service: RunningService;
let broker: Broker;
let ingest: Server;
let blobs: Blobs;
const repository = new TestRepository();

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ingest', 'policy-engine'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  ingest = createServer((_, answer) =>
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ provider: 'none', cloneUrl: repository.url })),
  );
  await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
  const environment: Record<string, string> = {
    ...platform.environment('scanner-orchestrator'),
    TOOLS_DIR: process.env['REAL_PART']!,
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  };
  service = await runService(definition, environment);
  blobs = new Blobs(environment['BLOBS_DIR']!);
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await service?.close();
  ingest?.close();
  ingest?.closeAllConnections();
  await platform?.remove();
  repository.remove();
});

async function push(id: string, after: string, before?: string): Promise<void> {
  const more = { defaultBranch: 'main', forced: false, pusher: 'ada', commits: [], ...(before !== undefined && { before }) };
  const fact = make(ChangePushed, { repository: id, ref: 'refs/heads/main', after, ...more });
  const value = encodeValue(fact);
  const headers = encodeHeaders(envelopeFor({ fact, deliveryKey: randomUUID() }, value));
  await broker.send(`${platform.prefix}throughline.change.v1`, { key: id, value, headers });
}

/** Facts about a commit, in their order, once its history is told. */
function told(id: string, commit: string): Promise<{ scan: ScanCompleted; before: readonly object[] }> {
  return eventually(async () => {
    const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
    const facts = records
      .filter((record) => record.key === `${id}@${commit}`)
      .map(({ headers, value }) => decodeFact(decodeEnvelope(headers), value) as EvidencePlanned | ScanCompleted | ScanFailed);
    const index = facts.findIndex((fact) => fact instanceof ScanCompleted && fact.tool === 'gitleaks-history');
    expect(index).toBeGreaterThan(0);
    return { scan: facts[index] as ScanCompleted, before: facts.slice(0, index) };
  }, patienceMs);
}

async function findingsOf({ report }: ScanCompleted): Promise<readonly Finding[]> {
  const body = await blobs.read(report, 1024 * 1024);
  const lines = body.toString().split('\n').filter(Boolean);
  expect(body.toString()).not.toMatch(/wWPw5k4aXcaT4fNP|Z3MSPWQ6TGF4ZX7A/);
  return lines.flatMap((line) =>
    (JSON.parse(line) as ReportLine).kind === 'finding' ? [(JSON.parse(line) as { finding: Finding }).finding] : [],
  );
}

const places = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, location, resource }) => `${rule} ${location?.path}:${location?.line} ${resource}`);

describe('the history of a repository', () => {
  it(
    'is searched whole once, then only in what is new; a removed secret is told with the commit that brought it',
    async () => {
      const id = `git.example/test/${randomUUID()}`;
      const first = repository.commit({ 'deep/app.env': `a=1\nTOKEN=${token} # gitleaks:allow\n`, '.gitleaksignore': '*\n' });
      repository.commit({ 'deep/app.env': `a=2\nTOKEN=${token}\n` });
      const head = repository.commit({ 'deep/app.env': undefined, '.gitleaks.toml': '[allowlist]\npaths = [".*"]\n' });
      await push(id, head);

      const whole = await told(id, head);

      expect(places(await findingsOf(whole.scan))).toEqual([`github-pat deep/app.env:2 commit ${first}`]);
      expect(whole.scan).toMatchObject({
        toolVersion: '8.30.1',
        finds: ['secret'],
        assurance: 'own',
        lineage: { tool: 'gitleaks-history' },
      });
      const plan = whole.before.findLast((fact) => fact instanceof EvidencePlanned)!;
      expect(plan.throughSeq).toBe(whole.scan.seq);

      repository.commit({ 'b.txt': `x ${key}\n` });
      const next = repository.commit({ 'b.txt': 'gone\n' });
      await push(id, next, head);

      const added = await findingsOf((await told(id, next)).scan);

      expect(places(added)).toEqual([
        `github-pat deep/app.env:2 commit ${first}`,
        expect.stringMatching(/^aws-access-token b\.txt:1 commit [0-9a-f]{40}$/),
      ]);
      const kept = await service.get(Database).rows('select commit_id from history_scan where repository = $1 order by scanned_at', [id]);
      expect(kept).toEqual([{ commit_id: head }, { commit_id: next }]);
    },
    2 * patienceMs,
  );
});
