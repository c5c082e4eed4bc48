import type { DecisionSummary, GateAnswer, Page } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { push, site, type Api } from './api.ts';
import type { Databases } from './databases.ts';
import { GitRepository } from './git-repository.ts';
import { installedScanners } from './scanner-tools.ts';
import type { ServiceProcesses } from './service-processes.ts';
import { Shop } from './shop.ts';

const name = 'shop/till';
const harmless = {
  'package.json': JSON.stringify({ name: 'till', version: '1.0.0' }),
  'package-lock.json': JSON.stringify({
    name: 'till',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'till', version: '1.0.0' }, 'node_modules/ms': { version: '2.1.3' } },
  }),
};

let shop: Shop;
let platform: ServiceProcesses;
let databases: Databases;
let api: Api;
let commit: string;

beforeAll(async () => {
  shop = await Shop.open({ toolsDir: installedScanners() });
  ({ platform, databases, api } = shop);
  commit = new GitRepository(platform.repositories, name).commit('Open the till', harmless);
  platform.signal('ledger', 'SIGSTOP');
  const response = await push(shop.source, { repository: name, after: commit });
  expect(response.status).toBe(202);
}, 600_000);

afterAll(async () => {
  platform?.signal('ledger', 'SIGCONT');
  await shop?.close();
});

describe('while the ledger stands still', () => {
  it('all scans of a harmless change complete, and no finding speaks against it', async () => {
    await eventually(async () => {
      const items = await databases.rows<{ state: string; findings: number | null }>(
        'scanner-orchestrator',
        `select state, findings from evidence_item where state not in ('not_applicable')`,
      );
      expect(items.length).toBeGreaterThanOrEqual(2);
      for (const item of items) expect(item).toEqual({ state: 'received', findings: 0 });
    }, 240_000);
    await eventually(async () => {
      const [sent] = await databases.rows<{ left: number }>('scanner-orchestrator', 'select count(*)::int as left from outbox');
      expect(sent!.left).toBe(0);
    }, 60_000);
  }, 300_000);

  it('200 calls of the gate are undecided, and say what is missing', async () => {
    const answers: GateAnswer[] = [];
    for (let batch = 0; batch < 10; batch += 1) {
      answers.push(...(await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index === 0 ? 1 : 0)))));
    }

    expect(answers).toHaveLength(200);
    expect(new Set(answers.map(({ decision }) => decision))).toEqual(new Set(['undecided']));
    expect(answers.filter(({ missing = [] }) => !missing.some((each) => each.includes('has not finished')))).toEqual([]);
  }, 120_000);

  it('neither the decisions nor the commit status say that it passed', async () => {
    await eventually(() => expect(new Set(states())).toEqual(new Set(['pending'])), 30_000);
    const { items } = await api.get<Page<DecisionSummary>>(`decisions?commit=${commit}&limit=200`);

    expect(new Set(items.map(({ result }) => result))).toEqual(new Set(['undecided']));
    expect(items.filter(({ published }) => published)).toEqual([]);
    expect(new Set(states())).toEqual(new Set(['pending']));
  }, 60_000);
});

describe('when the ledger goes on', () => {
  it('the gate answers what was decided, and the provider hears it', async () => {
    const waiting = ask(50);

    platform.signal('ledger', 'SIGCONT');

    expect(await waiting).toMatchObject({ decision: 'pass', reasons: [] });
    await eventually(() => expect(states().filter((state) => state !== 'pending')).toEqual(['success']), 30_000);
    expect(states().at(-1)).toBe('success');
  }, 120_000);
});

function ask(wait: number): Promise<GateAnswer> {
  return api.call<GateAnswer>('POST', 'gate', { gate: 'change', subject: { repository: `${site}/${name}.git`, commit }, wait });
}

/** What the provider was told about the commit, in order. */
function states(): string[] {
  return shop.provider.requests
    .filter(({ path }) => path.endsWith(`/statuses/${commit}`))
    .map(({ body }) => (JSON.parse(body) as { readonly state: string }).state);
}
