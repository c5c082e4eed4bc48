import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Log, postgresOptions, ServiceConfig } from '@throughline/service';
import pg from 'pg';
import { backOff } from '../failures.ts';
import { Outage } from '../outage.ts';

/** What a transaction can announce at its commit. */
export type Wakeup = 'outbox' | 'work';

/** Is told what kinds of work can be done at once, as far as that was told. */
type Listener = (kinds: readonly string[]) => void;

/** The notification channel of a service; names of channels are shared by all schemas of a database. */
export function wakeupChannel(service: string): string {
  return `messaging:${service}`;
}

/**
 * Hears of commits that added rows to the outbox or to the work queue. A hint that saves waiting: it may be lost, so
 * whoever listens also looks by itself from time to time.
 */
@Injectable()
export class Wakeups implements OnApplicationShutdown {
  private readonly listeners = new Map<string, Listener[]>();
  private client: pg.Client | undefined;
  private reconnect: NodeJS.Timeout | undefined;
  private stopped = false;
  private heard = false;
  private readonly outage: Outage;

  constructor(
    private readonly config: ServiceConfig,
    log: Log,
  ) {
    this.outage = new Outage(log, 'not listening for notifications of the database, polling meanwhile');
  }

  /** False while commits may go unnoticed: whoever waits for one then looks more often. */
  get listening(): boolean {
    return this.heard;
  }

  on(wakeup: Wakeup, listener: Listener): void {
    this.listeners.set(wakeup, [...(this.listeners.get(wakeup) ?? []), listener]);
  }

  async start(): Promise<void> {
    const client = new pg.Client(postgresOptions(this.config));
    client.on('notification', ({ payload = '' }) => {
      const [wakeup, kinds] = payload.split(': ', 2);
      for (const wake of this.listeners.get(wakeup!) ?? []) wake(kinds?.split(', ') ?? []);
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('connection ended')));
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(wakeupChannel(this.config.serviceName))}`);
      this.heard = true;
      this.outage.over();
      // What was committed while nobody listened.
      for (const wake of [...this.listeners.values()].flat()) wake([]);
    } catch (error) {
      this.lost(client, error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.reconnect);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    this.heard = false;
    void client.end().catch(() => undefined);
    const failures = this.outage.failed(error);
    this.reconnect = setTimeout(() => void this.start(), backOff(failures, 500, 10_000));
  }
}
