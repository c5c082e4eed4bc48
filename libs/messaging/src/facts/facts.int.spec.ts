import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EvidencePlanned, make, ScanFailed, sha256, type NewFact } from '@throughline/contracts';
import { Database, rows, runService, ServiceConfig, type RunningService, type Tx } from '@throughline/service';
import { Broker, eventually, infra, type Platform } from '@throughline/testing';
import pg from 'pg';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox, PermanentFailure } from '../index.ts';

jest.setTimeout(60_000);

const effects = { name: 'effects', sql: 'create table effect (position bigint generated always as identity, key text, number int)' };

/** Notes each fact as an effect; what a test wants to fail is in `failing`. */
@Controller()
class PlanHandler {
  static readonly failing = new Map<string, Error>();
  static batches: number[] = [];

  constructor(private readonly inbox: Inbox) {}

  @OnEvent(EvidencePlanned, { batch: 50 })
  async handle(plans: readonly EvidencePlanned[]): Promise<void> {
    PlanHandler.batches.push(plans.length);
    await this.inbox.onceAll(plans, async (fresh, tx) => {
      for (const { subject, throughSeq } of fresh) {
        await rows(tx, 'insert into effect (key, number) values ($1, $2)', [subject.repository, throughSeq]);
        const failure = PlanHandler.failing.get(`${subject.repository} ${throughSeq}`);
        if (failure) throw failure;
      }
    });
  }

  @OnEvent(ScanFailed)
  async fail(): Promise<void> {
    await Promise.resolve();
  }
}

@Module({ controllers: [PlanHandler] })
class PlansModule {}

@Module({ imports: [MessagingModule.forService('ledger'), PlansModule] })
class ReaderModule {}

@Module({ imports: [MessagingModule.forService('scanner-orchestrator')] })
class WriterModule {}

let platform: Platform;
let broker: Broker;
let reader: RunningService;
let writer: RunningService;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['ledger', 'scanner-orchestrator'], { topics: ['evidence'] });
  broker = new Broker(held);
  writer = await start('scanner-orchestrator', WriterModule);
  reader = await start('ledger', ReaderModule);
}, 300_000);

afterAll(async () => {
  await Promise.all([reader?.close(), writer?.close()]);
  await platform?.remove();
});

beforeEach(() => {
  PlanHandler.failing.clear();
  PlanHandler.batches = [];
});

describe('facts', () => {
  it('arrive once, though their record arrives twice', async () => {
    await publish(plan('twice', 1));
    await eventually(async () => expect(await numbersOf('twice')).toEqual([1]));

    const [record] = await recordsOf('twice');
    await broker.send(topic(), record!, record!);
    await publish(plan('twice', 2));

    await eventually(async () => expect(await numbersOf('twice')).toEqual([1, 2]));
  });

  it('keep the order of each key, through outbox, broker and handler', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    const numbers = Array.from({ length: 60 }, (_, index) => index + 1);

    for (const number of numbers) await publish(...keys.map((key) => plan(`ordered-${key}`, number)));

    await eventually(async () => {
      for (const key of keys) expect(await numbersOf(`ordered-${key}`)).toEqual(numbers);
    });
  });

  it('of one transaction come to the handler as a batch', async () => {
    await publish(...Array.from({ length: 20 }, (_, index) => plan('batch', index + 1)));

    await eventually(async () => expect(await numbersOf('batch')).toHaveLength(20));
    expect(Math.max(...PlanHandler.batches)).toBeGreaterThan(1);
  });

  it('that can never be handled are held at once, and the next of the key goes on', async () => {
    PlanHandler.failing.set('poison 1', new PermanentFailure('no good'));

    await publish(plan('poison', 1), plan('poison', 2));

    await eventually(async () => expect(await numbersOf('poison')).toEqual([2]));
    expect(await heldOf('poison')).toEqual([{ state: 'dead', error: 'Error: no good' }]);
  });

  it('that fail for now hold up their key only, and are handled in order afterwards', async () => {
    PlanHandler.failing.set('later 1', new Error('not yet'));

    await publish(plan('later', 1), plan('other', 1), plan('later', 2), plan('later', 3));

    await eventually(async () => expect(await numbersOf('other')).toEqual([1]));
    await eventually(async () => expect(await heldOf('later')).toHaveLength(3));
    PlanHandler.failing.clear();
    await eventually(async () => expect(await numbersOf('later')).toEqual([1, 2, 3]), 20_000);
    await eventually(async () => expect(await heldOf('later')).toEqual([]));
  });

  it('that nobody can read are held, those of a stranger and of unknown type are dropped', async () => {
    const headers = (change: object): Record<string, string> => ({ ...recordHeaders('hostile'), ...change });
    const record = (value: string, change: object): Parameters<Broker['send']>[1] => ({ key: 'hostile', value, headers: headers(change) });
    await broker.send(
      topic(),
      record('{"subject":', {}),
      record('{}', { ce_source: '/throughline/ingest' }),
      record('{}', { ce_type: 'dev.throughline.nobody.knew.v1' }),
      record('{"subject":{}}', { ce_id: 'b' }),
    );
    await publish(plan('hostile', 1));

    await eventually(async () => expect(await numbersOf('hostile')).toEqual([1]));
    expect((await heldOf('hostile')).map(({ state }) => state)).toEqual(['dead', 'dead']);
  });
});

describe('the outbox', () => {
  it('orders facts by the lock on the row that they report, not by when their transactions began', async () => {
    const database = writer.get(Database);
    await database.rows(`insert into effect (key, number) values ('state', 0)`);
    const change = async (tx: Tx, number: number): Promise<void> => {
      await rows(tx, `update effect set number = $1 where key = 'state'`, [number]);
      await writer.get(Outbox).add(tx, plan('locked', number));
    };
    const [lateBegan, earlyLocked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];

    const late = database.transaction(async (tx) => {
      await rows(tx, 'select pg_current_xact_id()');
      lateBegan.resolve();
      await earlyLocked.promise;
      await change(tx, 2);
    });
    await lateBegan.promise;
    await database.transaction(async (tx) => {
      await change(tx, 1);
      earlyLocked.resolve();
      await eventually(async () => expect(await waitingForLocks()).toBeGreaterThan(0));
    });
    await late;

    await eventually(async () => expect(await numbersOf('locked')).toEqual([1, 2]));
    expect(await database.rows(`select number from effect where key = 'state'`)).toEqual([{ number: 2 }]);
  });
});

describe('the relay', () => {
  it('may die between send and delete: the facts are sent again and have one effect', async () => {
    const owner = await asOwner();
    await owner.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`);
    await owner.query('create trigger refuse before delete on outbox for each row execute function refuse()');

    await publish(plan('resent', 1));
    await eventually(async () => expect(await numbersOf('resent')).toEqual([1]));
    await eventually(async () => expect((await recordsOf('resent')).length).toBeGreaterThan(1));
    await owner.query('drop trigger refuse on outbox');
    await owner.end();
    await publish(plan('resent', 2));

    await eventually(async () => expect(await numbersOf('resent')).toEqual([1, 2]));
    expect(await writer.get(Database).rows('select 1 from outbox')).toEqual([]);
  });
});

async function start(service: 'ledger' | 'scanner-orchestrator', module: new () => object): Promise<RunningService> {
  const definition = { name: service, config: ServiceConfig, module, migrations: [...messagingMigrations, effects] };
  return runService(definition, platform.environment(service));
}

function plan(repository: string, throughSeq: number): NewFact {
  const commit = sha256(repository).slice(7, 47);
  const fact = make(EvidencePlanned, { subject: { repository, commit, ref: 'refs/heads/main' }, throughSeq, items: [] });
  return { fact, deliveryKey: `${repository} ${throughSeq}` };
}

function publish(...facts: readonly NewFact[]): Promise<void> {
  return writer.get(Database).transaction((tx) => writer.get(Outbox).add(tx, ...facts));
}

function topic(): string {
  return `${platform.prefix}throughline.evidence.v1`;
}

async function recordsOf(repository: string): Promise<Awaited<ReturnType<Broker['records']>>> {
  return (await broker.records(topic())).filter(({ key }) => key.startsWith(`${repository}@`));
}

function recordHeaders(id: string): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: '/throughline/scanner-orchestrator',
    ce_type: 'dev.throughline.evidence.planned.v1',
    ce_subject: 'any',
    ce_time: new Date().toISOString(),
  };
}

async function numbersOf(key: string): Promise<number[]> {
  const found = await reader.get(Database).rows<{ number: number }>('select number from effect where key = $1 order by position', [key]);
  return found.map(({ number }) => number);
}

async function waitingForLocks(): Promise<number> {
  const [found] = await writer.get(Database).rows<{ waiting: number }>('select count(*)::int as waiting from pg_locks where not granted');
  return found!.waiting;
}

function heldOf(key: string): Promise<{ state: string; error: string }[]> {
  const sql = `select state, error from held_record where key like $1 || '%' order by position`;
  return reader.get(Database).rows(sql, [key]);
}

async function asOwner(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: platform.environment('scanner-orchestrator')['MIGRATION_DATABASE_URL'] });
  await client.connect();
  return client;
}
