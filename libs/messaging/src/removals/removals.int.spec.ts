import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module, type OnModuleInit } from '@nestjs/common';
import { EvidencePlanned, make, RepositoryRemoved, sha256, type NewFact } from '@throughline/contracts';
import { Database, rows, runService, ServiceConfig, type RunningService, type Tx } from '@throughline/service';
import { Broker, eventually, FactPublisher, infra, type Platform, type PublishedFact } from '@throughline/testing';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox, PermanentFailure, RepositoryRemovals } from '../index.ts';

jest.setTimeout(60_000);

const effects = { name: 'effects', sql: 'create table effect (repository text, number int)' };

@Controller()
class PlanHandler implements OnModuleInit {
  static refused: string | undefined;
  /** What the handler waits for when it has written about the repository. */
  static held: { readonly repository: string; readonly written: () => void; readonly goOn: Promise<void> } | undefined;

  constructor(
    private readonly inbox: Inbox,
    private readonly removals: RepositoryRemovals,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => void (await rows(tx, 'delete from effect where repository = $1', [repository])));
  }

  @OnEvent(EvidencePlanned, { batch: 10 })
  async planned(plans: readonly EvidencePlanned[]): Promise<void> {
    await this.inbox.onceAll(plans, async (fresh, tx) => {
      for (const { subject, throughSeq } of fresh) await this.note(tx, subject.repository, throughSeq);
    });
  }

  private async note(tx: Tx, repository: string, number: number): Promise<void> {
    await rows(tx, 'insert into effect values ($1, $2)', [repository, number]);
    if (PlanHandler.refused === repository) throw new PermanentFailure('refused by the test');
    if (PlanHandler.held?.repository !== repository) return;
    PlanHandler.held.written();
    await PlanHandler.held.goOn;
  }
}

@Controller()
class RemovedHandler {
  constructor(private readonly inbox: Inbox) {}

  @OnEvent(RepositoryRemoved)
  async removed(fact: RepositoryRemoved): Promise<void> {
    await this.inbox.once(fact, () => Promise.resolve());
  }
}

@Module({ controllers: [PlanHandler] })
class PlansModule {}

@Module({ controllers: [RemovedHandler] })
class RepositoriesModule {}

@Module({ imports: [MessagingModule.forService('ledger'), PlansModule, RepositoriesModule] })
class ReaderModule {}

@Module({ imports: [MessagingModule.forService('scanner-orchestrator')] })
class WriterModule {}

let platform: Platform;
let publisher: FactPublisher;
let broker: Broker;
let reader: RunningService;
let writer: RunningService;

beforeAll(async () => {
  const held = await infra();
  platform = await held.fresh(['ledger', 'scanner-orchestrator'], { topics: ['evidence', 'change'] });
  publisher = new FactPublisher(held, platform);
  broker = new Broker(held);
  reader = await start('ledger', ReaderModule);
  writer = await start('scanner-orchestrator', WriterModule);
}, 300_000);

afterAll(async () => {
  await Promise.all([reader?.close(), writer?.close()]);
  await platform?.remove();
});

describe('a removed repository', () => {
  it('is forgotten, and what is told of it late changes nothing', async () => {
    await publisher.publish(plan('h/gone', 1), plan('h/other', 1));
    await eventually(async () => expect(await numbersOf('h/gone')).toEqual([1]));

    await publisher.publish(removal('h/gone', 100));
    await eventually(async () => expect(await numbersOf('h/gone')).toEqual([]));
    await publisher.publish(plan('h/gone', 2), plan('h/other', 2));

    await eventually(async () => expect(await numbersOf('h/other')).toEqual([1, 2]));
    await eventually(async () => expect(await handled('h/gone', 2)).toBe(true));
    expect(await numbersOf('h/gone')).toEqual([]);
  });

  it('counts again when it has come back, whatever comes first', async () => {
    await publisher.publish(plan('h/back', 1));
    await eventually(async () => expect(await numbersOf('h/back')).toEqual([1]));

    await publisher.publish({ ...plan('h/back', 2), afterremoval: 200 });
    await eventually(async () => expect(await numbersOf('h/back')).toEqual([2]));
    await publisher.publish(removal('h/back', 200));
    await publisher.publish(plan('h/back', 3), { ...plan('h/back', 4), afterremoval: 200 });

    await eventually(async () => expect(await numbersOf('h/back')).toEqual([2, 4]));
  });

  it('is seen by what has waited while it was forgotten', async () => {
    await reader.get(Database).transaction(async (tx) => {
      await reader.get(RepositoryRemovals).forget(tx, 'h/waits', 300);
      await publisher.publish(plan('h/waits', 1));
      await eventually(async () => expect(await waitingForLocks()).toBeGreaterThan(0));
    });

    await eventually(async () => expect(await handled('h/waits', 1)).toBe(true));
    expect(await numbersOf('h/waits')).toEqual([]);
  });

  it('leaves nothing of a transaction that was under way', async () => {
    const [written, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    PlanHandler.held = { repository: 'h/busy', written: written.resolve, goOn: goOn.promise };
    await publisher.publish(plan('h/busy', 1));
    await written.promise;

    await publisher.publish(removal('h/busy', 300));
    await eventually(async () => expect(await waitingForLocks()).toBeGreaterThan(0));
    goOn.resolve();

    await eventually(async () => expect(await handled('h/busy', 1)).toBe(true));
    await eventually(async () => expect(await removalOf('h/busy')).toBe(300));
    expect(await numbersOf('h/busy')).toEqual([]);
  });

  it('takes its held records along, but none from after the removal', async () => {
    PlanHandler.refused = 'h/held';
    await publisher.publish(plan('h/held', 1), { ...plan('h/held', 2), afterremoval: 400 });
    await eventually(async () => expect(await heldOf('h/held')).toEqual([1, 2]));
    PlanHandler.refused = undefined;

    await publisher.publish(removal('h/held', 400));

    await eventually(async () => expect(await heldOf('h/held')).toEqual([2]));
  });
});

describe('facts about a repository that came back', () => {
  it('carry its last removal', async () => {
    await writer.get(Database).transaction(async (tx) => {
      await writer.get(RepositoryRemovals).forget(tx, 'h/told', 500);
      await writer.get(Outbox).add(tx, plan('h/told', 1), plan('h/never', 1));
    });

    await eventually(async () => {
      const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
      const told = (repository: string): (string | undefined)[] =>
        records.filter(({ key }) => key.startsWith(`${repository}@`)).map(({ headers }) => headers['ce_afterremoval']);
      expect(told('h/told')).toEqual(['500']);
      expect(told('h/never')).toEqual([undefined]);
    });
  });
});

async function start(service: 'ledger' | 'scanner-orchestrator', module: new () => object): Promise<RunningService> {
  const definition = { name: service, config: ServiceConfig, module, migrations: [...messagingMigrations, effects] };
  return runService(definition, platform.environment(service));
}

function plan(repository: string, throughSeq: number): PublishedFact {
  const commit = sha256(repository).slice(7, 47);
  const fact = make(EvidencePlanned, { subject: { repository, commit, ref: 'refs/heads/main' }, throughSeq, items: [] });
  return { fact, deliveryKey: `${repository} ${throughSeq}` };
}

function removal(repository: string, sequence: number): NewFact {
  const fact = make(RepositoryRemoved, { repository, repositoryId: 'r', name: repository, application: 'unassigned', by: 'admin' });
  return { fact, deliveryKey: `${repository} ${sequence}`, sequence };
}

async function numbersOf(repository: string): Promise<number[]> {
  const sql = 'select number from effect where repository = $1 order by number';
  return (await reader.get(Database).rows<{ number: number }>(sql, [repository])).map(({ number }) => number);
}

async function removalOf(repository: string): Promise<number | undefined> {
  const sql = 'select sequence::int as sequence from removed_repository where repository = $1';
  return (await reader.get(Database).rows<{ sequence: number }>(sql, [repository]))[0]?.sequence;
}

/** The mark is there: the fact was handled, with whatever effect. */
async function handled(repository: string, throughSeq: number): Promise<boolean> {
  const records = await broker.records(`${platform.prefix}throughline.evidence.v1`);
  const ids = records
    .filter(({ key, value }) => key.startsWith(`${repository}@`) && (JSON.parse(value) as { throughSeq: number }).throughSeq === throughSeq)
    .map(({ headers }) => headers['ce_id']);
  const marks = await reader.get(Database).rows('select 1 from inbox where id = any($1::text[])', [ids]);
  return ids.length > 0 && marks.length === ids.length;
}

async function heldOf(repository: string): Promise<number[]> {
  const sql = `select value from held_record where starts_with(key, $1 || '@') order by position`;
  const found = await reader.get(Database).rows<{ value: Buffer }>(sql, [repository]);
  return found.map(({ value }) => (JSON.parse(value.toString('utf8')) as { throughSeq: number }).throughSeq);
}

async function waitingForLocks(): Promise<number> {
  const [found] = await reader.get(Database).rows<{ waiting: number }>('select count(*)::int as waiting from pg_locks where not granted');
  return found!.waiting;
}
