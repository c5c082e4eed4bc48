import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BulkTriageAnswer, BulkTriageEntry, BulkTriageUndone, FindingAnswer, FindingEvent, Page } from '@throughline/contracts';
import { codeFinding, LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const path = '/api/v1/findings/bulk';
const bob = { subject: 'bob', name: 'bob', applications: ['shop'] };

async function scanned(repository: string, rules: readonly string[]): Promise<Record<string, FindingAnswer>> {
  await ledger.scan({ repository, commit: 'a', position: 1, findings: rules.map((rule) => codeFinding(rule)) });
  await ledger.idle();
  return found(repository);
}

async function found(repository: string): Promise<Record<string, FindingAnswer>> {
  const { body } = await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?repository=${repository}`);
  return Object.fromEntries(body.items.map((finding) => [finding.rule, finding]));
}

const triagesOf = async (repository: string): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await found(repository)).map(([rule, { triage }]) => [rule, triage]));

describe('triage of many findings', () => {
  it('is shown before, done at once, and taken back, except where somebody changed his mind since', async () => {
    const repository = 'git.example/acme/many';
    const before = await scanned(repository, ['B101', 'B102', 'B103']);
    await ledger.call('PATCH', `/api/v1/findings/${before['B103']!.id}`, {
      body: { triage: 'false_positive', reason: 'a test' },
      headers: { 'if-match': '"1"' },
    });
    const body = { filter: { repository }, triage: 'false_positive', reason: 'generated code' };

    const preview = await ledger.call<BulkTriageAnswer>('POST', `${path}?dryRun=true`, { body });
    expect(preview.body).toEqual({
      found: 3,
      changed: 2,
      skipped: [{ code: 'unchanged', detail: 'they are false_positive already', count: 1 }],
    });
    expect(await triagesOf(repository)).toEqual({ B101: 'new', B102: 'new', B103: 'false_positive' });
    const { status: others } = await ledger.call('POST', path, { body: { ...body, expected: 2 } });
    expect(others).toBe(409);

    const { status, body: done } = await ledger.call<BulkTriageAnswer>('POST', path, { body: { ...body, expected: 3 } });
    expect(status).toBe(200);
    expect(done).toMatchObject({ found: 3, changed: 2, undo: { href: `${path}/${done.id}/undo` } });
    expect(Date.parse(done.undo!.until)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect(await triagesOf(repository)).toEqual({ B101: 'false_positive', B102: 'false_positive', B103: 'false_positive' });
    const { body: history } = await ledger.call<Page<FindingEvent>>('GET', `/api/v1/findings/${before['B101']!.id}/history`);
    expect(history.items.at(-1)).toMatchObject({ kind: 'triage', from: 'new', to: 'false_positive', reason: 'generated code' });

    await ledger.call('PATCH', `/api/v1/findings/${before['B102']!.id}`, {
      body: { triage: 'exploitable', reason: 'it is real' },
      headers: { 'if-match': '"2"' },
    });
    const undone = await ledger.call<BulkTriageUndone>('POST', done.undo!.href);
    expect(undone.body).toEqual({ restored: 1, left: 1 });
    expect(await triagesOf(repository)).toEqual({ B101: 'new', B102: 'exploitable', B103: 'false_positive' });
    expect((await ledger.call('POST', done.undo!.href)).status).toBe(409);
    const { body: entry } = await ledger.call<BulkTriageEntry>('GET', `${path}/${done.id}`);
    expect(entry).toMatchObject({
      triage: 'false_positive',
      changed: 2,
      undoneAt: expect.any(String),
      filter: 'repository=git.example%2Facme%2Fmany',
    });
    expect(entry.undo).toBeUndefined();

    await ledger.idle();
    const facts = await ledger.rows<{ subject: string }>(`select key as subject from outbox`);
    expect(facts).toEqual([]);
  });

  it('does nothing and says so when there is nothing to change', async () => {
    const body = { filter: { repository: 'git.example/acme/nowhere' }, triage: 'in_triage' };

    expect((await ledger.call('POST', path, { body })).body).toEqual({ found: 0, changed: 0, skipped: [] });
  });

  it.each([
    ['without a filter', { filter: {}, triage: 'in_triage' }, 422],
    ['with an order alone', { filter: { sort: '-risk' }, triage: 'in_triage' }, 422],
    ['with a filter that cannot be read', { filter: { severity: 'awful' }, triage: 'in_triage' }, 400],
    ['with a filter that there is not', { filter: { colour: 'red' }, triage: 'in_triage' }, 400],
    ['without a reason', { filter: { repository: 'git.example/acme/refused' }, triage: 'false_positive' }, 422],
    ['that accepts the risk', { filter: { repository: 'git.example/acme/refused' }, triage: 'risk_accepted', reason: 'no' }, 409],
    ['that makes new again what somebody looked at', { filter: { q: 'B202' }, triage: 'new' }, 422],
  ])('%s is refused', async (_, body, status) => {
    await scanned('git.example/acme/refused', ['B201', 'B202']);
    const { B202: seen } = await found('git.example/acme/refused');
    await ledger.call('PATCH', `/api/v1/findings/${seen!.id}`, { body: { triage: 'in_triage' }, headers: { 'if-match': '"1"' } });

    expect((await ledger.call('POST', path, { body })).status).toBe(status);
    expect((await triagesOf('git.example/acme/refused'))['B201']).toBe('new');
  });

  it('reaches only what the caller may see, and is taken back by nobody else', async () => {
    await scanned('git.example/acme/hidden', ['B301']);
    const body = { filter: { q: 'B301' }, triage: 'in_triage' };

    expect((await ledger.call('POST', path, { body, user: bob })).body).toEqual({ found: 0, changed: 0, skipped: [] });
    const { body: done } = await ledger.call<BulkTriageAnswer>('POST', path, { body });

    expect((await ledger.call('GET', `${path}/${done.id}`, { user: bob })).status).toBe(404);
    expect((await ledger.call('POST', done.undo!.href, { user: bob })).status).toBe(404);
    const lists = await Promise.all([{}, { user: bob }].map((as) => ledger.call<Page<BulkTriageEntry>>('GET', path, as)));
    expect(lists.map((list) => list.body.items.some(({ id }) => id === done.id))).toEqual([true, false]);
  });

  it('can be taken back for a day', async () => {
    await scanned('git.example/acme/late', ['B401']);
    const { body: done } = await ledger.call<BulkTriageAnswer>('POST', path, { body: { filter: { q: 'B401' }, triage: 'in_triage' } });
    await ledger.rows(`update bulk_triage set until = now() - interval '1 second' where id = $1`, [done.id]);

    expect((await ledger.call('POST', done.undo!.href)).status).toBe(409);
  });
});
