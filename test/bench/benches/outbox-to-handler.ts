import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Module } from '@nestjs/common';
import { ChangePushed, make, type NewFact } from '@throughline/contracts';
import { Inbox, MessagingModule, messagingMigrations, OnEvent, Outbox } from '@throughline/messaging';
import { Database, runService, ServiceConfig, type RunningService } from '@throughline/service';
import { eventually, infra } from '@throughline/testing';
import type { Bench, Row, Sample } from '../bench.ts';
import { inPairs, timesOf } from '../pairs.ts';
import { BareBroker } from '../bare-broker.ts';

const commit = '0'.repeat(40);
const factsOfATransaction = 20;

/** Where the arrival of facts is noted, by the number that they carry. */
const arrivals = new Map<string, bigint>();

@Controller()
class PushHandler {
  constructor(private readonly inbox: Inbox) {}

  @OnEvent(ChangePushed, { batch: 100 })
  async handle(pushes: readonly ChangePushed[]): Promise<void> {
    await this.inbox.onceAll(pushes, (fresh) => {
      const now = process.hrtime.bigint();
      for (const { pusher } of fresh) arrivals.set(pusher, now);
      return Promise.resolve();
    });
  }
}

@Module({ controllers: [PushHandler] })
class PushesModule {}

@Module({ imports: [MessagingModule.forService('ledger'), PushesModule] })
class ReaderModule {}

@Module({ imports: [MessagingModule.forService('ingest')] })
class WriterModule {}

export const outboxToHandler: Bench = {
  name: 'outbox-to-handler',
  decides: 'whether facts may leave by an outbox table, and how long its relay may wait',
  peer: 'kafkajs alone: produced at once, read by eachBatch, nothing durable on either side',
  async run({ short, rounds }) {
    const held = await infra();
    const platform = await held.fresh(['ingest', 'ledger'], { topics: ['change'] });
    const start = (name: 'ingest' | 'ledger', module: new () => object): Promise<RunningService> =>
      runService({ name, config: ServiceConfig, module, migrations: messagingMigrations }, platform.environment(name));
    const [writer, reader] = await Promise.all([start('ingest', WriterModule), start('ledger', ReaderModule)]);
    const bare = await BareBroker.open(held, arrivals);
    try {
      const ours = (count: number, perSecond: number): Promise<Sample> => paced(count, perSecond, (names) => publish(writer, names));
      const peer = (count: number, perSecond: number): Promise<Sample> => paced(count, perSecond, (names) => bare.send(names));
      await ours(200, 200);
      await peer(200, 200);
      const idle = short ? 40 : 300;
      const rush = short ? 4_000 : 20_000;
      const rows: Row[] = await inPairs(rounds, { of: 'one at a time, 20/s', ours: () => ours(idle, 20), peer: () => peer(idle, 20) });
      rows.push(...(await inPairs(rounds, { of: '2,000/s asked', ours: () => ours(rush, 2_000), peer: () => peer(rush, 2_000) })));
      return rows;
    } finally {
      await bare.close();
      await Promise.all([writer.close(), reader.close()]);
      await platform.remove();
    }
  },
};

function publish(writer: RunningService, names: readonly string[]): Promise<void> {
  return writer.get(Database).transaction((tx) => writer.get(Outbox).add(tx, ...names.map(pushed)));
}

let made = 0;

function pushed(name: string): NewFact {
  made += 1;
  const repository = `git.shop.example/shop/r${made % 64}`;
  const fact = make(ChangePushed, {
    repository,
    ref: 'refs/heads/main',
    after: commit,
    defaultBranch: 'main',
    forced: false,
    pusher: name,
    commits: [],
  });
  return { fact, deliveryKey: name };
}

/** Sends so many a second, and answers how long each took from its commit to its handler, and how many arrived a second. */
async function paced(count: number, perSecond: number, send: (names: readonly string[]) => Promise<void>): Promise<Sample> {
  const sent = new Map<string, bigint>();
  const each = perSecond > 100 ? factsOfATransaction : 1;
  const open: Promise<void>[] = [];
  const started = process.hrtime.bigint();
  for (let at = 0; at < count; at += each) {
    const due = started + BigInt(Math.round((at / perSecond) * 1e9));
    const early = Number(due - process.hrtime.bigint()) / 1e6;
    if (early > 1) await sleep(early);
    const names = Array.from({ length: each }, (_, index) => `${started} ${at + index}`);
    const sending = send(names).then(() => {
      const now = process.hrtime.bigint();
      for (const name of names) sent.set(name, now);
    });
    if (each === 1) await sending;
    else open.push(sending);
  }
  await Promise.all(open);
  await eventually(() => allArrived(sent), 120_000);
  const ended = [...sent.keys()].reduce((last, name) => (arrivals.get(name)! > last ? arrivals.get(name)! : last), 0n);
  // A batch may be handled before the one who committed it was told so.
  const latencies = [...sent].map(([name, at]) => Math.max(0, Number(arrivals.get(name)! - at) / 1e6));
  arrivals.clear();
  return { ...timesOf(latencies), 'handled/s': count / (Number(ended - started) / 1e9) };
}

function allArrived(sent: ReadonlyMap<string, unknown>): void {
  const missing = [...sent.keys()].filter((name) => !arrivals.has(name)).length;
  if (missing > 0) throw new Error(`${missing} facts have not arrived`);
}
