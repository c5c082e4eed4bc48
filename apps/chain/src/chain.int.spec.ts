import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  AlertStory,
  Chain,
  ChainSummary,
  chainIdOf,
  decodeFact,
  encodeValue,
  envelopeFor,
  make,
  RepositoryRemoved,
  type NewFact,
  type Page,
} from '@throughline/contracts';
import { deliveredTo, Retention } from '@throughline/messaging';
import { Database, runService, type RunningService } from '@throughline/service';
import { eventually, everyRow, FactPublisher, infra, SignedCaller, type Platform } from '@throughline/testing';
import fc from 'fast-check';
import { chainAnswer, type Answer } from './edges/chain-answer.ts';
import { ChainReader } from './edges/chain-reader.ts';
import { FactRecorder } from './facts/fact-recorder.ts';
import { factsOfPush } from './fixtures/push-story.ts';
import definition from './service.ts';

jest.setTimeout(60_000);

const later = new Date(Date.UTC(2026, 0, 2));

let platform: Platform;
let publisher: FactPublisher;
let service: RunningService;
let gateway: SignedCaller;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['chain', 'gateway']);
  publisher = new FactPublisher(held, platform);
  service = await runService(definition, platform.environment('chain'));
  gateway = new SignedCaller(service, platform);
}, 300_000);

afterAll(async () => {
  await service?.close();
  await platform?.remove();
});

beforeEach(clear);

describe('the chain of a push', () => {
  it('is the same for every order, repetition and grouping of its facts', async () => {
    const story = factsOfPush('host/order');
    const whole = await chainOf('host/order', [story]);
    const orders = fc.shuffledSubarray([...story, ...story], { minLength: story.length * 2 });

    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 1, max: 6 }), async (facts, size) => {
        await clear();

        const batches = Array.from({ length: Math.ceil(facts.length / size) }, (_, index) => facts.slice(index * size, (index + 1) * size));

        expect(await chainOf('host/order', batches)).toEqual(whole);
        expect(await recorded()).toBe(story.length);
      }),
      { numRuns: 12 },
    );
  });

  it('is the same when two facts of it are recorded at once by two sessions', async () => {
    const story = factsOfPush('host/pairs');
    const whole = await chainOf('host/pairs', [story]);
    await clear();

    for (let index = 0; index < story.length; index += 2) {
      await Promise.all(story.slice(index, index + 2).map((fact) => record([fact])));
    }

    expect(await chainOf('host/pairs', [])).toEqual(whole);
  });

  it('has no open end, and names every hop', async () => {
    const { nodes, edges } = await chainOf('host/whole', [factsOfPush('host/whole')]);

    expect(nodes.filter(({ gap }) => gap)).toEqual([]);
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'change.pushed',
      'evidence.planned',
      'scan.completed',
      'scan.completed',
      'findings.evaluated',
      'findings.evaluated',
      'decision.made',
      'alert.opened',
      'delivery.succeeded',
      'fix.proposed',
    ]);
    expect(rootsOf({ nodes, edges })).toEqual(['change.pushed']);
  });

  it.each([
    ['change.pushed', 'commit'],
    ['scan.completed', 'scan'],
    ['findings.evaluated', 'evaluation'],
    ['decision.made', 'decision'],
  ])('says where %s is missing', async (type, kind) => {
    const story = factsOfPush('host/gap').filter(({ fact }) => !envelopeFor({ fact, deliveryKey: '' }, '').type.includes(type));

    const { nodes, edges } = await chainOf('host/gap', [story]);

    expect(nodes.filter(({ gap }) => !gap)).toHaveLength(10 - (factsOfPush('host/gap').length - story.length));
    expect(rootsOf({ nodes, edges })).toHaveLength(1);
    expect(nodes.filter(({ gap }) => gap).map((node) => [node.kind, node.gap])).toContainEqual([kind, 'missing']);
  });

  it('shares nothing with the chain of another push', async () => {
    await record(factsOfPush('host/one'));

    const { nodes } = await chainOf('host/two', [factsOfPush('host/two')]);

    expect(nodes.filter(({ subject }) => subject.includes('host/one'))).toEqual([]);
  });
});

describe('the interface', () => {
  it('tells of a push that came over the bus, from list to trace', async () => {
    await publisher.publish(...factsOfPush('host/bus'));

    const summary = await eventually(async () => {
      const { body } = await gateway.call<Page<ChainSummary>>('GET', '/api/v1/chains');
      expect(body.items).toMatchObject([
        { repository: 'host/bus', title: 'Add a key', ref: 'refs/heads/main', status: 'deny', application: 'shop' },
      ]);
      expect(await recorded()).toBe(11);
      return body.items[0]!;
    });
    expect(summary.id).toBe(chainIdOf('host/bus', summary.commit));

    const { body: chain } = await gateway.call<Chain>('GET', `/api/v1/chains/${summary.id}`);
    expect(chain.nodes).toHaveLength(10);
    expect(chain.nodes[0]).toMatchObject({ kind: 'change.pushed', service: 'ingest', traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect((await gateway.call<Chain>('GET', `/api/v1/commits/${summary.commit}/chain`)).body).toEqual(chain);
    const alert = encodeURIComponent('alert of host/bus');
    expect((await gateway.call<Chain>('GET', `/api/v1/alerts/${alert}/chain`)).body).toEqual(chain);

    const { body: why } = await gateway.call<AlertStory>('GET', `/api/v1/alerts/${alert}/why`);
    expect(why).toMatchObject({
      chain: summary.id,
      earliestStop: { gate: 'change', reason: 'no-secrets@3: A key was added' },
      gaps: [],
      partial: false,
      url: expect.stringMatching(/^http.*\/alerts\/alert%20of%20host%2Fbus$/),
    });
    expect(chain.nodes.flatMap(({ about }) => about?.split(':')[0] ?? [])).toEqual(
      expect.arrayContaining(['decision', 'alert', 'delivery']),
    );
    expect(why.story[0]).toContain('Add a key');
  });

  it('generates a whole trace with one root, linked to the recorded ones', async () => {
    await record(factsOfPush('host/trace'));
    const { body: list } = await gateway.call<Page<ChainSummary>>('GET', '/api/v1/chains');

    const { body } = await gateway.call<Trace>('GET', `/api/v1/chains/${list.items[0]!.id}/trace`);

    const spans = body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const known = new Set(spans.map(({ spanId }) => spanId));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(({ name }) => name)).toEqual(['change.pushed']);
    expect(spans.every(({ parentSpanId }) => parentSpanId === undefined || known.has(parentSpanId))).toBe(true);
    expect(spans[0]!.links).toContainEqual(
      expect.objectContaining({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }),
    );
  });

  it('pages through a list and through the nodes of a chain', async () => {
    for (const name of ['a', 'b', 'c']) await record(factsOfPush(`host/${name}`));

    const first = await gateway.call<Page<ChainSummary>>('GET', '/api/v1/chains?limit=2');
    const second = await gateway.call<Page<ChainSummary>>('GET', `/api/v1/chains?limit=2&cursor=${first.body.next}`);
    expect([...first.body.items, ...second.body.items].map(({ repository }) => repository).sort()).toEqual(['host/a', 'host/b', 'host/c']);
    expect(second.body.next).toBeNull();

    const path = `/api/v1/chains/${first.body.items[0]!.id}`;
    const start = await gateway.call<Chain>('GET', `${path}?limit=6`);
    const rest = await gateway.call<Chain>('GET', `${path}?limit=6&cursor=${start.body.next}`);
    expect([...start.body.nodes, ...rest.body.nodes]).toEqual((await gateway.call<Chain>('GET', path)).body.nodes);
  });

  it('shows a team its own applications only, and answers for others as for what is not there', async () => {
    await record([...factsOfPush('host/shop', 'shop'), ...factsOfPush('host/bank', 'bank')]);
    const { body: all } = await gateway.call<Page<ChainSummary>>('GET', '/api/v1/chains');
    const bank = all.items.find(({ application }) => application === 'bank')!;
    const user = { applications: ['shop'] };

    const { body: own } = await gateway.call<Page<ChainSummary>>('GET', '/api/v1/chains', { user });

    expect(own.items.map(({ repository }) => repository)).toEqual(['host/shop']);
    const paths = [
      `chains/${bank.id}`,
      `chains/${bank.id}/trace`,
      `commits/${bank.commit}/chain`,
      'alerts/alert%20of%20host%2Fbank/chain',
      'alerts/alert%20of%20host%2Fbank/why',
    ];
    for (const path of paths) expect((await gateway.call('GET', `/api/v1/${path}`, { user })).status).toBe(404);
  });
});

interface Trace {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly { traceId: string; spanId: string; parentSpanId?: string; name: string; links: readonly object[] }[];
    }[];
  }[];
}

describe('the chain of a removed repository', () => {
  it('is gone with its facts, but that it was removed is not', async () => {
    await record(factsOfPush('host/stays'));
    const before = await everything();
    await record(factsOfPush('host/gone'));
    await record([removal('host/gone', 100)]);

    const [removed] = await service
      .get(Database)
      .rows<{ application: string; payload: string }>(`delete from fact where type = 'repository.removed' returning application, payload`);
    expect(removed!.application).toBe('shop');
    expect(JSON.parse(removed!.payload)).toMatchObject({ repository: 'host/gone', by: 'ada' });
    expect(await everything()).toEqual(before);

    const late = factsOfPush('host/gone').map((draft) => ({ ...draft, deliveryKey: `late ${draft.deliveryKey}` }));
    await record(late);
    expect(await everything()).toEqual(before);
  });
});

describe('the chain of long ago', () => {
  it('ends when the log has ended there, and not before', async () => {
    await record(factsOfPush('host/old'));
    await record(factsOfPush('host/older'));
    const before = await everything();
    const nodes = Number((await service.get(Database).rows<{ n: string }>(`select count(*) as n from node`))[0]!.n);
    const inYears = new Date(Date.now() + 800 * 86_400_000);

    const logged = await service.get(Retention).sweep(inYears);
    expect(await everything()).toEqual(before);
    await service.get(Database).rows(`delete from fact where repository = 'host/older' or id in (select id from node where chain_id in
      (select id from chain where repository = 'host/older'))`);
    const early = await service.get(Retention).sweep(new Date('2025-01-01'));
    const late = await service.get(Retention).sweep(inYears);

    expect([logged, early]).toEqual([
      { nodes: 0, chains: 0 },
      { nodes: 0, chains: 0 },
    ]);
    expect(late).toEqual({ nodes: nodes / 2, chains: 1 });
    expect(await service.get(Database).rows('select repository from chain')).toEqual([{ repository: 'host/old' }]);
  });
});

function removal(repository: string, sequence: number): NewFact {
  const fact = make(RepositoryRemoved, { repository, repositoryId: 'r1', name: repository, application: 'shop', by: 'ada' });
  return { fact, deliveryKey: `removal ${sequence}`, sequence };
}

const everything = (): Promise<Record<string, string[]>> => everyRow((sql, params) => service.get(Database).rows(sql, params));

/** Records facts as if they had come over the bus, in batches one after the other, and reads the chain. */
async function chainOf(repository: string, batches: readonly (readonly NewFact[])[]): Promise<Answer> {
  for (const batch of batches) await record(batch);
  const [root] = await service
    .get(Database)
    .rows<{ commit: string }>('select commit_id as commit from chain where repository = $1', [repository]);
  return chainAnswer(await service.get(ChainReader).walk(repository, root!.commit), later);
}

async function record(drafts: readonly NewFact[]): Promise<void> {
  const facts = drafts.map((draft) => {
    const value = encodeValue(draft.fact);
    return deliveredTo('chain.facts', decodeFact(envelopeFor(draft, value), value));
  });
  await service.get(FactRecorder).record(facts);
}

/** Kinds of the nodes that nothing caused. */
function rootsOf({ nodes, edges }: Answer): string[] {
  const caused = new Set(edges.map(({ effect }) => effect));
  return nodes.filter(({ id }) => !caused.has(id)).map(({ kind }) => kind);
}

async function recorded(): Promise<number> {
  return (await service.get(Database).rows('select 1 from fact')).length;
}

async function clear(): Promise<void> {
  for (const table of ['node', 'chain', 'fact', 'repository', 'inbox']) await service.get(Database).rows(`delete from ${table}`);
}
