import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandOutcome, GivenCommand } from '@throughline/contracts';
import { Clock } from '../access/clock.ts';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();
let ada: Person;
let bob: Person;
let comments = 0;

interface Person {
  readonly id: string;
  readonly token: string;
}

beforeAll(async () => {
  await under.start();
  ada = await person('Ada', 'administrator', under.admin);
  bob = await person('Bob', 'viewer', ada.token);
}, 300_000);
afterAll(() => under.stop(), 30_000);

async function person(name: string, role: string, token: string): Promise<Person> {
  const { json } = await under.call('POST', '/api/v1/people', { token, body: { name, role } });
  return { id: String(json['id']), token: (json['token']! as { secret: string }).secret };
}

const path = '/api/v1/linked-accounts';
const link = (body: object, token: string) => under.call('POST', path, { token, body: { source: 's1', login: 'bob', ...body } });
const listed = async (token: string): Promise<readonly object[]> =>
  (await under.call('GET', path, { token })).json['items'] as unknown as object[];
const code = async (token: string, login: string) =>
  (await under.call('POST', `${path}/codes`, { token, body: { source: 's1', login } })).json;

async function give(command: GivenCommand['command'], more: Partial<GivenCommand> = {}): Promise<CommandOutcome> {
  comments += 1;
  const place = { repository: 'git.example/acme/shop', repositoryId: 'r1', number: 7, comment: String(comments), place: 0 };
  const body = { source: 's1', account: '7', login: 'bob', ...place, command, ...more };
  const { body: outcome } = await under.as('ingest').call<CommandOutcome>('POST', '/internal/commands', { body });
  return outcome;
}

describe('accounts that an administrator links', () => {
  it('are listed to whose they are, and to who reads people; and to nobody else', async () => {
    const made = await link({ person: bob.id, account: '7' }, ada.token);
    const other = await person('Eve', 'viewer', ada.token);

    expect([made.status, made.json]).toMatchObject([
      201,
      { person: bob.id, personName: 'Bob', account: '7', proof: 'administrator', createdBy: 'Ada' },
    ]);
    expect(await listed(bob.token)).toHaveLength(1);
    expect(await listed(ada.token)).toHaveLength(1);
    expect(await listed(other.token)).toEqual([]);
    const one = `${path}/${String(made.json['id'])}`;
    expect((await under.call('GET', one, { token: other.token })).status).toBe(404);
    expect((await under.call('DELETE', one, { token: other.token })).status).toBe(404);
  });

  it('are taken from nobody by linking them again', async () => {
    expect((await link({ person: bob.id, account: '7' }, ada.token)).status).toBe(201);
    expect((await link({ person: ada.id, account: '7' }, ada.token)).status).toBe(409);
    expect((await link({ person: ada.id, account: '7', source: 's2' }, ada.token)).status).toBe(201);
  });

  it('are linked by nobody who may not change people, nor to somebody with more rights', async () => {
    const security = await person('Sam', 'security', ada.token);
    const narrow = await under.newToken({ rights: ['people:write', 'people:read'] }, ada.token);

    expect((await link({ person: bob.id, account: '8' }, bob.token)).status).toBe(403);
    expect((await link({ person: security.id, account: '8' }, security.token)).status).toBe(403);
    expect((await link({ person: ada.id, account: '8' }, narrow)).status).toBe(403);
    expect((await link({ person: '00000000-0000-7000-8000-000000000000', account: '8' }, ada.token)).status).toBe(404);
  });
});

describe('a code', () => {
  it('links the account that tells it, once', async () => {
    const { secret } = await code(bob.token, 'bobby');
    const given = { verb: 'link', code: String(secret) } as const;

    expect(await give(given, { account: '666', login: 'mallory' })).toMatchObject({ outcome: 'stranger' });
    expect(await give(given, { account: '9', login: 'Bobby' })).toMatchObject({
      outcome: 'done',
      answer: expect.stringContaining('linked'),
    });
    expect(await give(given, { account: '9', login: 'bobby' })).toMatchObject({ outcome: 'stranger' });
    expect(await listed(bob.token)).toContainEqual(expect.objectContaining({ account: '9', login: 'Bobby', proof: 'comment' }));
  });

  it('is over after a quarter of an hour, and good at its source only', async () => {
    const clock = under.gateway.get(Clock);
    const { secret } = await code(bob.token, 'late');
    const given = { verb: 'link', code: String(secret) } as const;

    expect(await give(given, { account: '10', login: 'late', source: 's2' })).toMatchObject({ outcome: 'stranger' });
    clock.now = () => new Date(Date.now() + 16 * 60_000);
    expect(await give(given, { account: '10', login: 'late' })).toMatchObject({ outcome: 'stranger' });
    clock.now = () => new Date();
  });

  it('takes a token with all that the person may do, and a person', async () => {
    const narrow = await under.newToken({ rights: ['findings:read'] }, bob.token);

    expect((await under.call('POST', `${path}/codes`, { token: narrow, body: { source: 's1', login: 'x' } })).status).toBe(403);
  });

  it('is stored nowhere', async () => {
    const { secret } = await code(bob.token, 'x');

    expect(await under.database()).not.toContain(String(secret));
  });
});

describe('a command', () => {
  it('is taken from ingest only', async () => {
    const body = { source: 's1', account: '7' };

    expect((await under.as('ledger').call('POST', '/internal/commands', { body })).status).toBe(403);
    expect((await under.call('POST', '/internal/commands', { token: ada.token, body })).status).toBeGreaterThanOrEqual(400);
  });

  it('of an account that is linked elsewhere is a stranger’s', async () => {
    expect(await give({ verb: 'rerun' }, { source: 's3' })).toEqual({
      outcome: 'stranger',
      reason: 'nobody here is linked to the account 7 (bob)',
    });
  });

  it('of somebody who may not give it is refused like the call itself', async () => {
    expect(await give({ verb: 'unreadable', problem: 'there is no such command' })).toMatchObject({
      outcome: 'refused',
      answer: expect.stringContaining('There are: rerun'),
    });
    expect(await give({ verb: 'waive', item: 1, until: '2020-01-01', reason: 'x' })).toMatchObject({
      outcome: 'refused',
      answer: 'waive was refused: 2020-01-01 is over: name a day to come',
    });
  });

  it('given again has the first answer, whoever is linked by then', async () => {
    const first = await give({ verb: 'rerun' }, { comment: 'again' });
    const { items } = (await under.call('GET', `${path}?person=${bob.id}`, { token: ada.token })).json as unknown as {
      items: { id: string }[];
    };
    for (const { id } of items) expect((await under.call('DELETE', `${path}/${id}`, { token: bob.token })).status).toBe(204);

    expect(await give({ verb: 'rerun' }, { comment: 'again' })).toEqual(first);
    expect(await give({ verb: 'rerun' })).toMatchObject({ outcome: 'stranger' });
  });
});

describe('the account of a person who was disabled', () => {
  it('is a stranger’s', async () => {
    const carl = await person('Carl', 'viewer', ada.token);
    await link({ person: carl.id, account: '30', login: 'carl' }, ada.token);
    await under.call('DELETE', `/api/v1/people/${carl.id}`, { token: ada.token });

    expect(await give({ verb: 'rerun' }, { account: '30' })).toMatchObject({ outcome: 'stranger' });
    expect((await link({ person: carl.id, account: '31' }, ada.token)).status).toBe(409);
  });
});
