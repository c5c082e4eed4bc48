import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ChangeProposed,
  ChangePushed,
  encodeHeaders,
  encodeValue,
  envelopeFor,
  factMeta,
  make,
  type EvidencePlanned,
  type FactClass,
  type ReadSuppressions,
  type SuppressionsRead,
} from '@throughline/contracts';
import { runService, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, SignedCaller, type Platform } from '@throughline/testing';
import { TestRepository } from '../fixtures/test-repository.ts';
import { testTools } from '../fixtures/test-tools.ts';
import definition from '../service.ts';

jest.setTimeout(90_000);

const main = 'refs/heads/main';
let platform: Platform;
let service: RunningService;
let engine: SignedCaller;
let broker: Broker;
let ingest: Server;
const repository = new TestRepository();
const id = `git.example/test/${randomUUID()}`;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['scanner-orchestrator', 'ingest', 'policy-engine'], { topics: ['change', 'evidence', 'finding', 'policy'] });
  ingest = createServer((request, answer) => {
    request.resume().on('end', () => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ provider: 'none', cloneUrl: repository.url, fileRoot: true }));
    });
  });
  await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
  service = await runService(definition, {
    ...platform.environment('scanner-orchestrator'),
    TOOLS_DIR: await testTools(),
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  });
  engine = new SignedCaller(service, platform, 'policy-engine');
  broker = new Broker(held);
}, 300_000);

afterAll(async () => {
  await service?.close();
  ingest?.close();
  ingest?.closeAllConnections();
  await platform?.remove();
  repository.remove();
});

async function publish(fact: object): Promise<void> {
  const meta = factMeta(fact.constructor as FactClass);
  const value = encodeValue(fact);
  const headers = encodeHeaders(envelopeFor({ fact, deliveryKey: randomUUID() }, value));
  await broker.send(`${platform.prefix}throughline.${meta.topic}.v1`, { key: meta.key(fact), value, headers });
}

async function told<F>(type: string, commit: string): Promise<F[]> {
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  const facts = records.filter(({ headers }) => headers['ce_type']?.includes(type)).map(({ value }) => JSON.parse(value) as F);
  return facts.filter((fact) => (fact as { subject: { commit: string } }).subject.commit === commit);
}

/** What is kept of the default branch, once a push of it was read. */
async function readOf(after: string, before?: string): Promise<ReadSuppressions> {
  const known = before === undefined ? {} : { before };
  await publish(
    make(ChangePushed, {
      ...{ repository: id, ref: main, after, defaultBranch: 'main', forced: false, pusher: 'ada', commits: [] },
      ...known,
    }),
  );
  return eventually(async () => {
    const { body } = await engine.call<ReadSuppressions>('GET', `/internal/suppressions?repository=${encodeURIComponent(id)}`);
    expect(body.commit).toBe(after);
    return body;
  }, 60_000);
}

describe('what asks scanners to say nothing', () => {
  let head: string;

  it('on the default branch is kept with who wrote each line, and told', async () => {
    repository.commit({ 'a.py': 'x = 1\n' });
    head = repository.commit({
      'a.py': 'x = 1\neval(x)  # nosec B307\n',
      '.trivyignore': 'CVE-2020-8203 exp:2099-01-31\n',
      '.mailmap': 'boss <boss@example.org> <ada@example.org>\n',
    });

    const { lines } = await readOf(head);

    const by = { author: 'ada', email: 'ada@example.org', authoredAt: expect.stringMatching(/^\d{4}-/) };
    expect(lines.sort((a, b) => (a.file < b.file ? -1 : 1))).toMatchObject([
      { tool: 'trivy', file: '.trivyignore', line: 1, cve: 'CVE-2020-8203', until: '2099-02-01T00:00:00.000Z', ...by },
      { tool: 'bandit', file: 'a.py', line: 2, mark: '# nosec B307', rule: 'B307', path: 'a.py', from: 2, to: 2, ...by },
    ]);
    await eventually(async () => expect(await told<SuppressionsRead>('suppressions.read', head)).toMatchObject([{ lines: 2, files: 2 }]));
  });

  it('in a change is named in its plan, and not taken for what the default branch says', async () => {
    repository.git('checkout', '--quiet', '-b', 'feature');
    const change = repository.commit({
      '.gitleaksignore': 'a.env:github-pat:1\n',
      'a.py': '\nx = 1\neval(x)  # nosec B307\neval(y)  # nosec\n',
    });
    const refs = { headRef: 'refs/heads/feature', baseRef: main, defaultBranch: 'main', fork: false };
    const about = { number: 1, title: 'a change', author: 'eve', url: 'https://git.example' };
    await publish(make(ChangeProposed, { repository: id, head: change, base: head, ...refs, ...about }));

    const plan = await eventually(async () => {
      const [first] = await told<EvidencePlanned>('evidence.planned', change);
      expect(first).toBeDefined();
      return first!;
    }, 60_000);
    const { body } = await engine.call<ReadSuppressions>('GET', `/internal/suppressions?repository=${encodeURIComponent(id)}`);

    expect(plan.suppressions).toEqual({
      total: 2,
      named: [
        { tool: 'gitleaks', path: '.gitleaksignore', line: 1, mark: 'a.env:github-pat:1' },
        { tool: 'bandit', path: 'a.py', line: 4, mark: '# nosec' },
      ],
    });
    expect([body.commit, body.lines.length]).toEqual([head, 2]);
    expect(await told('suppressions.read', change)).toEqual([]);
  });

  it('keeps its name when it moves, and is gone with its line', async () => {
    repository.git('checkout', '--quiet', 'main');
    const before = await readOf(head);
    const next = repository.commit({ 'a.py': '\n\nx = 1\neval(x)  # nosec B307\n', '.trivyignore': '# none\n' });

    const { lines } = await readOf(next, head);

    const known = before.lines.find(({ tool }) => tool === 'bandit')!;
    expect(lines).toMatchObject([{ key: known.key, line: 4, from: 4, author: 'ada', authoredAt: known.authoredAt }]);
    expect(await told('evidence.planned', next)).not.toMatchObject([{ suppressions: expect.anything() }]);
  });
});
