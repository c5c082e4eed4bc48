import { Injectable } from '@nestjs/common';
import { Log } from '@throughline/service';
import type { Consumer } from '../facts/fact-handlers.ts';
import { FactRunner } from '../facts/fact-runner.ts';
import { backOff, describeFailure, isPermanent } from '../failures.ts';
import { Outage } from '../outage.ts';
import { Pulse } from '../pulse.ts';
import { HeldRecordRows, type DueRecord } from './held-record-rows.ts';

const pollMs = 2_000;
const atOnce = 8;
const maxAttempts = 8;

/** Tries held records again: of an ordered key one after the other, from the oldest on. */
@Injectable()
export class HeldRecordDrain {
  private readonly pulse = new Pulse();
  private readonly outage: Outage;
  private consumers = new Map<string, Consumer>();
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly table: HeldRecordRows,
    private readonly runner: FactRunner,
    private readonly log: Log,
  ) {
    this.outage = new Outage(log, 'held records cannot be looked after, trying again');
  }

  start(consumers: readonly Consumer[]): void {
    if (consumers.length === 0) return;
    this.consumers = new Map(consumers.map((consumer) => [consumer.name, consumer]));
    this.loop = this.drainForEver();
  }

  /** Somebody asked for a record to be tried now. */
  wake(): void {
    this.pulse.wake();
  }

  /** Lets the records that are being handled end. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.pulse.wake();
    await this.loop;
  }

  private async drainForEver(): Promise<void> {
    while (!this.stopping) {
      let found = 0;
      try {
        const due = await this.table.claimDue([...this.consumers.keys()], atOnce);
        found = due.length;
        await Promise.all(due.map((each) => this.tryAgain(each)));
        this.outage.over();
      } catch (error) {
        this.outage.failed(error);
      }
      if (found === 0) await this.pulse.wait(pollMs);
    }
  }

  private async tryAgain(due: DueRecord): Promise<void> {
    const fields = { consumer: due.consumer, heldRecord: due.id, attempt: due.attempts + 1 };
    try {
      const delivery = this.runner.read(this.consumers.get(due.consumer)!, due.record);
      if (delivery) await this.runner.run([delivery]);
      await this.table.remove(due);
      this.log.info(fields, 'a held record was handled');
    } catch (error) {
      const gaveUp = isPermanent(error) || due.attempts + 1 >= maxAttempts;
      this.log[gaveUp ? 'error' : 'warn']({ ...fields, error }, gaveUp ? 'a held record is given up' : 'a held record failed again');
      if (gaveUp) await this.table.bury(due, describeFailure(error));
      else await this.table.retryLater(due, backOff(due.attempts + 1, 2_000, 300_000), describeFailure(error));
    }
  }
}
