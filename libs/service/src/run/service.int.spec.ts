import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Headers, Module, Param, Post, Query, RawBody, type Type } from '@nestjs/common';
import { ListOf, PageQuery, Text, type ServiceName } from '@throughline/contracts';
import { eventually, infra, type Platform } from '@throughline/testing';
import { Access, Caller, Internal, Public } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import { SignedIdentities, type SignedFor } from '../access/signed-identity.ts';
import { InternalClient } from '../calls/internal-client.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { Database, rows } from '../database/database.ts';
import type { Migration, ServiceDefinition } from '../definition.ts';
import type { OpenApi } from '../openapi/document.ts';
import { Direct } from '../http/direct.ts';
import { Problem } from '../http/problem.ts';
import { Answers } from '../openapi/answers.ts';
import { runService, type RunningService } from './run-service.ts';

class Leaf {
  @Text(20) name: string;
}

class NewTree {
  @Text(10) kind: string;
  @ListOf(() => Leaf, 3) leaves: Leaf[];
}

class Tree extends NewTree {
  @Text(64) id: string;
}

const slow = Promise.withResolvers<void>();

@Controller('api/v1/trees')
class Trees {
  constructor(private readonly database: Database) {}

  @Post()
  @Access('findings:write')
  @Answers(Tree, { status: 201 })
  async plant(@Body() tree: NewTree): Promise<Tree> {
    const [row] = await this.database.transaction((tx) =>
      rows<{ id: string }>(tx, 'insert into tree (kind) values ($1) returning id::text', [tree.kind]),
    );
    return { id: row!.id, ...tree };
  }

  @Get()
  @Access('findings:read')
  @Answers(Tree, { list: true })
  list(@Query() query: PageQuery): object {
    return { items: [], next: null, limit: query.limit };
  }

  @Get('slow')
  @Public('for a test')
  async slow(): Promise<{ done: true }> {
    await slow.promise;
    return { done: true };
  }

  @Get('broken')
  @Public('for a test')
  broken(): never {
    throw new Error('the password is hunter2');
  }

  @Get('mine/:id')
  @Internal('ledger')
  mine(@Param('id') id: string, @Caller() caller: Identity): object {
    return { id, caller: caller.id };
  }

  @Post('felled/:id')
  @Direct('fell tree')
  @Public('for a test')
  @Answers(Tree, { status: 202 })
  async fell(@RawBody() body: Buffer | undefined, @Param('id') id: string, @Headers() headers: Record<string, string>): Promise<object> {
    if (id === 'none') throw new Problem(422, 'no_tree', 'there is no such tree');
    return Promise.resolve({ id, bytes: body?.length ?? 0, type: headers['content-type'] });
  }

  @Get('of-user')
  @Access('findings:read')
  ofUser(@Caller() caller: Identity): object {
    return { user: caller.name };
  }
}

@Module({ controllers: [Trees] })
class TreesModule {}

@Controller('open')
class Careless {
  @Get()
  forgot(): string {
    return 'anybody may read this';
  }
}

@Module({ controllers: [Careless] })
class CarelessModule {}

@Controller('open')
class Curious {
  @Get()
  @Direct('look')
  @Public('for a test')
  look(@Query() query: PageQuery): object {
    return query;
  }
}

@Module({ controllers: [Curious] })
class CuriousModule {}

const migrations: Migration[] = [
  { name: '001-trees', sql: 'create table tree (id bigint generated always as identity primary key, kind text not null)' },
];

const definition = (module: Type = TreesModule, steps = migrations): ServiceDefinition => ({
  name: 'chain',
  config: ServiceConfig,
  module,
  migrations: steps,
});

let platform: Platform;
let env: Record<string, string>;
let service: RunningService;

beforeAll(async () => {
  platform = await (await infra()).fresh(['chain', 'ledger', 'notifier', 'gateway'], { topics: [] });
  env = platform.environment('chain');
  service = await runService(definition(), env);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

const as = (name: ServiceName): SignedIdentities => {
  const { IDENTITY_PRIVATE_KEY_FILE: identityPrivateKeyFile, IDENTITY_PUBLIC_KEYS_FILE: identityPublicKeysFile } =
    platform.environment(name);
  return SignedIdentities.fromFiles(
    Object.assign(new ServiceConfig(), { serviceName: name, identityPrivateKeyFile, identityPublicKeysFile }),
  );
};

const ada: Identity = { kind: 'user', id: 'u1', name: 'Ada', rights: ['findings:read', 'findings:write'], applications: '*' };

interface Call {
  readonly by?: Identity;
  readonly signer?: 'gateway' | 'ledger';
  readonly body?: string;
  readonly type?: string;
  readonly use?: Partial<SignedFor>;
  readonly token?: string;
}

async function call(
  method: string,
  path: string,
  how: Call = {},
): Promise<{ status: number; type: string | null; json: Record<string, unknown> }> {
  const signer = as(how.signer ?? 'gateway');
  const body = how.body === undefined ? undefined : Buffer.from(how.body);
  const token = how.token ?? signer.sign(how.by ?? ada, { audience: 'chain', method, path, body, ...how.use });
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  if (body) headers['content-type'] = how.type ?? 'application/json';
  const answer = await fetch(service.url + path, { method, headers, body });
  return { status: answer.status, type: answer.headers.get('content-type'), json: (await answer.json()) as Record<string, unknown> };
}

const plant = JSON.stringify({ kind: 'oak', leaves: [{ name: 'a' }] });

describe('a service on a real database', () => {
  it('answers a signed call that its rules allow', async () => {
    const answer = await call('POST', '/api/v1/trees', { body: plant });

    expect(answer).toMatchObject({ status: 201, json: { id: '1', kind: 'oak', leaves: [{ name: 'a' }] } });
  });

  it.each<[string, number, Call]>([
    ['no identity', 401, { token: '' }],
    ['another audience', 401, { use: { audience: 'ledger' } }],
    ['another path', 401, { use: { path: '/api/v1/trees/1' } }],
    ['another body', 401, { use: { body: Buffer.from('{}') } }],
    ['another method', 401, { use: { method: 'PUT' } }],
    ['a service that speaks for a user', 401, { signer: 'ledger' }],
    ['a service that calls for itself', 403, { by: { ...ada, kind: 'service', id: 'gateway' } }],
    ['a user without the right', 403, { by: { ...ada, rights: ['findings:read'] } }],
  ])('refuses %s', async (_what, status, how) => {
    const answer = await call('POST', '/api/v1/trees', { body: plant, ...how });

    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/problem+json') });
  });

  it('refuses a signed call that was made before', async () => {
    const token = as('gateway').sign(ada, { audience: 'chain', method: 'GET', path: '/api/v1/trees', body: undefined });
    await call('GET', '/api/v1/trees', { token });

    const again = await call('GET', '/api/v1/trees', { token });

    expect(again.status).toBe(401);
  });

  it('points at each fault of a body', async () => {
    const answer = await call('POST', '/api/v1/trees', {
      body: JSON.stringify({ kind: 'x'.repeat(11), leaves: [{ name: 1 }], extra: true }),
    });

    expect(answer.status).toBe(400);
    expect((answer.json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
      '/extra',
      '/kind',
      '/leaves/0/name',
      '/leaves/0/name',
    ]);
  });

  it.each<[string, string, number, Call]>([
    ['malformed JSON', '/api/v1/trees', 400, { body: '{"kind":' }],
    ['JSON that reaches a prototype', '/api/v1/trees', 400, { body: '{"__proto__":{"admin":true}}' }],
    ['a body that is not JSON', '/api/v1/trees', 415, { body: 'kind: oak', type: 'application/yaml' }],
    ['a body over the limit', '/api/v1/trees', 413, { body: JSON.stringify({ kind: 'x'.repeat(1_100_000) }) }],
    ['an unknown route', '/api/v1/bushes', 404, { body: '{}' }],
  ])('answers %s with a problem', async (_what, path, status, how) => {
    const answer = await call('POST', path, how);

    expect(answer).toMatchObject({
      status,
      type: expect.stringContaining('application/problem+json'),
      json: { status, title: expect.any(String) },
    });
  });

  it('tells nothing about an error that was not foreseen', async () => {
    const answer = await call('GET', '/api/v1/trees/broken');

    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.json)).not.toContain('hunter2');
  });

  it('turns query parameters into their types', async () => {
    const answer = await call('GET', '/api/v1/trees?limit=7');

    expect(answer.json).toMatchObject({ limit: 7 });
  });

  it('answers the services that a handler names, and no user', async () => {
    const ledger: Identity = { kind: 'service', id: 'ledger', name: 'ledger', rights: [], applications: '*' };

    const own = await call('GET', '/api/v1/trees/mine/7', { signer: 'ledger', by: ledger });
    const user = await call('GET', '/api/v1/trees/mine/7');

    expect(own.json).toEqual({ id: '7', caller: 'ledger' });
    expect(user.status).toBe(403);
  });

  it('answers a service that hands on what the gateway signed for it with the rights of the user', async () => {
    const client = new InternalClient(Object.assign(new ServiceConfig(), { chainUrl: service.url }), as('ledger'));
    const forLedger = as('gateway').sign(ada, { audience: 'ledger', method: 'GET', path: '/api/v1/findings', body: undefined });
    const forOther = as('gateway').sign(ada, { audience: 'notifier', method: 'GET', path: '/api/v1/alerts', body: undefined });

    const answer = await client.call('chain', { method: 'GET', path: '/api/v1/trees/of-user', as: forLedger });

    expect(answer).toEqual({ user: 'Ada' });
    await expect(client.call('chain', { method: 'GET', path: '/api/v1/trees/of-user', as: forOther })).rejects.toMatchObject({
      status: 401,
    });
    await client.close();
  });

  it('answers directly by the same rules', async () => {
    const answer = await call('POST', '/api/v1/trees/felled/7', { body: '{"kind":', type: 'text/plain' });
    const unknown = await call('POST', '/api/v1/trees/felled/7', { body: plant, token: '' });
    const refused = await call('POST', '/api/v1/trees/felled/none', { body: plant });

    expect(answer).toMatchObject({ status: 202, json: { id: '7', bytes: 8, type: 'text/plain' } });
    expect(unknown).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') });
    expect(refused).toMatchObject({ status: 422, json: { code: 'no_tree', status: 422 } });
  });

  it('refuses to answer directly what would have to be validated', async () => {
    await expect(runService(definition(CuriousModule), env)).rejects.toThrow('Curious.look is answered directly');
  });

  it('describes its public handlers and their bodies', async () => {
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApi;

    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/trees',
      '/api/v1/trees/broken',
      '/api/v1/trees/felled/{id}',
      '/api/v1/trees/of-user',
      '/api/v1/trees/slow',
    ]);
    expect(document.components.schemas['NewTree']).toMatchObject({
      properties: { kind: { maxLength: 10 }, leaves: { items: { $ref: '#/components/schemas/Leaf' } } },
    });
    expect(document.components.schemas['Leaf']).toMatchObject({ required: ['name'] });
  });

  it('tells its supervisors how it is', async () => {
    const alive = await fetch(`${service.url}/healthz`);
    const ready = await fetch(`${service.url}/readyz`);

    expect(alive.status).toBe(200);
    expect(await ready.json()).toEqual({ service: 'chain', status: 'ready', checks: { database: { status: 'ok' } } });
  });

  it('tells how long its answers took, by route', async () => {
    await call('GET', '/api/v1/trees?limit=1');

    const text = await (await fetch(`${service.url}/metrics`)).text();

    expect(text).toMatch(/throughline_http_request_seconds_count\{method="GET",route="\/api\/v1\/trees",status="2xx"\} \d+/);
    expect(text).toContain('throughline_dropped_spans_total 0');
  });

  it('refuses to start with a handler that declares no rule, and names it', async () => {
    await expect(runService(definition(CarelessModule), env)).rejects.toThrow('Careless.forgot');
  });

  it('refuses to start when an applied migration was changed', async () => {
    const changed = [{ name: '001-trees', sql: 'create table bush ()' }];

    await expect(runService(definition(TreesModule, changed), env)).rejects.toThrow('001-trees of chain was changed');
  });

  it('refuses to start without its variables, naming them', async () => {
    await expect(runService(definition(), { ...env, DATABASE_URL: '', PORT: 'http' })).rejects.toThrow(/PORT .*DATABASE_URL is missing/);
  });

  it('answers what it had accepted before it stops', async () => {
    const another = await runService(definition(), env);
    const token = as('gateway').sign(ada, { audience: 'chain', method: 'GET', path: '/api/v1/trees/slow', body: undefined });
    const pending = fetch(`${another.url}/api/v1/trees/slow`, { headers: { authorization: `Bearer ${token}` } });
    await fetch(`${another.url}/healthz`);

    const stopped = another.close();
    await eventually(() => expect(fetch(`${another.url}/healthz`, { headers: { connection: 'close' } })).rejects.toThrow());
    slow.resolve();

    expect(await (await pending).json()).toEqual({ done: true });
    await stopped;
    await expect(fetch(`${another.url}/healthz`)).rejects.toThrow();
  });
});
