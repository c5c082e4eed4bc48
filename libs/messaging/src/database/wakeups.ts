import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log, ServiceConfig, type Tx } from '@throughline/service';
import { backOff } from '../failures.ts';
import { Outage } from '../outage.ts';
import { CommitSignals } from './commit-signals.ts';

/** What a transaction can announce at its commit. */
export type Wakeup = 'outbox' | 'work';

/** Is told what kinds of work can be done at once, as far as that was told. */
type Listener = (kinds: readonly string[]) => void;

/** Hears of commits that added rows to the outbox or to the work queue of this service. */
@Injectable()
export class Wakeups implements OnApplicationShutdown {
  private readonly listeners = new Map<string, Listener[]>();
  private readonly signals: CommitSignals;

  constructor(config: ServiceConfig, log: Log) {
    const outage = new Outage(log, 'not listening for notifications of the database, polling meanwhile');
    this.signals = new CommitSignals(config, `messaging:${config.serviceName}`, {
      heard: (signal) => this.wake(signal),
      listening: () => {
        outage.over();
        // What was committed while nobody listened.
        for (const wake of [...this.listeners.values()].flat()) wake([]);
      },
      lost: (error) => backOff(outage.failed(error), 500, 10_000),
    });
  }

  /** False while commits may go unnoticed: whoever waits for one then looks more often. */
  get listening(): boolean {
    return this.signals.listening;
  }

  on(wakeup: Wakeup, listener: Listener): void {
    this.listeners.set(wakeup, [...(this.listeners.get(wakeup) ?? []), listener]);
  }

  /** Announces rows that `tx` adds. @param kinds those of the work that can be done at once */
  announce(tx: Tx, wakeup: Wakeup, kinds: readonly string[] = []): void {
    this.signals.announce(tx, kinds.length === 0 ? wakeup : `${wakeup}: ${kinds.join(', ')}`);
  }

  start(): Promise<void> {
    return this.signals.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.signals.stop();
  }

  private wake(signal: string): void {
    const [wakeup, kinds] = signal.split(': ', 2);
    for (const wake of this.listeners.get(wakeup!) ?? []) wake(kinds?.split(', ') ?? []);
  }
}
