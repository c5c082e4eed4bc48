import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FindingsEvaluated, FindingState, make, RepositoryRemoved, type Remediation, type RemediationDetail } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, FactPublisher, httpReceiver, infra, SignedCaller, type HttpReceiver, type Platform } from '@throughline/testing';
import definition from './service.ts';

jest.setTimeout(90_000);

/** Patient: other tests share the machine. */
const soon = <T>(expectation: () => T | Promise<T>): Promise<T> => eventually(expectation, 40_000);

const repository = 'git.example/payments/shop';
const demo = new URL('../../cli/demo/repository/2-change/', import.meta.url);
const sources: Record<string, string> = Object.fromEntries(
  ['package.json', 'package-lock.json', 'reports/requirements.txt'].map((path) => [path, readFileSync(new URL(path, demo), 'utf8')]),
);

let platform: Platform;
let publisher: FactPublisher;
let scanner: HttpReceiver;
let remediation: RunningService;
let door: SignedCaller;

beforeAll(async () => {
  const held = await infra();
  scanner = await httpReceiver();
  scanner.answer = ({ path }) => {
    const text = sources[new URL(path, 'http://x').searchParams.get('path')!];
    return text === undefined ? { status: 404, body: '{}' } : { status: 200, body: JSON.stringify({ text }) };
  };
  platform = await held.fresh(['remediation', 'gateway']);
  publisher = new FactPublisher(held, platform);
  remediation = await runService(definition, { ...platform.environment('remediation'), SCANNER_ORCHESTRATOR_URL: scanner.origin });
  door = new SignedCaller(remediation, platform);
}, 300_000);

afterAll(async () => {
  await remediation?.close();
  await scanner?.close();
  await platform?.remove();
});

const finding = (id: string, over: Partial<FindingState>): FindingState =>
  make(FindingState, {
    id,
    class: 'vulnerability',
    rule: id,
    title: 'x',
    severity: 'high',
    triage: 'new',
    path: 'package-lock.json',
    knownExploited: false,
    tools: ['dependencies'],
    ...over,
  });

const present = [
  finding('f-1', { purl: 'pkg:npm/lodash@4.17.20', trustedFix: '4.17.21' }),
  finding('f-2', { purl: 'pkg:npm/lodash@4.17.20', trustedFix: '4.17.21' }),
  finding('f-3', { purl: 'pkg:npm/minimist@1.2.5', trustedFix: '1.2.6' }),
  finding('f-4', { purl: 'pkg:pypi/pyyaml@5.3.1', trustedFix: '5.4', path: 'reports/requirements.txt' }),
  finding('f-5', { purl: 'pkg:npm/absent@1.0.0', trustedFix: '1.0.1' }),
];

async function evaluate(
  commit: string,
  states: readonly FindingState[],
  over: { revision?: number; baseline?: boolean } = {},
): Promise<void> {
  const fact = make(FindingsEvaluated, {
    subject: { repository, commit, ref: 'refs/heads/main', ...(over.baseline && { baseline: true }) },
    seq: 1,
    tool: 'dependencies',
    ruleset: 'r',
    finds: ['vulnerability'],
    outcome: 'evaluated',
    application: 'shop',
    revision: over.revision ?? 1,
    present: [...states],
    totals: { critical: 0, high: states.length, medium: 0, low: 0, info: 0 },
    opened: 0,
    reopened: 0,
    resolved: 0,
    unchanged: 0,
    notEvaluated: [],
    licences: [],
  });
  await publisher.publish({ fact, deliveryKey: `${commit} ${fact.revision}` });
}

const proposals = async (): Promise<readonly Remediation[]> =>
  ((await door.call('GET', '/api/v1/remediations')).body as { items: Remediation[] }).items;
const published = (): Promise<{ n: number }[]> =>
  remediation.get(Database).rows(`select count(*)::int as n from proposals where state = 'proposed'`);
const first = '1'.repeat(40);
const second = '2'.repeat(40);

describe('remediation', () => {
  it('ignores what is only scanned to compare with', async () => {
    await evaluate('0'.repeat(40), present, { baseline: true });
    await evaluate(first, present);

    await soon(async () => expect((await proposals()).length).toBeGreaterThan(0));
    expect((await proposals()).every(({ commit }) => commit === first)).toBe(true);
  });

  it('proposes one edit per package, with the exact diff', async () => {
    await soon(async () => expect((await proposals()).every(({ state }) => state !== 'preparing')).toBe(true));
    const all = await proposals();
    const lodash = all.find((proposal) => proposal.package === 'pkg:npm/lodash')!;
    const detail = (await door.call('GET', `/api/v1/remediations/${lodash.id}`)).body as RemediationDetail;

    expect(all.map(({ package: purl, state, to }) => `${purl} ${state} ${to}`).sort()).toEqual([
      'pkg:npm/absent impossible 1.0.1',
      'pkg:npm/lodash proposed 4.17.21',
      'pkg:npm/minimist proposed 1.2.6',
      'pkg:pypi/pyyaml proposed 5.4',
    ]);
    expect(detail).toMatchObject({ findings: ['f-1', 'f-2'], summary: 'Raise lodash from 4.17.20 to 4.17.21: closes 2 findings' });
    expect(detail.url).toMatch(new RegExp(`^http.*/fixes/${lodash.id}$`));
    const ending = (await door.call('GET', '/api/v1/remediations?finding=f-2')).body as { items: Remediation[] };
    expect(ending.items.map(({ id }) => id)).toEqual([lodash.id]);
    expect(detail.diff!.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
      '--- a/package-lock.json',
      '+++ b/package-lock.json',
      '-        "lodash": "4.17.20",',
      '+        "lodash": "4.17.21",',
      '-      "version": "4.17.20",',
      expect.stringContaining('-      "integrity"'),
      '+      "version": "4.17.21",',
      '--- a/package.json',
      '+++ b/package.json',
      '-    "lodash": "4.17.20",',
      '+    "lodash": "4.17.21",',
    ]);
  });

  it('says nothing again when the same findings are evaluated again', async () => {
    const before = await proposals();

    await evaluate(first, present, { revision: 2 });
    await evaluate(second, present.slice(0, 3));
    await soon(async () => expect((await proposals()).some(({ commit }) => commit === second)).toBe(true));

    const after = await proposals();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.find((proposal) => proposal.package === 'pkg:pypi/pyyaml')).toMatchObject({
      state: 'gone',
      updatedAt: expect.any(String),
    });
    await soon(async () => expect(await published()).toEqual([{ n: 2 }]));
  });

  it('forgets what is long gone, and nothing that is proposed', async () => {
    const retention = remediation.get(Retention);
    const before = await proposals();
    const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

    const early = await retention.sweep(inDays(399));
    const late = await retention.sweep(inDays(402));

    expect(early).toEqual({ proposals: 0, lines: 0 });
    expect(late).toEqual({ proposals: before.filter(({ state }) => state === 'gone').length, lines: 1 });
    expect(await proposals()).toEqual(before.filter(({ state }) => state !== 'gone'));
  });

  it('shows other teams nothing, and describes its interface', async () => {
    const [known] = await proposals();
    const user = { applications: ['web'] };

    expect((await door.call('GET', '/api/v1/remediations', { user })).body).toEqual({ items: [], next: null });
    expect((await door.call('GET', `/api/v1/remediations/${known!.id}`, { user })).status).toBe(404);
    expect((await door.call('GET', '/openapi.json')).body).toMatchObject({ paths: { '/api/v1/remediations/{id}': expect.anything() } });
  });

  it('ends its proposals with their repository, and is not misled by what is told late', async () => {
    const removed = { repository, repositoryId: 'r', name: 'shop', application: 'unassigned', by: 'ada' };
    await publisher.publish({ fact: make(RepositoryRemoved, removed), deliveryKey: 'removal', sequence: 100 });

    await soon(async () => expect(await proposals()).toEqual([]));
    const marks = (): Promise<object[]> => remediation.get(Database).rows(`select 1 from inbox where consumer = 'remediation.proposals'`);
    const before = (await marks()).length;
    await evaluate('d'.repeat(40), present, { revision: 9 });
    await soon(async () => expect(await marks()).toHaveLength(before + 1));
    expect(await proposals()).toEqual([]);
  });
});
