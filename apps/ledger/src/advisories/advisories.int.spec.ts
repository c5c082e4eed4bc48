import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  make,
  RepositoryChanged,
  type AdvisoryDetail,
  type BlastRadiusAnswer,
  type ComponentAnswer,
  type FeedAnswer,
} from '@throughline/contracts';
import { commitId, component, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';

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

describe('an ecosystem without advisory data', () => {
  it('is not evaluated, and is when the first advisory arrives', async () => {
    await ledger.scan({ repository, commit: 'a1', position: 1, components: [component(name, '1.0.0')] });
    await ledger.idle();
    const [blind] = await ledger.evaluations('a1');
    expect(blind).toMatchObject({ outcome: 'evaluated', present: [], notEvaluated: [{ what: 'npm', reason: 'no advisory data for npm' }] });
    expect(blind!.dataAsOf).toBeUndefined();

    await ledger.importAdvisories([osvRecord('GHSA-first-data', 'elsewhere', [{ introduced: '0' }])]);

    const evaluations = await ledger.evaluations('a1');
    expect(evaluations).toHaveLength(2);
    expect(evaluations[1]).toMatchObject({ revision: 2, notEvaluated: [], dataAsOf: expect.any(String) });
  });
});

describe('a feed', () => {
  it('names fixed versions for proposals only when it is trusted, and never against another feed', async () => {
    const at = `/api/v1/advisories/feeds/poisoned-${number}`;
    const fixedAt = (fixed: string): object[] => [{ introduced: '0' }, { fixed }];
    await ledger.importAdvisories([osvRecord(`GHSA-trust-${number}`, name, fixedAt('9.9.9'))], `?feed=poisoned-${number}`);
    await ledger.scan({ repository, commit: 'f1', position: 1, components: [component(name, '1.0.0')] });
    await ledger.idle();
    const present = async (): Promise<unknown> => (await ledger.evaluations('f1')).at(-1)!.present[0];

    expect(await present()).toMatchObject({ fixedIn: '9.9.9' });
    expect(await present()).not.toHaveProperty('trustedFix');
    expect((await ledger.call('PUT', at, { body: { trustedForFixes: true }, user: { rights: ['advisories:write'] } })).status).toBe(403);

    expect(await ledger.call('PUT', at, { body: { trustedForFixes: true } })).toMatchObject({
      status: 200,
      body: { trustedForFixes: true },
    });
    await ledger.idle();
    expect(await present()).toMatchObject({ trustedFix: '9.9.9' });

    await ledger.importAdvisories([osvRecord(`GHSA-trust-${number}`, name, [{ introduced: '0' }])], `?feed=other-${number}`);
    await ledger.idle();
    expect(await present()).not.toHaveProperty('trustedFix');
  });
});

describe('an advisory', () => {
  it('that arrives after the scan opens the finding and tells one evaluation', async () => {
    await ledger.scan({ repository, commit: 'b1', position: 1, components: [component(name, '1.0.0')] });
    expect(await ledger.findings(`repository=${repository}`)).toEqual([]);

    await ledger.importAdvisories([
      osvRecord(`GHSA-late-${number}`, name, [{ introduced: '0' }, { fixed: '1.2.0' }], { aliases: [`CVE-2026-100${number}`] }),
    ]);

    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([
      {
        class: 'vulnerability',
        severity: 'critical',
        detection: 'open',
        cve: `CVE-2026-100${number}`,
        component: { purl: `pkg:npm/${name}@1.0.0`, version: '1.0.0', fixedIn: '1.2.0' },
        location: { path: 'package-lock.json' },
        attributions: [{ tool: 'dependencies' }],
        fix: { version: '1.2.0' },
      },
    ]);
    const evaluations = await ledger.evaluations('b1');
    expect(evaluations).toHaveLength(2);
    expect(evaluations[1]).toMatchObject({ opened: 1, present: [{ purl: `pkg:npm/${name}@1.0.0`, fixedIn: '1.2.0' }] });
  });

  it('that was there before the scan is found by it', async () => {
    await ledger.importAdvisories([osvRecord(`GHSA-early-${number}`, name, [{ introduced: '0' }, { fixed: '2.0.0' }])]);

    await ledger.scan({
      repository,
      commit: 'c1',
      position: 1,
      components: [component(name, '1.0.0'), component(`${name}-other`, '1.0.0')],
    });
    await ledger.scan({ repository, commit: 'c2', position: 2, components: [component(name, '2.0.0')] });

    await ledger.idle();
    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([{ rule: `GHSA-early-${number}`, detection: 'resolved' }]);
    expect((await ledger.evaluations('c2'))[0]).toMatchObject({ resolved: 1, present: [] });
  });

  it('is seen in the base of a change too, so that the change does not seem to add it', async () => {
    const components = [component(name, '1.0.0')];
    await ledger.scan({ repository, commit: 'd2', position: 2, base: 'd1', components });
    await ledger.scan({ repository, commit: 'd1', position: 1, baseline: true, components });

    await ledger.importAdvisories([osvRecord(`GHSA-both-${number}`, name, [{ introduced: '0' }])]);

    expect((await ledger.evaluations('d1')).at(-1)).toMatchObject({ opened: 0, present: [{ rule: `GHSA-both-${number}` }] });
    expect((await ledger.evaluations('d2')).at(-1)).toMatchObject({ opened: 1, present: [{ rule: `GHSA-both-${number}` }] });
  });

  it('does not close what it no longer affects for another reason than a fix', async () => {
    const id = `GHSA-gone-${number}`;
    await ledger.scan({ repository, commit: 'e1', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([osvRecord(id, name, [{ introduced: '0' }])]);

    await ledger.importAdvisories([
      osvRecord(id, name, [{ introduced: '0' }], { modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' }),
    ]);

    expect(await ledger.findings(`repository=${repository}`)).toMatchObject([{ rule: id, detection: 'retracted' }]);
  });

  it('that is older than what is known, or the same, changes nothing', async () => {
    const id = `GHSA-same-${number}`;
    const record = osvRecord(id, name, [{ introduced: '0' }]);
    await ledger.importAdvisories([record]);

    expect(await ledger.importAdvisories([record])).toMatchObject({ accepted: 0, unchanged: 1 });
    expect(await ledger.importAdvisories([{ ...record, modified: '2025-01-01T00:00:00Z', summary: 'older' }])).toMatchObject({
      accepted: 0,
      unchanged: 1,
    });
  });

  it('about a version that cannot be compared leaves it not evaluated', async () => {
    await ledger.importAdvisories([osvRecord(`GHSA-odd-${number}`, name, [{ introduced: '1.0.0' }, { fixed: '2.0.0' }])]);

    await ledger.scan({ repository, commit: 'f7', position: 1, components: [component(name, 'git+ssh://host/x', { purl: 'not a purl' })] });

    await ledger.idle();
    expect((await ledger.evaluations('f7'))[0]).toMatchObject({
      present: [],
      notEvaluated: [{ what: 'npm', reason: expect.stringContaining('cannot be compared') }],
    });
  });
});

describe('advisories and scans at the same time', () => {
  it('never miss each other', async () => {
    const rounds = Array.from({ length: 8 }, (_, index) => ({ package: `${name}-${index}`, repository: `${repository}-${index}` }));

    await Promise.all(
      rounds.flatMap((round, index) => [
        ledger.scan({ repository: round.repository, commit: `9${index}`, position: 1, components: [component(round.package, '1.0.0')] }),
        ledger.send(
          '/api/v1/advisories',
          Buffer.from(JSON.stringify(osvRecord(`GHSA-race-${index}`, round.package, [{ introduced: '0' }]))),
        ),
      ]),
    );

    await ledger.idle();
    for (const round of rounds) expect(await ledger.findings(`repository=${round.repository}`)).toMatchObject([{ detection: 'open' }]);
  });
});

describe('alias groups', () => {
  it.each([
    [0, 1],
    [1, 0],
  ])('make one finding of two publishers, whoever comes first (%i, %i)', async (...order) => {
    const cve = `CVE-2026-200${number}`;
    const records = [
      osvRecord(`GHSA-group-${number}`, name, [{ introduced: '0' }, { fixed: '1.2.0' }], { aliases: [cve] }),
      osvRecord(`SNYK-group-${number}`, name, [{ introduced: '0' }, { fixed: '1.2.1' }], { aliases: [`GHSA-group-${number}`] }),
    ];
    await ledger.scan({ repository, commit: `1${number}`, position: 1, components: [component(name, '1.0.0')] });

    for (const index of order) await ledger.importAdvisories([records[index]!]);

    const found = await ledger.findings(`repository=${repository}`);
    expect(found).toMatchObject([{ cve, component: { fixedIn: '1.2.1' }, aliases: [cve, `GHSA-group-${number}`, `SNYK-group-${number}`] }]);
    expect((await ledger.call<AdvisoryDetail>('GET', `/api/v1/advisories/${cve}`)).body).toMatchObject({ id: `GHSA-group-${number}`, cve });
  });

  it('that turn out to be one keep both ids of their findings answering', async () => {
    const [one, other] = [`GHSA-one-${number}`, `PYSEC-one-${number}`];
    const events = [{ introduced: '0' }];
    await ledger.scan({ repository, commit: '21', position: 1, components: [component(name, '1.0.0')] });
    await ledger.importAdvisories([osvRecord(one, name, events), osvRecord(other, name, events)]);
    const before = (await ledger.findings(`repository=${repository}&sort=firstSeen`)).map(({ id }) => id);

    await ledger.importAdvisories([osvRecord(other, name, events, { aliases: [one], modified: '2026-03-01T00:00:00Z' })]);

    const after = await ledger.findings(`repository=${repository}`);
    expect(before).toHaveLength(2);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ detection: 'open' });
    expect(before).toContain(after[0]!.id);
    for (const id of before) expect(await ledger.call('GET', `/api/v1/findings/${id}`)).toMatchObject({ body: { id: after[0]!.id } });
  });

  it('are not joined by a record with two CVEs', async () => {
    const [first, second] = [`CVE-2026-300${number}`, `CVE-2026-310${number}`];
    await ledger.scan({ repository, commit: '22', position: 1, components: [component(name, '1.0.0')] });

    await ledger.importAdvisories([osvRecord(`GHSA-bundle-${number}`, name, [{ introduced: '0' }], { aliases: [first, second] })]);

    expect((await ledger.findings(`repository=${repository}`)).map(({ cve }) => cve).sort()).toEqual([first, second]);
  });
});

describe('an import', () => {
  it('takes one document, NDJSON and gzip, and says what it rejects', async () => {
    const good = osvRecord(`GHSA-form-${number}`, name, [{ introduced: '0' }]);
    const pretty = JSON.stringify(good, null, 2);
    const mixed = [
      JSON.stringify({ ...good, id: `GHSA-zip-${number}` }),
      '{"id":',
      JSON.stringify({ id: 'GHSA-x', modified: 'yesterday' }),
    ].join('\n');

    expect(await ledger.send('/api/v1/advisories', Buffer.from(pretty))).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await ledger.send('/api/v1/advisories', gzipSync(mixed))).toMatchObject({
      status: 202,
      body: { accepted: 1, rejectedTotal: 2, rejected: [{ pointer: '/2' }, { pointer: '/3/modified' }] },
    });
  });

  it.each<[string, Buffer, number]>([
    ['nothing', Buffer.alloc(0), 400],
    ['no advisories', Buffer.from('[]'), 422],
    ['broken gzip', gzipSync('x').subarray(0, 12), 422],
    ['deep nesting', Buffer.from('['.repeat(100_000)), 422],
    ['a prototype', Buffer.from('{"__proto__":{"id":"x"}}'), 422],
    ['a bomb of a line', gzipSync(Buffer.alloc(30 * 1024 * 1024, 'x')), 413],
  ])('of %s is refused', async (_what, body, status) => {
    expect(await ledger.send('/api/v1/advisories', body)).toMatchObject({ status });
  });

  it('is a right of its own', async () => {
    const reader = { rights: ['advisories:read', 'findings:write'] };

    expect(await ledger.send('/api/v1/advisories', Buffer.from('{}'), reader)).toMatchObject({ status: 403 });
  });

  it('shows in the list of feeds', async () => {
    await ledger.importAdvisories([osvRecord(`GHSA-feed-${number}`, name, [{ introduced: '0' }])], '?feed=osv-npm');

    const { items } = (await ledger.call<{ items: FeedAnswer[] }>('GET', '/api/v1/advisories/feeds')).body;
    expect(items.find((feed) => feed.name === 'osv-npm')).toMatchObject({
      rows: 1,
      age: expect.any(Number),
      lastSuccess: expect.any(String),
    });
  });
});

describe('blast radius and components', () => {
  it('count first and name the repositories that lock an affected version', async () => {
    const id = `GHSA-blast-${number}`;
    await ledger.publish({ fact: registered(repository, 'unassigned'), deliveryKey: `r ${number}` });
    await ledger.scan({
      repository,
      commit: '41',
      position: 1,
      components: [component(name, '1.0.0'), component(name, '3.0.0', { manifest: 'b/package-lock.json' })],
    });
    await ledger.scan({ repository: `${repository}-b`, commit: '42', position: 1, components: [component(name, '1.5.0')] });

    await ledger.importAdvisories([osvRecord(id, name, [{ introduced: '0' }, { fixed: '2.0.0' }])]);

    const radius = (await ledger.call<BlastRadiusAnswer>('GET', `/api/v1/advisories/${id}/blast-radius?limit=1`)).body;
    expect(radius).toMatchObject({
      advisory: id,
      components: 2,
      repositoriesTotal: 2,
      repositories: [{ repository, purls: [`pkg:npm/${name}@1.0.0`], lines: ['refs/heads/main'], findings: [expect.any(String)] }],
      next: expect.any(String),
    });
    const components = async (query: string): Promise<ComponentAnswer[]> =>
      (await ledger.call<{ items: ComponentAnswer[] }>('GET', `/api/v1/components?purl=pkg:npm/${name}${query}`)).body.items;
    expect((await components('')).map(({ version, advisories }) => [version, advisories])).toEqual(
      expect.arrayContaining([
        ['1.0.0', 1],
        ['1.5.0', 1],
        ['3.0.0', 0],
      ]),
    );
    expect((await components(`&versions=${encodeURIComponent('vers:npm/>=1.2.0|<2.0.0')}`)).map(({ version }) => version)).toEqual([
      '1.5.0',
    ]);
    expect((await components(`&repository=${repository}-b`)).flatMap(({ places }) => places)).toMatchObject([
      { repository: `${repository}-b`, commit: commitId('42') },
    ]);
  });
});

function registered(id: string, owner: string): RepositoryChanged {
  return make(RepositoryChanged, {
    repository: id,
    repositoryId: 'r',
    name: id,
    cloneUrl: `https://${id}.git`,
    application: owner,
    labels: [],
    action: 'registered',
  });
}
