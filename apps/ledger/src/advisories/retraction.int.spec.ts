import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationChanged, make, type AdvisoryDetail, type FeedAnswer } from '@throughline/contracts';
import { component, eventually, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';
import { MatchWorker } from './match.worker.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

let number = 0;
let repository = '';
let name = '';

beforeEach(() => {
  number += 1;
  repository = `git.example/acme/r${number}`;
  name = `package-${number}`;
});

describe('a release that compares in another way', () => {
  it('makes the verdicts of the one before again, once', async () => {
    await ledger.scan({ repository, commit: '91', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([osvRecord(`GHSA-anew-${number}`, name, [{ introduced: '0' }])]);
    await ledger.rows('delete from affected');
    const start = (): Promise<void> => ledger.service.get(MatchWorker).onApplicationBootstrap();

    await start();
    await ledger.idle();
    expect(await ledger.rows('select 1 from affected')).toEqual([]);

    await ledger.rows('update matcher set version = 1');
    await start();
    await ledger.idle();

    expect(await ledger.rows('select matcher_version from affected')).toEqual([{ matcher_version: 2 }]);
  });
});

describe('a retraction', () => {
  it('takes back only what that feed says', async () => {
    const id = `GHSA-feeds-${number}`;
    const record = osvRecord(id, name, [{ introduced: '0' }]);
    await ledger.scan({ repository, commit: '31', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([record], '?feed=one');
    await ledger.importAdvisories([record], '?feed=two');

    await ledger.call('POST', `/api/v1/advisories/${id}/retract`, { body: { feed: 'one', reason: 'invented' } });
    await ledger.idle();
    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([{ detection: 'open' }]);

    await ledger.call('POST', `/api/v1/advisories/${id}/retract`, { body: { reason: 'invented' } });
    await ledger.idle();
    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([{ detection: 'retracted' }]);
    const read = async (): Promise<AdvisoryDetail> => (await ledger.call<AdvisoryDetail>('GET', `/api/v1/advisories/${id}`)).body;
    expect(await read()).toMatchObject({ feeds: ['one', 'two'], statements: [{ feed: 'one', because: 'invented' }, { feed: 'two' }] });
  });

  it('ends: the finding is open again, under the id that it had', async () => {
    const id = `GHSA-back-${number}`;
    await ledger.scan({ repository, commit: '32', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([osvRecord(id, name, [{ introduced: '0' }])]);
    const [before] = await ledger.findings(`repository=${repository}`);
    await ledger.call('POST', `/api/v1/advisories/${id}/retract`, { body: { reason: 'invented' } });
    await ledger.idle();

    const answer = await ledger.call('POST', `/api/v1/advisories/${id}/restore`, { body: { reason: 'it was true' } });

    expect(answer).toMatchObject({ status: 200, body: { statements: 1 } });
    await ledger.idle();
    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([{ id: before!.id, detection: 'open' }]);
    expect(await ledger.call('POST', '/api/v1/advisories/GHSA-nowhere/restore', { body: { reason: 'it was true' } })).toMatchObject({
      status: 404,
    });
  });
});

describe('owners and what the world knows', () => {
  it('move a finding to its application and raise its risk', async () => {
    const cve = `CVE-2026-400${number}`;
    await ledger.scan({ repository, commit: '51', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([osvRecord(`GHSA-kev-${number}`, name, [{ introduced: '0' }], { aliases: [cve] })]);
    const [before] = await ledger.findings(`repository=${repository}`);
    expect(before).toMatchObject({ kev: false, exploitation: 'not_enriched' });

    await ledger.publish({ fact: application(`shop-${number}`, [repository]), deliveryKey: `a ${number}` });
    await eventually(async () => expect(await ledger.findings(`application=shop-${number}`)).toHaveLength(1));
    await ledger.send(
      '/api/v1/intel/kev',
      Buffer.from(JSON.stringify({ vulnerabilities: [{ cveID: cve, dateAdded: '2026-01-01', dueDate: '2026-01-22' }] })),
    );
    await ledger.send(
      '/api/v1/intel/epss',
      gzipSync(`#model_version:v5,score_date:2026-06-01T00:00:00Z\ncve,epss,percentile\n${cve},0.5,0.97\n`),
    );
    await ledger.idle();

    const [after] = await ledger.findings(`application=shop-${number}&kev=true&epss=0.4`);
    expect(after).toMatchObject({ id: before!.id, team: 'payments', owner: '@payments', kev: true, epss: 0.5 });
    expect(after).toMatchObject({ exploitation: 'known' });
    expect((await ledger.call<AdvisoryDetail>('GET', `/api/v1/advisories/${cve}`)).body).toMatchObject({
      exploitation: 'known',
      listed: { feed: 'kev', added: '2026-01-01', due: '2026-01-22', ransomware: false },
      epss: 0.5,
      epssBy: { model: 'v5', date: '2026-06-01' },
    });
    expect(after!.risk.score).toBeGreaterThan(before!.risk.score);
    expect((await ledger.evaluations('51')).at(-1)).toMatchObject({ application: `shop-${number}`, present: [{ knownExploited: true }] });
    expect(await ledger.findings(`application=shop-${number}&team=payments`)).toHaveLength(1);
  });

  it('tell apart what was looked up from what was not', async () => {
    const cve = `CVE-2026-410${number}`;
    const [looked, nameless] = [`GHSA-looked-${number}`, `GHSA-nameless-${number}`];
    await ledger.send('/api/v1/intel/kev', Buffer.from(JSON.stringify({ catalogVersion: '2026.02.01', vulnerabilities: [] })));
    await ledger.importAdvisories([
      osvRecord(looked, name, [{ introduced: '0' }], { aliases: [cve] }),
      osvRecord(nameless, name, [{ introduced: '0' }]),
    ]);

    const exploitation = async (id: string): Promise<unknown> =>
      (await ledger.call<AdvisoryDetail>('GET', `/api/v1/advisories/${id}`)).body.exploitation;
    expect([await exploitation(looked), await exploitation(nameless)]).toEqual(['not_listed', 'not_enriched']);
    const { items } = (await ledger.call<{ items: FeedAnswer[] }>('GET', '/api/v1/advisories/feeds')).body;
    expect(items).toContainEqual(expect.objectContaining({ name: 'kev', format: 'kev', version: '2026.02.01' }));
  });
});

function application(named: string, repositories: string[]): ApplicationChanged {
  return make(ApplicationChanged, {
    name: named,
    team: 'payments',
    tier: 'tier-1',
    dataClass: 'personal',
    exposure: 'internet',
    repositories,
    images: [],
    owners: ['@payments'],
  });
}
