import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { make, RepositoryChanged, type BlastRadiusAnswer, type FindingAnswer, type Page } from '@throughline/contracts';
import { component, eventually, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';

const [demo, real] = ['demo.invalid/demo/demo-shop', 'git.example/acme/shop'];
const record = (id: string, cve: string): object =>
  osvRecord(id, 'minimist', [{ introduced: '0' }, { fixed: '1.2.6' }], { aliases: [cve] });
const locked = [component('minimist', '1.2.0')];

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  await ledger.publish(...[demo, real].map((repository) => registered(repository)));
  await eventually(async () => expect(await ledger.rows('select id from repository')).toHaveLength(2));
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

describe('the demo', () => {
  it('finds by its own advisories, and nobody else does', async () => {
    await put(record('GHSA-demo', 'CVE-2026-1'));
    await ledger.scan({ repository: demo, commit: 'a', position: 1, components: locked });
    await ledger.scan({ repository: real, commit: 'b', position: 1, components: locked });
    await ledger.idle();

    expect(await found(demo)).toEqual(['GHSA-demo']);
    expect(await found(real)).toEqual([]);
    expect((await ledger.evaluations('b')).at(-1)!.notEvaluated).toEqual([{ what: 'npm', reason: 'no advisory data for npm' }]);
    expect(await touched('GHSA-demo')).toEqual([demo]);
  });

  it('is not found by anybody’s advisories, be they about the same', async () => {
    await ledger.call('POST', '/api/v1/advisories', { body: record('GHSA-real', 'CVE-2026-1') });
    await ledger.idle();

    expect(await found(demo)).toEqual(['GHSA-demo']);
    expect(await found(real)).toEqual(['GHSA-real']);
    expect(await touched('GHSA-real')).toEqual([real]);
  });

  it('cannot be joined from outside', async () => {
    const refused = await ledger.call('POST', '/api/v1/advisories?feed=demo', { body: record('GHSA-false', 'CVE-2026-2') });
    const internal = await ledger.call('PUT', '/internal/demo', { body: { advisories: [] } });

    expect(refused).toMatchObject({ status: 422, body: { code: 'reserved_feed' } });
    expect(internal.status).toBe(403);
    expect(await ledger.rows(`select 1 from advisory where osv_id = 'GHSA-false'`)).toEqual([]);
  });

  it('takes its advisories along and leaves the others as they are', async () => {
    const before = await others();

    expect((await ledger.call('DELETE', '/internal/demo', { asService: true })).status).toBe(204);

    expect(await ledger.rows('select osv_id from advisory')).toEqual([{ osv_id: 'GHSA-real' }]);
    for (const table of ['advisory_group', 'ecosystem_data']) expect(await ledger.rows(`select 1 from ${table} where demo`)).toEqual([]);
    expect(await others()).toEqual(before);
    expect(await found(real)).toEqual(['GHSA-real']);
  });
});

function registered(repository: string): { fact: RepositoryChanged; deliveryKey: string; sequence: number } {
  const fact = make(RepositoryChanged, {
    ...{ repository, repositoryId: repository, name: repository, cloneUrl: `https://${repository}.git`, application: 'unassigned' },
    ...{ labels: [], action: 'registered' as const, ...(repository === demo && { demo: true }) },
  });
  return { fact, deliveryKey: repository, sequence: 1 };
}

async function put(...advisories: object[]): Promise<void> {
  expect((await ledger.call('PUT', '/internal/demo', { asService: true, body: { advisories } })).status).toBe(204);
}

async function found(repository: string): Promise<string[]> {
  const { body } = await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?repository=${repository}`);
  return body.items.map(({ rule }) => rule);
}

async function touched(advisory: string): Promise<string[]> {
  const { body } = await ledger.call<BlastRadiusAnswer>('GET', `/api/v1/advisories/${advisory}/blast-radius`);
  return body.repositories.map(({ repository }) => repository);
}

/** All that is not the demo's, as it is stored. */
async function others(): Promise<unknown[]> {
  const tables = {
    advisory: 'not demo',
    advisory_group: 'not demo',
    ecosystem_data: 'not demo',
    feed: `name <> 'demo'`,
    finding: `repository = '${real}'`,
    evaluation: `repository = '${real}'`,
  };
  return Promise.all(Object.entries(tables).map(([table, own]) => ledger.rows(`select * from ${table} where ${own} order by 1`)));
}
