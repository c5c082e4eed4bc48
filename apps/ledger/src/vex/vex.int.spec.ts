import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FindingAnswer, FindingEvent, FindingVex, Page, VexAnswer, VexAuthor, VexImportAnswer } from '@throughline/contracts';
import type { Identity } from '@throughline/service';
import { component, LedgerInTest, osvRecord, type SignedAnswer } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;
let number = 0;
let repository = '';
let name = '';
let id = '';

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

const personOf = (who: string): Partial<Identity> => ({ id: who, name: who, person: { id: who, name: who, email: `${who}@acme.example` } });
const vendor: Partial<Identity> = { id: 'vendor-token', name: 'vendor' };
const raw = (body: unknown): Buffer => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

const saying = (fields: object = {}, document: object = {}): object => ({
  ...{
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `https://vex.example/${name}`,
    author: 'Vendor',
    timestamp: '2026-01-01T00:00:00Z',
  },
  statements: [
    {
      vulnerability: { name: id },
      products: [{ '@id': `pkg:npm/${name}` }],
      ...{ status: 'not_affected', justification: 'vulnerable_code_not_in_execute_path', ...fields },
    },
  ],
  ...document,
});

async function send<T = VexImportAnswer>(body: unknown, user = vendor): Promise<SignedAnswer<T>> {
  const answer = await ledger.call<T>('POST', '/api/v1/vex', {
    body: raw(body),
    user,
    headers: { 'content-type': 'application/octet-stream' },
  });
  await ledger.idle();
  return answer;
}

async function trust(products: string[], author = name): Promise<void> {
  const asked = await ledger.call<VexAuthor>('PUT', `/api/v1/vex/authors/${author}`, {
    body: { identity: 'vendor-token', products },
    user: personOf('dana'),
  });
  expect(asked.status).toBe(200);
  const { digest } = asked.body;
  const approved = await ledger.call('POST', `/api/v1/vex/authors/${author}/approve`, { body: { digest }, user: personOf('sam') });
  expect(approved.status).toBe(200);
  await ledger.idle();
}

const finding = async (): Promise<FindingAnswer> => {
  const { body } = await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?repository=${repository}&advisory=${id}`);
  expect(body.items).toHaveLength(1);
  return body.items[0]!;
};
const said = async (): Promise<readonly FindingVex[]> =>
  (await ledger.call<Page<FindingVex>>('GET', `/api/v1/findings/${(await finding()).id}/vex`)).body.items;

beforeEach(async () => {
  number += 1;
  [repository, name, id] = [`git.example/acme/vex${number}`, `vexed-${number}`, `GHSA-vexd-0000-000${number}`];
  const record = raw(osvRecord(id, name, [{ introduced: '0' }]));
  await ledger.call('POST', '/api/v1/advisories', { body: record, headers: { 'content-type': 'application/octet-stream' } });
  await ledger.scan({ repository, commit: 'a1', position: 1, components: [component(name, '1.0.0')] });
  await ledger.idle();
});

describe('a VEX document', () => {
  it('is a suggestion when nobody trusts its account for the product', async () => {
    await trust([`pkg:npm/${name}-other`]);

    const { status, body } = await send(saying());

    expect(status).toBe(202);
    expect(body).toMatchObject({ format: 'openvex', author: 'Vendor', sentBy: 'vendor', statements: 1, trusted: 0, unchanged: false });
    expect(await finding()).toMatchObject({ triage: 'new' });
    expect(await said()).toMatchObject([
      { status: 'not_affected', trusted: false, acts: false, because: expect.stringContaining('not trusted') },
    ]);
  });

  it('acts on exactly what it is about, says whose word that is, and the same again changes nothing', async () => {
    await trust([`pkg:npm/${name}`]);
    await ledger.scan({
      repository,
      commit: 'a2',
      position: 2,
      components: [component(name, '1.0.0'), component(`vexed-${number - 1}`, '1.0.0')],
    });
    const { body } = await send(saying());
    const again = await send(saying());

    expect(body).toMatchObject({ statements: 1, trusted: 1 });
    expect(again.body).toMatchObject({ id: body.id, unchanged: true });
    expect(await finding()).toMatchObject({ triage: 'not_affected' });
    expect(await said()).toMatchObject([{ vex: body.id, trusted: true, acts: true }]);
    const { items } = (await ledger.call<Page<FindingEvent>>('GET', `/api/v1/findings/${(await finding()).id}/history`)).body;
    expect(items.filter(({ kind }) => kind === 'triage')).toMatchObject([
      { from: 'new', to: 'not_affected', by: 'vendor', reason: 'VEX of Vendor: vulnerable_code_not_in_execute_path' },
    ]);
    const others = (await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?repository=${repository}&triage=new`)).body.items;
    expect(others.every(({ component: of }) => of?.purl !== `pkg:npm/${name}@1.0.0`)).toBe(true);
  });

  it('acts no more when another version is in use, and again when that is gone', async () => {
    await trust([`pkg:npm/${name}`]);
    await send(saying({ products: [{ '@id': `pkg:npm/${name}@1.0.0` }] }));
    expect(await finding()).toMatchObject({ triage: 'not_affected' });

    await ledger.scan({ repository, commit: 'b2', position: 2, components: [component(name, '1.1.0')] });
    await ledger.idle();
    expect((await ledger.evaluations('b2'))[0]).toMatchObject({ present: [{ triage: 'new' }] });
    expect(await finding()).toMatchObject({ triage: 'new' });
    expect(await said()).toEqual([]);

    await ledger.scan({ repository, commit: 'a3', position: 3, components: [component(name, '1.0.0')] });
    await ledger.idle();
    expect(await finding()).toMatchObject({ triage: 'not_affected' });
  });

  it('is replaced by a newer one of its account, never by an older one, and is taken back', async () => {
    await trust([`pkg:npm/${name}`]);
    const { body } = await send(saying());
    const newer = saying({ status: 'affected', action_statement: 'update' }, { timestamp: '2026-02-01T00:00:00Z' });

    expect((await send(newer)).body).toMatchObject({ id: body.id });
    expect(await finding()).toMatchObject({ triage: 'new' });
    expect(await send(saying())).toMatchObject({ status: 409, body: { code: 'older' } });

    await send(saying({}, { timestamp: '2026-03-01T00:00:00Z' }));
    expect(await finding()).toMatchObject({ triage: 'not_affected' });
    expect((await ledger.call('DELETE', `/api/v1/vex/${body.id}`)).status).toBe(204);
    await ledger.idle();
    expect(await finding()).toMatchObject({ triage: 'new' });
    expect((await ledger.call('DELETE', `/api/v1/vex/${body.id}`)).status).toBe(404);
  });

  it('leaves alone what a person says', async () => {
    await trust([`pkg:npm/${name}`]);
    await send(saying());
    const path = `/api/v1/findings/${(await finding()).id}`;
    const triaged = { body: { triage: 'exploitable', reason: 'I tried it' }, headers: { 'if-match': '*' } };
    await ledger.call('PATCH', path, triaged);

    await send(saying({}, { timestamp: '2026-03-01T00:00:00Z' }));

    expect(await finding()).toMatchObject({ triage: 'exploitable' });
    expect(await said()).toMatchObject([{ trusted: true, acts: false, because: 'somebody has triaged the finding since' }]);
  });

  it('is refused with its place when it is none', async () => {
    expect(await send('{"@context":')).toMatchObject({ status: 422 });
    expect(await send(saying({ justification: undefined }))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/statements/0/products/0' }] },
    });
    const { body } = await ledger.call<Page<VexAnswer>>('GET', '/api/v1/vex?identity=nobody');
    expect(body.items).toEqual([]);
  });
});

describe('trust in an account', () => {
  const path = (): string => `/api/v1/vex/authors/${name}`;
  const wanted = (): object => ({ identity: 'vendor-token', products: [`pkg:npm/${name}`] });

  it('takes two people, and what they have read', async () => {
    await send(saying());
    const { body } = await ledger.call<VexAuthor>('PUT', path(), { body: wanted(), user: personOf('dana') });
    const approve = (user: Partial<Identity>, digest = body.digest) => ledger.call('POST', `${path()}/approve`, { body: { digest }, user });

    expect(body.trusted).toBeUndefined();
    expect(await approve(personOf('dana'))).toMatchObject({ status: 403, body: { code: 'own_request' } });
    expect(await approve({})).toMatchObject({ status: 403, body: { code: 'not_a_person' } });
    expect(await approve(personOf('sam'), `sha256:${'0'.repeat(64)}`)).toMatchObject({ status: 412 });
    await ledger.idle();
    expect(await finding()).toMatchObject({ triage: 'new' });

    expect(await approve(personOf('sam'))).toMatchObject({ status: 200, body: { approvedBy: 'sam', trusted: wanted() } });
    await ledger.idle();
    expect(await finding()).toMatchObject({ triage: 'not_affected' });
  });

  it('ends at once, and with it what rested on it', async () => {
    await trust([`pkg:npm/${name}`]);
    await send(saying());
    expect(await finding()).toMatchObject({ triage: 'not_affected' });

    expect((await ledger.call('DELETE', path(), { user: personOf('dana') })).status).toBe(204);
    await ledger.idle();

    expect(await finding()).toMatchObject({ triage: 'new' });
  });

  it('is for those who see all, and for products', async () => {
    const limited = { ...personOf('dana'), applications: ['shop'] };
    expect(await ledger.call('PUT', path(), { body: wanted(), user: limited })).toMatchObject({
      status: 403,
      body: { code: 'out_of_scope' },
    });
    const everything = { identity: 'vendor-token', products: ['*'] };
    expect(await ledger.call('PUT', path(), { body: everything, user: personOf('dana') })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/products/0' }] },
    });
  });
});
