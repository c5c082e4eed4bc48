import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Log, type Tx } from '@throughline/service';
import { Wakeups } from '../database/wakeups.ts';
import { backOff, describeFailure } from '../failures.ts';
import { Outage } from '../outage.ts';
import { Pulse } from '../pulse.ts';
import { FactSender, type Outcome } from './fact-sender.ts';
import { forgetLast, oldestFacts, takeTurn } from './outbox-rows.ts';
import { Pace } from './pace.ts';
import { RefusedFacts } from './refused-facts.ts';

/** Commits are told of; this is for one that was not. */
const pollMs = 2_000;
const deafPollMs = 250;
const factsPerCycle = 500;
const blockedMs = 30_000;
/** A steady stream of commits shares its cycles: each costs the same for one fact as for ten. */
const cycles = { perSecond: 50, burst: 25 };

/**
 * Brings facts from the outbox to the broker in the order of their positions. One relay of a service sends at a time; one
 * that dies between send and delete has its facts sent again, and the inbox of each consumer drops the second.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse = new Pulse();
  private readonly pace = new Pace(cycles.perSecond, cycles.burst);
  private readonly outage: Outage;
  private readonly blocked = new Map<string, number>();
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();
  private failure: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly sender: FactSender,
    private readonly refused: RefusedFacts,
    private readonly wakeups: Wakeups,
    private readonly log: Log,
  ) {
    this.outage = new Outage(log, 'facts cannot be sent: they stay in the outbox');
  }

  async onApplicationBootstrap(): Promise<void> {
    this.wakeups.on('outbox', () => this.pulse.wake());
    await this.wakeups.start();
    this.loop = this.relayForEver();
  }

  /** By now the consumers have ended: what their last handlers wrote still leaves. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.pulse.wake();
    await this.loop;
    await this.sender.close();
  }

  /** Why facts do not leave, undefined when they do. */
  problem(): string | undefined {
    const [topic] = this.blocked.keys();
    return this.failure ?? (topic && `${topic} cannot be written: is it there, and is it ours?`);
  }

  private async relayForEver(): Promise<void> {
    for (let woken = true; !this.stopping;) {
      try {
        let more = woken || (await this.hasFacts());
        for (; more && !this.stopping; more = await this.cycle()) await this.turn();
        this.failure = undefined;
        this.outage.over();
        woken = await this.pulse.wait(this.wakeups.listening ? pollMs : deafPollMs);
      } catch (error) {
        this.failure = describeFailure(error);
        const failures = this.outage.failed(error);
        if (!this.stopping) await this.pulse.wait(backOff(failures, 250, 5_000));
      }
    }
  }

  /** A look without a transaction, since it is taken again and again. */
  private async hasFacts(): Promise<boolean> {
    const any = await this.database.rows('select 1 from outbox where topic <> all($1) limit 1', [this.blockedTopics()]);
    return any.length > 0;
  }

  private async turn(): Promise<void> {
    const wait = this.pace.take();
    if (wait > 0) await sleep(wait);
  }

  /** Sends what fits one cycle; false when that was all, or it is another relay's turn. */
  private async cycle(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [mine, { facts, more }] = await Promise.all([takeTurn(tx), oldestFacts(tx, this.blockedTopics(), factsPerCycle)]);
      if (!mine || facts.length === 0) return false;
      const outcome = await this.sender.send(facts);
      await this.settle(tx, outcome);
      await forgetLast(tx, [...outcome.sent, ...outcome.refused.map(({ fact }) => fact)]);
      return more;
    });
  }

  private async settle(tx: Tx, { refused, blocked }: Outcome): Promise<void> {
    for (const topic of blocked) this.blocked.set(topic, Date.now() + blockedMs);
    if (blocked.length > 0) this.log.error({ topics: blocked }, 'topics cannot be written: their facts wait, others go on');
    for (const { fact, error } of refused) {
      this.log.error({ topic: fact.topic, position: fact.position, error }, 'the broker refuses a fact for good: it is held');
      await this.refused.hold(tx, fact, error);
    }
  }

  private blockedTopics(): string[] {
    for (const [topic, until] of this.blocked) if (until <= Date.now()) this.blocked.delete(topic);
    return [...this.blocked.keys()];
  }
}
