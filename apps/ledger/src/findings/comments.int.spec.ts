import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingComment, Page } from '@throughline/contracts';
import { codeFinding, LedgerInTest } from '@throughline/testing';
import type { Identity } from '@throughline/service';
import definition from '../service.ts';

let ledger: LedgerInTest;
let finding: string;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  await ledger.scan({ commit: 'a', position: 1, findings: [codeFinding('B602')] });
  finding = (await ledger.findings('class=sast'))[0]!.id;
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const ada: Partial<Identity> = { id: 'u-ada', name: 'ada' };
const bob: Partial<Identity> = { id: 'u-bob', name: 'bob' };
const at = (comment = ''): string => `/api/v1/findings/${finding}/comments${comment && `/${comment}`}`;

function write(text: string, user = ada) {
  return ledger.call<FindingComment & { readonly code: string }>('POST', at(), { body: { text }, user });
}

async function all(user = ada): Promise<readonly FindingComment[]> {
  return (await ledger.call<Page<FindingComment>>('GET', `${at()}?limit=200`, { user })).body.items;
}

describe('comments on a finding', () => {
  it('are read in their order, page by page, as they were written', async () => {
    const text = '<script>alert(1)</script> **seen** in [staging](javascript:alert(1))';
    const first = await write(text);
    const second = await write('second', bob);

    const { body: page } = await ledger.call<Page<FindingComment>>('GET', `${at()}?limit=1`, { user: ada });
    const { body: rest } = await ledger.call<Page<FindingComment>>('GET', `${at()}?limit=1&cursor=${page.next}`, { user: ada });

    expect(first).toMatchObject({ status: 201, body: { by: 'ada', own: true, text, finding } });
    expect([page.items.map(({ id }) => id), rest.items.map(({ id, own }) => [id, own])]).toEqual([
      [first.body.id],
      [[second.body.id, false]],
    ]);
  });

  it('are changed and taken back by whoever wrote them, and a name alone is not enough', async () => {
    const { body } = await write('draft');
    const other = { ...bob, name: 'ada' };
    const foreign = await ledger.call('PATCH', at(body.id), { body: { text: 'mine now' }, user: other });
    const gone = await ledger.call('DELETE', at(body.id), { user: other });
    const changed = await ledger.call('PATCH', at(body.id), { body: { text: 'final' }, user: ada });

    expect([foreign.status, gone.status]).toEqual([403, 403]);
    expect(changed).toMatchObject({ status: 200, body: { text: 'final', editedAt: expect.any(String) as unknown } });

    const taken = [await ledger.call('DELETE', at(body.id), { user: ada }), await ledger.call('DELETE', at(body.id), { user: ada })];
    expect(taken.map(({ status }) => status)).toEqual([204, 204]);
    const left = (await all()).find(({ id }) => id === body.id)!;
    expect([left.text, left.by, typeof left.deletedAt]).toEqual([undefined, 'ada', 'string']);
    expect((await ledger.call('PATCH', at(body.id), { body: { text: 'again' }, user: ada })).status).toBe(409);
    expect(await ledger.rows('select 1 from finding_comment where text = $1', ['final'])).toEqual([]);
  });

  it('say something, and not too much', async () => {
    expect((await write(' \n')).status).toBe(400);
    expect((await write('x'.repeat(10_001))).status).toBe(400);
    expect((await ledger.call('GET', '/api/v1/findings/nothing/comments')).status).toBe(404);
    expect((await ledger.call('DELETE', at('nothing'))).status).toBe(404);
  });

  it('are seen and written by those who may see the finding', async () => {
    const stranger = { ...bob, applications: ['elsewhere'] };
    const before = await all();

    expect((await write('hello', stranger)).status).toBe(404);
    expect((await ledger.call('GET', at(), { user: stranger })).status).toBe(404);
    expect(await all()).toEqual(before);
  });
});
