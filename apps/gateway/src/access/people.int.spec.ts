import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationChanged, make, received, uuidv7 } from '@throughline/contracts';
import { Database } from '@throughline/service';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.ts';
import { Clock } from './clock.ts';
import { Teams } from './teams.ts';
import { TokenLines } from './token-lines.ts';

const under = new GatewayUnderTest();
const secrets: string[] = [];
let ada: string;

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

async function team(name: string, application: string): Promise<void> {
  await under.call('POST', '/api/v1/teams', { token: ada, body: { name } });
  const fields = { tier: 'tier-1', dataClass: 'none', exposure: 'internal', repositories: [], images: [], owners: [] } as const;
  const changed = received(
    make(ApplicationChanged, { name: application, team: name, ...fields, repositories: [], images: [], owners: [] }),
    {
      id: uuidv7(),
      source: '/throughline/policy-engine',
      type: 'dev.throughline.application.changed.v1',
      subject: application,
      time: new Date().toISOString(),
    },
  );
  await under.gateway.get(Database).transaction((tx) => under.gateway.get(Teams).keep(tx, [changed]));
  under.gateway.get(TokenLines).forget();
}

async function person(body: object, token = ada): Promise<{ id: string; token: string }> {
  const { status, json } = await under.call('POST', '/api/v1/people', { token, body });
  expect([status, json]).toEqual([201, expect.anything()]);
  const secret = (json['token']! as { secret: string }).secret;
  secrets.push(secret);
  return { id: String(json['id']), token: secret };
}

describe('the first token', () => {
  it('ends 24 hours after its first use, and says what to do', async () => {
    const clock = under.gateway.get(Clock);
    await under.call('GET', '/api/v1/me');
    const ends = Date.now() + 24 * 3_600_000;
    const at = async (time: number): Promise<number> => {
      clock.now = () => new Date(time);
      return (await under.call('GET', '/api/v1/me')).status;
    };

    const before = await at(ends - 60_000);
    const after = await at(ends);
    const { json } = await under.call('GET', '/api/v1/me');
    clock.now = () => new Date();
    under.gateway.get(TokenLines).forget();

    expect([before, after]).toEqual([200, 401]);
    expect(json).toMatchObject({ code: 'first_token_ended', detail: expect.stringContaining('npx throughline admin create') });
  });

  it('ends with the first named administrator, and no restart makes another', async () => {
    const made = await under.call('POST', '/api/v1/people', {
      body: { name: 'Ada Lovelace', email: 'ada@example.org', role: 'administrator' },
    });
    ada = (made.json['token']! as { secret: string }).secret;
    secrets.push(under.admin, ada);

    const refused = await under.call('GET', '/api/v1/me');
    await under.restart();

    expect(made.json).toMatchObject({ name: 'Ada Lovelace', roles: [{ role: 'administrator' }], teams: [], disabled: false });
    expect(refused.json).toMatchObject({ status: 401, code: 'first_token_ended' });
    expect((await under.call('GET', '/api/v1/me')).status).toBe(401);
    expect((await under.call('GET', '/api/v1/me', { token: ada })).json).toMatchObject({ name: 'Ada Lovelace', email: 'ada@example.org' });
    const [{ count }] = (await under.gateway.get(Database).rows<{ count: string }>('select count(*) from token where first')) as [
      { count: string },
    ];
    expect(count).toBe('1');
  }, 20_000);
});

describe('people', () => {
  it('have a role in their teams, and see and do nothing elsewhere', async () => {
    await team('red', 'shop');
    await team('blue', 'pay');
    const bob = await person({ name: 'Bob', role: 'developer', teams: ['red'] });

    const me = await under.call('GET', '/api/v1/me', { token: bob.token });
    const things = await under.call('GET', '/api/v1/things', { token: bob.token });
    const teams = await under.call('GET', '/api/v1/teams', { token: bob.token });
    const people = await under.call('GET', '/api/v1/people', { token: bob.token });

    expect(me.json).toMatchObject({ id: bob.id, person: bob.id, applications: ['shop'] });
    expect(things.json).toMatchObject({ caller: { id: bob.id, name: 'Bob', applications: ['shop'] } });
    expect(teams.json['items']).toEqual([{ name: 'red', applications: ['shop'] }]);
    expect(people.status).toBe(403);
  });

  it('have each right only where it was given', async () => {
    const eve = await person({ name: 'Eve', role: 'viewer' });
    await under.call('POST', '/api/v1/role-bindings', { token: ada, body: { person: eve.id, role: 'developer', team: 'blue' } });
    await under.call('POST', '/api/v1/role-bindings', {
      token: ada,
      body: { person: eve.id, role: 'security', application: 'shop', expiresAt: '2020-01-01T00:00:00Z' },
    });

    const reads = await under.call('GET', '/api/v1/things', { token: eve.token });
    const writes = await under.call('POST', '/api/v1/things', { token: eve.token, body: { name: 'a' } });
    const me = await under.call('GET', '/api/v1/me', { token: eve.token });

    expect(reads.json).toMatchObject({ caller: { applications: '*' } });
    expect((reads.json['caller']! as { rights: string[] }).rights).not.toContain('findings:write');
    expect(writes.status).toBe(201);
    expect(me.json['grants']).toHaveLength(2);
  });

  it('give no role above their own, and make no token beyond it', async () => {
    const lead = await person({ name: 'Lead', role: 'administrator', teams: ['red'] });
    const { json } = await under.call('GET', '/api/v1/people?q=lovelace', { token: ada });
    const [administrator] = json['items']! as { id: string }[];
    const attempt = (body: object, path = 'people') => under.call('POST', `/api/v1/${path}`, { token: lead.token, body });

    const statuses = [
      await attempt({ name: 'Mallory', role: 'viewer' }),
      await attempt({ name: 'Mallory', role: 'viewer', teams: ['blue'] }),
      await attempt({ person: lead.id, role: 'administrator' }, 'role-bindings'),
      await attempt({}, `people/${administrator!.id}/tokens`),
      await attempt({ name: 'greedy', rights: ['findings:read'], team: 'blue' }, 'tokens'),
    ].map(({ status }) => status);
    const mate = await person({ name: 'Mate', role: 'developer', teams: ['red'] }, lead.token);

    expect(statuses).toEqual([403, 403, 403, 404, 403]);
    expect((await under.call('GET', '/api/v1/people', { token: lead.token })).json['items']).toHaveLength(3);
    expect((await under.call('GET', `/api/v1/people/${mate.id}`, { token: lead.token })).status).toBe(200);
  });

  it('lose what they had with the role, the token and the account', async () => {
    const joe = await person({ name: 'Joe', role: 'developer', teams: ['red'] });
    const made = await under.call('POST', '/api/v1/tokens', { token: joe.token, body: { name: 'ci', rights: ['findings:read'] } });
    const ci = String(made.json['secret']);
    const shown = await under.call('GET', `/api/v1/people/${joe.id}`, { token: ada });
    const binding = (shown.json['roles']! as { id: string }[])[0]!.id;

    await under.call('DELETE', `/api/v1/role-bindings/${binding}`, { token: ada });
    const withoutRole = await under.call('GET', '/api/v1/things', { token: ci });
    await under.call('POST', '/api/v1/role-bindings', { token: ada, body: { person: joe.id, role: 'viewer', team: 'red' } });
    const withRole = await under.call('GET', '/api/v1/things', { token: ci });
    await under.call('DELETE', `/api/v1/people/${joe.id}`, { token: ada });
    const disabled = await under.call('GET', '/api/v1/things', { token: ci });
    const { headers } = await under.call('GET', `/api/v1/people/${joe.id}`, { token: ada });
    await under.call('PATCH', `/api/v1/people/${joe.id}`, {
      token: ada,
      body: { disabled: false },
      headers: { 'if-match': headers.get('etag')! },
    });

    expect(made.json).toMatchObject({ person: joe.id, personName: 'Joe' });
    expect([withoutRole.status, withRole.status, disabled.status]).toEqual([403, 200, 401]);
    expect((await under.call('GET', '/api/v1/things', { token: ci })).status).toBe(401);
  });

  it('are changed as they were seen, and never so that no administrator is left', async () => {
    const { json } = await under.call('GET', '/api/v1/people?q=ada', { token: ada });
    const { id } = (json['items']! as { id: string }[])[0]!;
    const change = (headers: Record<string, string>, body: object = { email: 'countess@example.org' }) =>
      under.call('PATCH', `/api/v1/people/${id}`, { token: ada, body, headers });

    const statuses = [
      await change({}),
      await change({ 'if-match': '"999"' }),
      await change({ 'if-match': '"1"' }),
      await change({ 'if-match': '"1"' }),
    ];
    const last = await under.call('DELETE', `/api/v1/people/${id}`, { token: ada });

    expect(statuses.map(({ status }) => status)).toEqual([428, 412, 200, 412]);
    expect(last).toMatchObject({ status: 409, json: { code: 'last_administrator' } });
    expect((await under.call('GET', '/api/v1/me', { token: ada })).status).toBe(200);
  });

  it.each([
    ['a name that is taken', { name: 'ADA lovelace', role: 'viewer' }, 409],
    ['a name with a line break', { name: 'Ada\nroot', role: 'viewer' }, 400],
    ['a role that there is not', { name: 'Kim', role: 'root' }, 400],
    ['a team that nobody made', { name: 'Kim', role: 'viewer', teams: ['gren'] }, 422],
    ['an address that is none', { name: 'Kim', role: 'viewer', email: 'kim' }, 400],
  ])('are not made with %s', async (_what, body, status) => {
    expect((await under.call('POST', '/api/v1/people', { token: ada, body })).status).toBe(status);
  });

  it('are listed in pages, with filters', async () => {
    const names = async (query: string): Promise<{ names: string[]; next: string }> => {
      const { json } = await under.call('GET', `/api/v1/people?${query}`, { token: ada });
      return { names: (json['items']! as { name: string }[]).map(({ name }) => name), next: String(json['next']) };
    };
    const first = await names('limit=2');

    expect(first.names).toEqual(['Ada Lovelace', 'Bob']);
    expect((await names(`limit=1&cursor=${first.next}`)).names).toEqual(['Eve']);
    expect((await names('team=blue')).names).toEqual(['Eve']);
    expect((await names('role=viewer&disabled=false')).names).toEqual(['Eve', 'Joe']);
  });
});

describe('whoever owns the machine', () => {
  const program = resolve(fileURLToPath(import.meta.url), '../../../dist/admin/main.js');
  const admin = async (...args: string[]): Promise<{ name: string; token: string }> => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], ...under.environment },
    });
    const given = JSON.parse(stdout) as { name: string; token: string };
    secrets.push(given.token);
    return given;
  };

  it('makes a named administrator without any token', async () => {
    const { token } = await admin('create', 'Grace', '--email', 'grace@example.org');

    expect((await under.call('GET', '/api/v1/me', { token })).json).toMatchObject({ name: 'Grace', rights: ['*'] });
    await expect(admin('create', 'grace')).rejects.toThrow(/there is somebody named grace already/);
    await expect(admin('create', '--', '-x\n')).rejects.toThrow(/the name cannot be taken/);
  }, 30_000);

  it('makes a further token of somebody who lost theirs', async () => {
    const { name, token } = await admin('token', 'GRACE');

    expect(name).toBe('Grace');
    expect((await under.call('GET', '/api/v1/me', { token })).status).toBe(200);
    await expect(admin('token', 'Nobody')).rejects.toThrow(/there is nobody named Nobody/);
  }, 30_000);
});

describe('secrets', () => {
  it('stand in no table and in no log', async () => {
    const log = readFileSync(under.environment['LOG_FILE']!, 'utf8');
    const tables = await under.database();

    expect(secrets.length).toBeGreaterThan(8);
    expect(secrets.filter((secret) => tables.includes(secret.slice(3)) || log.includes(secret.slice(3)))).toEqual([]);
    expect(tables).toContain('Grace');
  });
});
