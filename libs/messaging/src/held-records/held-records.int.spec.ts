import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { EvidencePlanned, make, type HeldRecordAnswer, type NewFact } from '@throughline/contracts';
import { Database, Metrics, runService, ServiceConfig, type Identity, type RunningService } from '@throughline/service';
import { Broker, eventually, infra, type Platform } from '@throughline/testing';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox, PermanentFailure } from '../index.ts';
import { HeldRecordList } from './held-record-list.ts';
import { HeldRecordOrders } from './held-record-orders.ts';

jest.setTimeout(60_000);

const everybody: Identity = { kind: 'user', id: 'u1', name: 'Ada', rights: ['*'], applications: '*' };
const otherTeam: Identity = { ...everybody, applications: ['payments'] };

@Controller()
class PlanHandler {
  static refuse = true;
  /** Number of the plan that is refused; any when absent. */
  static refused: number | undefined;
  static handled: number[] = [];

  constructor(private readonly inbox: Inbox) {}

  @OnEvent(EvidencePlanned)
  async handle(plan: EvidencePlanned): Promise<void> {
    await this.inbox.once(plan, () => {
      if (PlanHandler.refuse && plan.throughSeq === (PlanHandler.refused ?? plan.throughSeq))
        throw new PermanentFailure('refused by the test');
      PlanHandler.handled.push(plan.throughSeq);
      return Promise.resolve();
    });
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
let writer: RunningService;
let reader: RunningService;

beforeAll(async () => {
  const held = await infra();
  broker = new Broker(held);
  platform = await held.fresh(['ledger', 'scanner-orchestrator'], { topics: ['evidence'] });
  const start = (name: 'ledger' | 'scanner-orchestrator', module: new () => object): Promise<RunningService> =>
    runService({ name, config: ServiceConfig, module, migrations: messagingMigrations }, platform.environment(name));
  writer = await start('scanner-orchestrator', WriterModule);
  reader = await start('ledger', ReaderModule);
}, 300_000);

afterAll(async () => {
  await Promise.all([reader?.close(), writer?.close()]);
  await platform?.remove();
});

describe('a held record', () => {
  it('tells what failed, and is handled when it is replayed', async () => {
    const records = reader.get(HeldRecordList);
    await publish(plan(1));
    const held = await eventually(() => only(records));
    expect(held).toMatchObject({ state: 'dead', consumer: 'ledger.plans', error: 'Error: refused by the test', attempts: 1 });
    expect(JSON.parse((await records.detail(held.id, everybody)).value)).toMatchObject({ throughSeq: 1 });

    PlanHandler.refuse = false;
    await reader.get(HeldRecordOrders).replay(held.id, everybody);

    await eventually(() => expect(PlanHandler.handled).toEqual([1]));
    await eventually(async () => expect((await records.page({}, everybody)).items).toEqual([]));
  });

  it('is not there for another team', async () => {
    const records = reader.get(HeldRecordList);
    PlanHandler.refuse = true;
    await publish(plan(2));
    const { id } = await eventually(() => only(records));

    expect((await records.page({}, otherTeam)).items).toEqual([]);
    const orders = reader.get(HeldRecordOrders);
    await expect(records.detail(id, otherTeam)).rejects.toMatchObject({ status: 404 });
    for (const act of ['replay', 'discard'] as const) await expect(orders[act](id, otherTeam)).rejects.toMatchObject({ status: 404 });
    expect(await orders.replayAll(otherTeam, undefined, false)).toEqual({ records: 0, left: 0 });
    await orders.discard(id, everybody);
    expect((await records.page({}, everybody)).items).toEqual([]);
  });
});

describe('records that were given up', () => {
  beforeEach(() => {
    PlanHandler.handled = [];
    PlanHandler.refuse = true;
  });

  it('let what comes after them on the partition go on, and are counted', async () => {
    PlanHandler.refused = 10;
    await publish(plan(10), plan(11), plan(10, 2));

    await eventually(() => expect(PlanHandler.handled).toEqual([11]));
    const records = reader.get(HeldRecordList);
    await eventually(async () => expect((await records.page({}, everybody)).items).toHaveLength(2));
    expect(await records.summary()).toMatchObject({ dead: 2, consumer: 'ledger.plans', error: 'Error: refused by the test' });
    const text = await reader.get(Metrics).text();
    expect(text).toContain('throughline_held_records{consumer="ledger.plans",state="dead"} 2');
    expect(text).toMatch(/throughline_fact_handler_seconds_count\{consumer="ledger.plans",type="evidence.planned",result="failed"\} \d/);
    expect(text).toContain('throughline_consumer_lag_facts{consumer="ledger.plans"} 0');
    expect(await writer.get(Metrics).text()).toMatch(/throughline_facts_sent_total\{topic="throughline.evidence.v1"\} \d/);
  });

  it('are replayed together, each once', async () => {
    const orders = reader.get(HeldRecordOrders);
    PlanHandler.refuse = false;

    expect(await orders.replayAll(everybody, undefined, true)).toEqual({ records: 2, left: 2 });
    expect(PlanHandler.handled).toEqual([]);
    expect(await orders.replayAll(everybody, 'ledger.plans', false)).toEqual({ records: 2, left: 0 });
    await orders.replayAll(everybody, undefined, false);

    await eventually(() => expect(PlanHandler.handled).toEqual([10, 10]));
    await eventually(async () => expect((await reader.get(HeldRecordList).page({}, everybody)).items).toEqual([]));
  });

  it('are handled with a corrected value, which has to be one', async () => {
    const [records, orders] = [reader.get(HeldRecordList), reader.get(HeldRecordOrders)];
    PlanHandler.refused = 20;
    await publish(plan(20));
    const { id } = await eventually(() => only(records));
    const { value, masked } = await records.detail(id, everybody);
    const corrected = JSON.stringify({ ...(JSON.parse(value) as object), throughSeq: 21 });

    for (const wrong of ['{', '{}', corrected.replace('refs/heads/main', '[redacted jwt]')])
      await expect(orders.replay(id, everybody, wrong)).rejects.toMatchObject({ status: 422 });
    await orders.replay(id, everybody, corrected);

    expect(masked).toBe(false);
    await eventually(() => expect(PlanHandler.handled).toEqual([21]));
  });
});

describe('a fact that the broker refuses for good', () => {
  it('is held, the others go on, and a replay sends it', async () => {
    const records = writer.get(HeldRecordList);
    const topic = `${platform.prefix}throughline.evidence.v1`;
    PlanHandler.refuse = false;
    PlanHandler.handled = [];
    await broker.configure(topic, { 'max.message.bytes': '1500' });

    await publish(plan(3, 30), plan(4));

    await eventually(() => expect(PlanHandler.handled).toEqual([4]));
    const held = await eventually(() => only(records));
    expect(held).toMatchObject({ consumer: 'scanner-orchestrator.outbox', state: 'dead' });
    await broker.configure(topic, { 'max.message.bytes': '1048588' });
    await writer.get(HeldRecordOrders).replay(held.id, everybody);
    await eventually(() => expect(PlanHandler.handled).toEqual([4, 3]));
  });
});

function publish(...facts: readonly NewFact[]): Promise<void> {
  return writer.get(Database).transaction((tx) => writer.get(Outbox).add(tx, ...facts));
}

function plan(throughSeq: number, items = 0): NewFact {
  const subject = { repository: `host/r${throughSeq}`, commit: '0'.repeat(40), ref: 'refs/heads/main' };
  const item = (_: unknown, index: number): EvidencePlanned['items'][number] => ({
    seq: index + 1,
    tool: 'secretlint',
    finds: ['secret'],
    state: 'planned',
  });
  return {
    fact: make(EvidencePlanned, { subject, throughSeq, items: Array.from({ length: items }, item) }),
    deliveryKey: String(throughSeq),
  };
}

async function only(records: HeldRecordList): Promise<HeldRecordAnswer> {
  const { items } = await records.page({}, everybody);
  expect(items).toHaveLength(1);
  return items[0]!;
}
