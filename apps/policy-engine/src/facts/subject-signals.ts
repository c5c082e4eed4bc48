import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, postgresOptions, rows, ServiceConfig, type Tx } from '@throughline/service';
import pg from 'pg';

const channel = 'policy-engine:subjects';
const retryMs = 1_000;
/** Notifications are lost while the connection is away: whoever waits looks by itself this often. */
const lookMs = 5_000;

/** Tells those who wait for a subject that something about it was committed, in whichever process that happened. */
@Injectable()
export class SubjectSignals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting = new Map<string, Set<() => void>>();
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly config: ServiceConfig,
    private readonly log: Log,
  ) {}

  /** Announces a change with the commit of `tx`. */
  async changed(tx: Tx, repository: string, commit: string): Promise<void> {
    await rows(tx, 'select pg_notify($1, $2)', [channel, keyOf(repository, commit)]);
  }

  /** Begins to listen at once: what is announced before `next` is awaited is not missed. */
  listen(repository: string, commit: string): { next(withinMs: number): Promise<void>; end(): void } {
    const key = keyOf(repository, commit);
    const listeners = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, listeners);
    let heard = false;
    let wake: (() => void) | undefined;
    const listener = (): void => {
      heard = true;
      wake?.();
    };
    listeners.add(listener);
    return {
      next: async (withinMs) => {
        if (!heard) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, Math.max(0, Math.min(withinMs, lookMs)));
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        heard = false;
      },
      end: () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.waiting.delete(key);
      },
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(postgresOptions(this.config));
    this.client = client;
    client.on('notification', ({ payload }) => {
      for (const wake of this.waiting.get(payload ?? '') ?? []) wake();
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection ended')));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.lost(client, error);
    }
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    void client.end().catch(() => undefined);
    this.log.warn({ error }, 'gates do not hear of new facts at once, they look every few seconds meanwhile');
    this.retry = setTimeout(() => void this.connect(), retryMs);
  }
}

/** A notification holds 8,000 bytes. */
function keyOf(repository: string, commit: string): string {
  return `${commit} ${repository}`;
}
