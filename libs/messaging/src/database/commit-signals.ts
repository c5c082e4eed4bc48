import { afterCommit, postgresOptions, type ServiceConfig, type Tx } from '@throughline/service';
import pg from 'pg';

const queryMs = 10_000;

/** What is done with signals, and when there are none. */
export interface SignalListener {
  /** Something was committed, here or in another process. */
  heard(signal: string): void;
  /** From now on nothing is missed; what was committed before may have been. */
  listening(): void;
  /** Answers in how many milliseconds to try again. */
  lost(error: unknown): number;
}

/**
 * Tells of commits on a channel: in this process at once, in others through Postgres. A hint that saves waiting: it may be lost, so
 * whoever listens also looks by itself from time to time.
 *
 * Others are told after the commit and not with it: `NOTIFY` holds one lock of the whole server until its transaction is on disk, so
 * that all commits that notify would wait for each other's disk, also those that answer callers.
 */
export class CommitSignals {
  private client: pg.Client | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;
  private isListening = false;
  private readonly untold = new Set<string>();
  private telling = false;

  /** @param channel shared by all schemas of a database */
  constructor(
    private readonly config: ServiceConfig,
    private readonly channel: string,
    private readonly listener: SignalListener,
  ) {}

  /** False while commits of other processes may go unnoticed. */
  get listening(): boolean {
    return this.isListening;
  }

  /** Announces what `tx` writes, once it has committed. At most 8,000 bytes. */
  announce(tx: Tx, signal: string): void {
    afterCommit(tx, () => {
      this.listener.heard(signal);
      // While the connection is away the others look by themselves.
      if (!this.isListening) return;
      this.untold.add(signal);
      void this.tell();
    });
  }

  async start(): Promise<void> {
    const client = new pg.Client({ ...postgresOptions(this.config), query_timeout: queryMs });
    client.on('notification', ({ payload = '', processId }) => {
      // What this process announced it has heard already.
      if (processId !== processIdOf(client)) this.listener.heard(payload);
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection ended')));
    this.client = client;
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
      this.isListening = true;
      this.listener.listening();
    } catch (error) {
      this.lost(client, error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** One notification at a time: what is announced meanwhile goes together with the next, once each. */
  private async tell(): Promise<void> {
    if (this.telling) return;
    this.telling = true;
    while (this.untold.size > 0 && this.client) {
      const { client } = this;
      const signals = [...this.untold];
      this.untold.clear();
      const sql = 'select pg_notify($1, signal) from unnest($2::text[]) as signal';
      await client.query({ name: 'tell', text: sql, values: [this.channel, signals] }).catch((error: unknown) => this.lost(client, error));
    }
    this.telling = false;
  }

  private lost(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = undefined;
    this.isListening = false;
    this.untold.clear();
    void client.end().catch(() => undefined);
    this.retry = setTimeout(() => void this.start(), this.listener.lost(error));
  }
}

/** Of the server's process behind a connection, which its type does not tell. */
function processIdOf(client: pg.Client): number | undefined {
  return (client as pg.Client & { readonly processID?: number }).processID;
}
