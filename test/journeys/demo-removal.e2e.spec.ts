import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serviceNames, type ChainSummary, type CreatedDemo, type Demo, type Page, type ServiceName } from '@throughline/contracts';
import { Broker, eventually, everyRow } from '@throughline/testing';
import { sendPush } from '../../apps/cli/src/demo/push.ts';
import { buildRepository, demoAdvisories } from '../../apps/cli/src/demo/repository.ts';
import { push } from './api.ts';
import { GitRepository } from './git-repository.ts';
import { Shop, vulnerableLock } from './shop.ts';

type Tables = Readonly<Record<string, readonly string[]>>;

const real = 'shop/till';

let shop: Shop;
let broker: Broker;

beforeAll(async () => {
  shop = await Shop.open();
  broker = new Broker(shop.platform.infra);
  const after = new GitRepository(shop.platform.repositories, real).commit('Open the till', vulnerableLock);
  expect((await push(shop.source, { repository: real, after })).status).toBe(202);
  await eventually(async () => expect((await chains())[0]?.status).toMatch(/deny|undecided|warn|pass/), 240_000);
  await quiet();
}, 600_000);

afterAll(async () => {
  await shop?.close();
});

it('the demo comes and goes, and all else is as it was', async () => {
  const before = await everything();
  const chain = await showDemo();
  expect(chain).toMatchObject({ application: 'demo-shop', repository: 'demo.invalid/demo/demo-shop' });
  await quiet();
  expect(counts(await everything())).not.toEqual(counts(before));

  await shop.api.call<Demo>('DELETE', 'demo');

  await eventually(async () => expect((await shop.api.get<Demo>('demo')).state).toBe('removed'), 60_000);
  await eventually(async () => expect(counts(await everything())).toEqual(counts(before)), 120_000);
  const after = await everything();
  for (const service of serviceNames.filter((name) => !['gateway', 'remediation'].includes(name))) {
    expect({ service, tables: after.get(service) }).toEqual({ service, tables: before.get(service) });
  }
  expect(await removals()).toEqual(['application.removed', 'repository.removed']);
}, 600_000);

it('the demo comes back when it is wanted', async () => {
  const chain = await showDemo();

  expect(chain.status).not.toBe('pending');
  expect((await shop.api.get<Demo>('demo')).state).toBe('present');
}, 300_000);

async function showDemo(): Promise<ChainSummary> {
  const home = join(shop.platform.repositories, 'example');
  const repository = await buildRepository(home);
  const cloneUrl = `${pathToFileURL(home).href}/demo/{fullName}.git`;
  const demo = await shop.api.call<CreatedDemo>('POST', 'demo', { cloneUrl, advisories: await demoAdvisories() });
  await sendPush(demo, repository);
  return eventually(async () => {
    const found = (await chains()).find(({ commit }) => commit === repository.after);
    expect(found?.status).toMatch(/deny|undecided|warn|pass/);
    return found!;
  }, 240_000);
}

async function chains(): Promise<readonly ChainSummary[]> {
  return (await shop.api.get<Page<ChainSummary>>('chains')).items;
}

/** Nothing is on its way, nor is anybody still reading: what is left to be done waits for a time that is to come. */
async function quiet(): Promise<void> {
  await eventually(async () => {
    for (const service of serviceNames) {
      const open = `select topic as what from outbox union all select kind from work where state <> 'dead' and run_after < now() + interval '1 minute'`;
      expect(await shop.databases.rows(service, open)).toEqual([]);
    }
    expect(await broker.behind(shop.platform.prefix)).toEqual([]);
  }, 240_000);
}

/** What is kept of everything that anybody did, and of the state of the services themselves. */
const records = new Set(['audit_entry', 'held_records']);
const recorded = /\b(?:repository\.removed|application\.removed|audit\.recorded)\b/;

/** Every row of every service; what is only said of the removal itself is left out, like marks and numbers. */
async function everything(): Promise<Map<ServiceName, Tables>> {
  const all = serviceNames.map(async (service) => {
    const tables = await everyRow((sql, params) => shop.databases.rows(service, sql, params));
    const kept = Object.entries(tables)
      .filter(([name]) => !records.has(name))
      .map(([name, rows]) => [name, rows.filter((row) => !recorded.test(row))]);
    return [service, Object.fromEntries(kept) as Tables] as const;
  });
  return new Map(await Promise.all(all));
}

function counts(all: ReadonlyMap<ServiceName, Tables>): Record<string, number> {
  return Object.fromEntries(
    [...all].flatMap(([service, tables]) => Object.entries(tables).map(([name, rows]) => [`${service}.${name}`, rows.length] as const)),
  );
}

async function removals(): Promise<string[]> {
  const sql = `select type from fact where type in ('application.removed', 'repository.removed') order by type`;
  return (await shop.databases.rows<{ type: string }>('chain', sql)).map(({ type }) => type);
}
