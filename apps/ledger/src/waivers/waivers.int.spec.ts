import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  make,
  PremiseBroken,
  WaiverEnded,
  WaiverGranted,
  WaiverMatches,
  type FindingAnswer,
  type FindingEvent,
  type WaiverEnd,
} from '@throughline/contracts';
import { codeFinding, component, eventually, LedgerInTest, osvRecord } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;
let made = 0;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const find = async (query: string): Promise<FindingAnswer[]> =>
  (await ledger.call<{ items: FindingAnswer[] }>('GET', `/api/v1/findings?${query}`)).body.items;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** What policy-engine tells. */
async function grant(repository: string, matches: Partial<WaiverMatches>, fields: Partial<WaiverGranted> = {}): Promise<string> {
  made += 1;
  const waiver = `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`;
  const fact = make<WaiverGranted>(WaiverGranted, {
    ...{ waiver, label: `W-${made}`, application: 'unassigned', repository, endsWhen: ['known_exploited'] },
    matches: make(WaiverMatches, matches),
    ...{ reason: 'a fixture', owner: 'dana', requestedBy: 'dana', approvedBy: 'sam', digest: `sha256:${'0'.repeat(64)}` },
    ...{ from: inDays(-1), until: inDays(10) },
    ...fields,
  });
  await ledger.publish({ fact, deliveryKey: `grant ${waiver}`, sequence: 2 });
  await eventually(async () => expect(await ledger.rows('select 1 from waiver where id = $1', [waiver])).toHaveLength(1));
  await ledger.idle();
  return waiver;
}

async function end(waiver: string, because: WaiverEnd): Promise<void> {
  const fact = make(WaiverEnded, { waiver, label: 'W', application: 'unassigned', because, by: 'sam', owner: 'dana', endedAt: inDays(0) });
  await ledger.publish({ fact, deliveryKey: `end ${waiver}`, sequence: 3 });
  await eventually(async () => expect(await ledger.rows('select 1 from waiver where id = $1', [waiver])).toEqual([]));
  await ledger.idle();
}

describe('the shadow of a waiver', () => {
  it('lies on what it covers as long as it holds, over what people said', async () => {
    const repository = 'git.example/acme/shadow';
    await ledger.scan({ repository, commit: 'a1', position: 1, findings: [codeFinding('B602'), codeFinding('B303')] });
    const [other, one] = (await find(`repository=${repository}`)).sort((a, b) => a.rule.localeCompare(b.rule));
    const path = `/api/v1/findings/${one!.id}`;
    const triaged = { body: { triage: 'exploitable', reason: 'I tried it' }, headers: { 'if-match': '*' } };
    await ledger.call('PATCH', path, triaged);

    const waiver = await grant(repository, { findings: [one!.id] });

    const read = async () => (await ledger.call<FindingAnswer>('GET', path)).body;
    expect(await read()).toMatchObject({ triage: 'risk_accepted', waiver: { id: waiver, label: `W-${made}` } });
    expect((await find(`repository=${repository}&waived=true`)).map(({ id }) => id)).toEqual([one!.id]);
    expect((await find(`repository=${repository}&triage=risk_accepted`)).map(({ id }) => id)).toEqual([one!.id]);
    expect((await find(`repository=${repository}&waived=false`)).map(({ id }) => id)).toEqual([other!.id]);
    expect(await ledger.call('PATCH', path, triaged)).toMatchObject({ status: 409, body: { code: 'waived' } });

    await end(waiver, 'revoked');

    expect(await read()).toMatchObject({ triage: 'exploitable' });
    expect((await read()).waiver).toBeUndefined();
    const { items } = (await ledger.call<{ items: FindingEvent[] }>('GET', `${path}/history`)).body;
    expect(items.slice(2)).toMatchObject([
      { kind: 'triage', from: 'exploitable', to: 'risk_accepted', by: 'sam', reason: expect.stringContaining('a fixture') },
      { kind: 'triage', from: 'risk_accepted', to: 'exploitable' },
    ]);
  });

  it('tells nothing about the finding: nobody judges because of it', async () => {
    const repository = 'git.example/acme/silent';
    await ledger.scan({ repository, commit: 'b1', position: 1, findings: [codeFinding('B602')] });
    const told = async () => (await ledger.records()).filter(({ value }) => value.includes(repository));
    const before = await told();

    await grant(repository, { rule: 'B602' });

    expect(before).toHaveLength(1);
    expect(await told()).toEqual(before);
    expect(await find(`repository=${repository}&waived=true`)).toHaveLength(1);
  });

  it('falls on what is found later, and goes to the next waiver when one ends', async () => {
    const repository = 'git.example/acme/later';
    await ledger.scan({ repository, commit: 'c1', position: 1, findings: [codeFinding('B303')] });
    const first = await grant(repository, { rule: 'B602' });
    const second = await grant(repository, { path: 'app/' });
    await ledger.scan({ repository, commit: 'c2', position: 2, findings: [codeFinding('B303'), codeFinding('B602')] });
    await ledger.idle();
    const holder = async () => (await find(`repository=${repository}`)).map(({ rule, waiver }) => `${rule} ${waiver?.id ?? ''}`).sort();
    expect(await holder()).toEqual([`B303 ${second}`, expect.stringMatching(/^B602 /)]);

    await end(first, 'expired');

    expect(await holder()).toEqual([`B303 ${second}`, `B602 ${second}`]);
  });

  it('is gone with its time, whoever has heard of it', async () => {
    const repository = 'git.example/acme/over';
    await ledger.scan({ repository, commit: 'd1', position: 1, findings: [codeFinding('B602')] });

    await grant(repository, { rule: 'B602' }, { until: inDays(-0.5) });

    expect(await find(`repository=${repository}&waived=true`)).toEqual([]);
    expect(await find(`repository=${repository}&triage=new`)).toHaveLength(1);
  });

  it('does not come of a waiver for one policy', async () => {
    const repository = 'git.example/acme/policy';
    await ledger.scan({ repository, commit: 'e1', position: 1, findings: [codeFinding('B602')] });
    const policy = make<WaiverGranted>(WaiverGranted, {
      ...{
        waiver: '00000000-0000-7000-9000-000000000001',
        label: 'W-900',
        application: 'unassigned',
        repository,
        policy: 'high-code-added',
      },
      matches: make(WaiverMatches, { rule: 'B602' }),
      ...{ endsWhen: [], reason: 'x', owner: 'o', requestedBy: 'a', approvedBy: 'b', from: inDays(-1), until: inDays(1) },
      digest: `sha256:${'0'.repeat(64)}`,
    });
    await ledger.publish({ fact: policy, deliveryKey: 'one policy', sequence: 2 });

    await grant(repository, { cve: 'CVE-2000-1' });

    expect(await find(`repository=${repository}&waived=true`)).toEqual([]);
  });
});

describe('what a waiver leans on', () => {
  const broken = async (waiver: string): Promise<PremiseBroken[]> =>
    (await ledger.records())
      .filter(({ type }) => type.includes('premise.broken'))
      .map(({ value }) => JSON.parse(value) as PremiseBroken)
      .filter((fact) => fact.waiver === waiver);
  const importing = (record: object) =>
    ledger.call('POST', '/api/v1/advisories', {
      body: Buffer.from(JSON.stringify(record)),
      headers: { 'content-type': 'application/x-ndjson' },
    });
  const vulnerable = async (name: string, cve: string, position = 1): Promise<string> => {
    const repository = `git.example/acme/${name}`;
    await importing(osvRecord(`GHSA-${name}`, name, [{ introduced: '0' }], { aliases: [cve] }));
    await ledger.scan({ repository, commit: 'f1', position, components: [component(name, '1.0.0')] });
    await ledger.idle();
    return repository;
  };

  it('is gone when the CVE is known to be exploited: its owner is told once, and it covers nothing', async () => {
    const repository = await vulnerable('kevved', 'CVE-2026-7001');
    const waiver = await grant(repository, { cve: 'CVE-2026-7001' });
    expect(await find(`repository=${repository}&waived=true`)).toHaveLength(1);

    const catalogue = { vulnerabilities: [{ cveID: 'CVE-2026-7001', dateAdded: '2026-11-01' }] };
    await ledger.call('POST', '/api/v1/intel/kev', { body: catalogue });
    await ledger.idle();

    expect(await broken(waiver)).toMatchObject([{ because: 'known_exploited', cve: 'CVE-2026-7001', repository }]);
    expect(await find(`repository=${repository}&waived=true`)).toEqual([]);
  });

  it('is gone when there is a fix, where that was asked for', async () => {
    const repository = await vulnerable('fixable', 'CVE-2026-7002');
    const until = await grant(repository, { cve: 'CVE-2026-7002' }, { endsWhen: ['fix_available'] });
    const anyway = await grant(repository, { rule: 'GHSA-fixable' }, { endsWhen: [] });

    const fixed = osvRecord('GHSA-fixable', 'fixable', [{ introduced: '0' }, { fixed: '1.0.1' }], {
      aliases: ['CVE-2026-7002'],
      modified: '2026-03-01T00:00:00Z',
    });
    await importing(fixed);
    await ledger.idle();

    expect(await broken(until)).toMatchObject([{ because: 'fix_available', fixedIn: '1.0.1' }]);
    expect(await broken(anyway)).toEqual([]);
  });
});
