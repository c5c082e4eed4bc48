import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Database, runService, ServiceAway, ServiceConfig, type RunningService } from '@throughline/service';
import { eventually, infra, type Platform } from '@throughline/testing';
import { MessagingModule, messagingMigrations, PermanentFailure, WorkPostponed, WorkQueue, type Lease, type NewWork } from '../index.ts';
import { WorkRows } from './work-rows.ts';

jest.setTimeout(60_000);

interface Note {
  readonly note: string;
}

/** What tests make of work: each kind is registered once, its behaviour is given by the test. */
const behaviour = new Map<string, (lease: Lease<Note>) => Promise<void>>();
const dead: string[] = [];

@Module({ imports: [MessagingModule.forService('ledger')] })
class WorkModule {
  constructor(private readonly queue: WorkQueue) {}

  onModuleInit(): void {
    const kind = (name: string, concurrency: number, leaseSeconds = 30): void =>
      this.queue.handle<Note>(
        name,
        {
          concurrency,
          leaseSeconds,
          maxAttempts: 3,
          onDead: (lease, _tx, error) => Promise.resolve(void dead.push(`${lease.payload.note}: ${error.message}`)),
        },
        (lease) => behaviour.get(name)?.(lease) ?? Promise.resolve(),
      );
    kind('scan', 3);
    kind('single', 1);
    kind('short', 1, 1);
  }
}

let platform: Platform;
let service: RunningService;

beforeAll(async () => {
  platform = await (await infra()).fresh(['ledger'], { topics: [] });
  service = await runService(
    { name: 'ledger', config: ServiceConfig, module: WorkModule, migrations: messagingMigrations },
    platform.environment('ledger'),
  );
}, 300_000);

afterAll(async () => {
  await service?.close();
});

afterEach(() => {
  behaviour.clear();
  dead.length = 0;
});

describe('work', () => {
  it('is done once, in the transaction that completes it', async () => {
    const done: string[] = [];
    behaviour.set('scan', async (lease) => {
      await service.get(Database).transaction((tx) => lease.complete(tx));
      done.push(lease.payload.note);
    });

    await add({ kind: 'scan', payload: { note: 'a' } }, { kind: 'scan', payload: { note: 'b' } });

    await eventually(async () => expect(await openRows()).toBe(0));
    await eventually(() => expect(done.sort()).toEqual(['a', 'b']));
  });

  it('of one key is done one after the other, in order, also over a retry', async () => {
    const seen: string[] = [];
    let running = 0;
    behaviour.set('scan', async ({ payload: { note } }) => {
      running += 1;
      seen.push(`${note} with ${running}`);
      await service.get(Database).rows('select 1');
      running -= 1;
      if (seen.length === 1) throw new Error('once more');
    });

    await add(...['1', '2', '3', '4'].map((note) => ({ kind: 'scan', key: 'repository', payload: { note } })));

    await eventually(async () => expect(await openRows()).toBe(0));
    expect(seen).toEqual(['1 with 1', '1 with 1', '2 with 1', '3 with 1', '4 with 1']);
  });

  it('keeps one slot for what a person waits for', async () => {
    const slow = Promise.withResolvers<void>();
    const started: string[] = [];
    behaviour.set('scan', async ({ payload: { note } }) => {
      started.push(note);
      if (note.startsWith('bulk')) await slow.promise;
    });

    await add(...['bulk 1', 'bulk 2', 'bulk 3'].map((note) => ({ kind: 'scan', payload: { note }, priority: 'bulk' as const })));
    await eventually(() => expect(started).toHaveLength(2));
    await add({ kind: 'scan', payload: { note: 'person' }, priority: 'interactive' });

    await eventually(() => expect(started).toContain('person'));
    expect(started).not.toContain('bulk 3');
    slow.resolve();
    await eventually(async () => expect(await openRows()).toBe(0));
  });

  it('of one lane takes turns with that of others, however much there is of it', async () => {
    const slow = Promise.withResolvers<void>();
    const done: string[] = [];
    const begun = Promise.withResolvers<void>();
    behaviour.set('single', async ({ payload: { note } }) => {
      if (note === 'a1') {
        begun.resolve();
        await slow.promise;
      }
      done.push(note);
    });

    await add({ kind: 'single', lane: 'a', payload: { note: 'a1' } });
    await begun.promise;
    for (const note of ['a2', 'a3', 'a4', 'b1']) await add({ kind: 'single', lane: note[0]!, payload: { note } });
    await add(...['c1', 'c2'].map((note) => ({ kind: 'single', lane: 'c', payload: { note } })));
    slow.resolve();

    await eventually(() => expect(done).toEqual(['a1', 'a2', 'b1', 'c1', 'c2', 'a3', 'a4']));
  });

  it('that has waited for minutes is every second one, whoever comes', async () => {
    const slow = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const done: string[] = [];
    behaviour.set('single', async ({ payload: { note } }) => {
      if (note === 'first') {
        begun.resolve();
        await slow.promise;
      }
      done.push(note);
    });
    const note = (name: string, priority: 'bulk' | 'interactive'): NewWork => ({ kind: 'single', payload: { note: name }, priority });

    await add(note('first', 'interactive'));
    await begun.promise;
    await add(note('old 1', 'bulk'), note('old 2', 'bulk'), note('old 3', 'bulk'));
    await service.get(Database).rows(`update work set queued_at = queued_at - interval '6 minutes' where payload like '%old%'`);
    await add(note('person 1', 'interactive'), note('person 2', 'interactive'));
    slow.resolve();

    // Which of the two is the first depends on whether a look had found the old ones when the slot became free.
    await eventually(() =>
      expect([
        ['first', 'old 1', 'person 1', 'old 2', 'person 2', 'old 3'],
        ['first', 'person 1', 'old 1', 'person 2', 'old 2', 'old 3'],
      ]).toContainEqual(done),
    );
  });

  it('takes other work along in its transaction, of each key the oldest, and none once it failed', async () => {
    const seen: string[] = [];
    behaviour.set('single', async (lease) => {
      const taken = await service.get(Database).transaction(async (tx) => {
        const along = await lease.takeAlong(tx, 3);
        for (const one of along) await one.traced(() => Promise.resolve());
        seen.push([lease.payload, ...along.map(({ payload }) => payload)].map(({ note }) => note).join(' '));
        if (seen.length === 1) throw new Error('once more');
        await lease.complete(tx);
        return along.length;
      });
      expect(taken).toBeLessThanOrEqual(3);
    });
    const of = (key: string, note: string): NewWork => ({ kind: 'single', key, payload: { note } });

    await add(of('a', 'a1'), of('a', 'a2'), of('b', 'b1'), of('b', 'b2'), of('c', 'c1'), of('d', 'd1'), of('e', 'e1'));

    await eventually(async () => expect(await openRows()).toBe(0));
    expect(seen[0]).toBe('a1 b1 c1 d1');
    expect(seen).toContain('a1');
    expect(seen.slice(1).join(' ').split(' ').sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'd1', 'e1']);
  });

  it('that was added again while it is open is done once', async () => {
    const done: string[] = [];
    behaviour.set('single', (lease) => Promise.resolve(void done.push(lease.payload.note)));
    const later = new Date(Date.now() + 300);

    await add({ kind: 'single', payload: { note: 'first' }, dedupe: 'same', runAfter: later });
    await add({ kind: 'single', payload: { note: 'second' }, dedupe: 'same', runAfter: later });

    await eventually(async () => expect(await openRows()).toBe(0));
    expect(done).toEqual(['first']);
  });

  it('is taken back by its name while nobody has begun it', async () => {
    const later = new Date(Date.now() + 600_000);
    await add(...['a', 'b', 'c'].map((note) => ({ kind: 'single', payload: { note }, dedupe: note, runAfter: later })));

    await service.get(Database).transaction((tx) => service.get(WorkQueue).drop(tx, 'single', 'a', 'b', 'not there'));
    expect(await openRows()).toBe(1);

    await service.get(Database).transaction((tx) => service.get(WorkQueue).drop(tx, 'single', 'c'));
    expect(await openRows()).toBe(0);
  });

  it('is given up at once when it can never succeed, else after three attempts', async () => {
    let attempts = 0;
    behaviour.set('scan', ({ payload: { note } }) => {
      if (note === 'never') return Promise.reject(new PermanentFailure('bad'));
      attempts += 1;
      return Promise.reject(new Error('again'));
    });

    await add({ kind: 'scan', payload: { note: 'never' } }, { kind: 'scan', payload: { note: 'thrice' } });

    await eventually(() => expect([...dead].sort()).toEqual(['never: bad', 'thrice: again']));
    expect(attempts).toBe(3);
  });

  it('does not use its attempts up while another service is away', async () => {
    let attempts = 0;
    behaviour.set('single', () => {
      attempts += 1;
      return attempts <= 3 ? Promise.reject(new ServiceAway('ingest', 'it cannot be reached')) : Promise.resolve();
    });

    await add({ kind: 'single', payload: { note: 'x' } });

    await eventually(async () => expect(await openRows()).toBe(0), 20_000);
    expect({ attempts, dead }).toEqual({ attempts: 4, dead: [] });
  }, 30_000);

  it('that is postponed is left alone until what it waits for has come, the oldest first, and has not failed', async () => {
    const claimed: string[] = [];
    let come = false;
    behaviour.set('scan', ({ payload: { note } }) => {
      claimed.push(note);
      return come ? Promise.resolve() : Promise.reject(new WorkPostponed('nobody answers', 60_000, 'the host'));
    });
    const release = (most?: number): Promise<void> =>
      service.get(Database).transaction((tx) => service.get(WorkQueue).release(tx, 'scan', 'the host', most));
    const waiting = () => service.get(Database).rows("select failures from work where kind = 'scan' and waits_for is not null");

    await add({ kind: 'scan', payload: { note: 'a' } }, { kind: 'scan', payload: { note: 'b' } });
    await eventually(async () => expect(await waiting()).toEqual([{ failures: 0 }, { failures: 0 }]));
    await release(1);
    await eventually(() => expect(claimed).toHaveLength(3));
    await eventually(async () => expect(await waiting()).toHaveLength(2));
    come = true;
    await release();

    await eventually(async () => expect(await openRows()).toBe(0));
    expect([claimed.slice(0, 2).sort(), claimed[2], claimed.slice(3).sort()]).toEqual([['a', 'b'], 'a', ['a', 'b']]);
    expect(dead).toEqual([]);
  });

  it('is held for seconds only, so that nobody waits long for a killed worker, and kept while its worker lives', async () => {
    const secondsLeft = async (id: string): Promise<number> => {
      const sql = 'select extract(epoch from leased_until - clock_timestamp())::float8 as left from work where id = $1';
      return (await service.get(Database).rows<{ left: number }>(sql, [id]))[0]!.left;
    };
    const seen: string[] = [];
    behaviour.set('scan', async (lease) => {
      seen.push(`attempt ${lease.attempt}, held for ${Math.ceil(await secondsLeft(lease.id))} s`);
      await service.get(Database).rows(`update work set leased_until = clock_timestamp() - interval '1 second' where id = $1`, [lease.id]);
      await eventually(async () => expect(await secondsLeft(lease.id)).toBeGreaterThan(10));
    });

    await add({ kind: 'scan', payload: { note: 'x' } });

    await eventually(async () => expect(await openRows()).toBe(0), 20_000);
    expect(seen).toEqual(['attempt 1, held for 15 s']);
  }, 30_000);

  it('of a worker that overslept its lease is dropped, and done by the next', async () => {
    const results: string[] = [];
    behaviour.set('short', async (lease) => {
      if (lease.attempt === 1) await eventually(async () => expect(await isHeld(lease)).toBe(false));
      try {
        await service.get(Database).transaction(async (tx) => lease.complete(tx));
        results.push(`attempt ${lease.attempt} done`);
      } catch (error) {
        results.push(`attempt ${lease.attempt} ${(error as { code: string }).code}`);
        throw error;
      }
    });

    await add({ kind: 'short', payload: { note: 'x' } });

    await eventually(() => expect([...results].sort()).toEqual(['attempt 1 lease_lost', 'attempt 2 done']));
  });
});

describe('a look at the queue', () => {
  const sql = `insert into work (kind, payload, priority, state, leased_until, run_after)
    values ($1, '{}', 1, $2, clock_timestamp() - interval '1 second', clock_timestamp() + make_interval(secs => $3)) returning id::text`;
  const put = async (kind: string, state: string, inSeconds: number): Promise<string> =>
    (await service.get(Database).rows<{ id: string }>(sql, [kind, state, inSeconds]))[0]!.id;

  afterEach(() => service.get(Database).rows(`delete from work where kind like 'nobody%'`));

  it('tells which kinds have something to do, and when the next will', async () => {
    await put('nobody now', 'open', 0);
    await put('nobody later', 'open', 60);
    await put('nobody else', 'open', 1);

    const { due, nextInMs } = await service.get(WorkRows).look(['nobody now', 'nobody later'], []);

    expect(due).toEqual(['nobody now']);
    expect(nextInMs).toBeGreaterThan(30_000);
    expect(nextInMs).toBeLessThanOrEqual(60_000);
  });

  it('tells of a lease that ended, unless its worker is still at it', async () => {
    const id = await put('nobody came back', 'leased', 0);
    const rows = service.get(WorkRows);

    const looks = [await rows.look(['nobody now'], []), await rows.look(['nobody now'], [id])];

    expect(looks.map(({ expired }) => expired)).toEqual([true, false]);
  });
});

describe('a claim', () => {
  it('takes what a person waits for before bulk of any age', async () => {
    const rows = service.get(WorkRows);
    await add({ kind: 'nobody', payload: { note: 'bulk' }, priority: 'bulk' });
    await service.get(Database).rows(`update work set queued_at = queued_at - interval '4 minutes' where kind = 'nobody'`);
    await add({ kind: 'nobody', payload: { note: 'person' }, priority: 'interactive' });

    const claimed = await rows.claim({ kind: 'nobody', limit: 1, leaseSeconds: 5, of: 'all' });

    expect(claimed.map(({ payload }) => (JSON.parse(payload) as Note).note)).toEqual(['person']);
    await service.get(Database).rows(`delete from work where kind = 'nobody'`);
  });
});

describe('two claimers at once', () => {
  it('never get two rows of one key, nor one row twice', async () => {
    const rows = service.get(WorkRows);
    const items = Array.from({ length: 30 }, (_, index) => ({ kind: 'nobody', key: `key ${index % 5}`, payload: { note: String(index) } }));
    await add(...items);

    const claims = await Promise.all(
      Array.from({ length: 8 }, () => rows.claim({ kind: 'nobody', limit: 10, leaseSeconds: 5, of: 'all' }).catch(() => [])),
    );

    const claimed = claims.flat().map(({ payload }) => Number((JSON.parse(payload) as Note).note));
    expect(claimed.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    await service.get(Database).rows(`delete from work where kind = 'nobody'`);
  });
});

function add(...items: readonly NewWork[]): Promise<void> {
  return service.get(Database).transaction((tx) => service.get(WorkQueue).add(tx, ...items));
}

async function isHeld({ id, attempt }: Lease<Note>): Promise<boolean> {
  const held = `select 1 from work where id = $1 and attempt = $2 and leased_until > clock_timestamp()`;
  return (await service.get(Database).rows(held, [id, attempt])).length > 0;
}

async function openRows(): Promise<number> {
  const [found] = await service.get(Database).rows<{ open: number }>(`select count(*)::int as open from work where state <> 'dead'`);
  return found!.open;
}
