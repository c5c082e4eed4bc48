import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EvidencePlanned, make } from '@throughline/contracts';
import { Database, rows, runService, ServiceConfig, type RunningService } from '@throughline/service';
import { eventually, infra, type Infra, type Platform } from '@throughline/testing';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox } from '../index.ts';

jest.setTimeout(60_000);

const migrations = [
  ...messagingMigrations,
  { name: 'effects', sql: 'create table effect (position bigint generated always as identity, number int)' },
];

@Controller()
class PlanHandler {
  constructor(private readonly inbox: Inbox) {}

  @OnEvent(EvidencePlanned)
  async handle(plan: EvidencePlanned): Promise<void> {
    await this.inbox.once(plan, async (tx) => {
      await rows(tx, 'insert into effect (number) values ($1)', [plan.throughSeq]);
    });
  }
}

@Module({ controllers: [PlanHandler] })
class PlansModule {}

@Module({ imports: [MessagingModule.forService('ledger'), PlansModule] })
class ReaderModule {}

@Module({ imports: [MessagingModule.forService('scanner-orchestrator')] })
class WriterModule {}

let held: Infra;
let platform: Platform;
let reader: RunningService;
let writer: RunningService;
let published = 0;

beforeAll(async () => {
  held = await infra();
  platform = await held.fresh(['ledger', 'scanner-orchestrator'], { topics: ['evidence'] });
  const start = (name: 'ledger' | 'scanner-orchestrator', module: new () => object): Promise<RunningService> =>
    runService({ name, config: ServiceConfig, module, migrations }, platform.environment(name));
  writer = await start('scanner-orchestrator', WriterModule);
  reader = await start('ledger', ReaderModule);
}, 300_000);

afterAll(async () => {
  await Promise.all([reader?.close(), writer?.close()]);
  await platform?.remove();
});

describe('after a SIGKILL', () => {
  it('of the broker every fact arrives once and in order', async () => {
    await publish(20);
    await held.killBroker();
    await publish(20);
    await held.restartBroker();
    await publish(20);

    await eventually(async () => expect(await effects()).toEqual(all()), 60_000);
    await eventually(async () => expect(await readiness()).toEqual([]), 30_000);
  }, 120_000);

  it('of the database every fact arrives once and in order', async () => {
    await publish(20);
    await held.killPostgres();
    await held.restartPostgres();
    await eventually(() => publish(20), 30_000);

    await eventually(async () => expect(await effects()).toEqual(all()), 60_000);
    await eventually(async () => expect(await readiness()).toEqual([]), 30_000);
  }, 120_000);
});

/** One transaction: on a failure none of the facts counts as published. */
async function publish(count: number): Promise<void> {
  const facts = Array.from({ length: count }, (_, index) => ({
    fact: make(EvidencePlanned, {
      subject: { repository: 'one', commit: '0'.repeat(40), ref: 'refs/heads/main' },
      throughSeq: published + index,
      items: [],
    }),
    deliveryKey: String(published + index),
  }));
  await writer.get(Database).transaction((tx) => writer.get(Outbox).add(tx, ...facts));
  published += count;
}

function all(): number[] {
  return Array.from({ length: published }, (_, index) => index);
}

async function effects(): Promise<number[]> {
  const found = await reader.get(Database).rows<{ number: number }>('select number from effect order by position');
  return found.map(({ number }) => number);
}

/** What the two services say they lack. */
async function readiness(): Promise<unknown[]> {
  const answers = await Promise.all([reader, writer].map(async ({ url }) => (await fetch(`${url}/readyz`)).json()));
  return answers.filter((answer) => (answer as { status: string }).status !== 'ready');
}
