import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WorkQueue, type NewWork } from '@throughline/messaging';
import { Database, Log, type Tx } from '@throughline/service';
import { IngestConfig } from '../config.ts';

/** Something that is looked at again and again. */
export interface Round {
  /** What is looked at, for the log. */
  readonly what: string;
  readonly everyMs: number;
  /** What is overdue after a time without us is looked at when the service starts. */
  readonly atStart?: boolean;
  /** Looks at those whose turn it is. */
  readonly due: (tx: Tx) => Promise<readonly NewWork[]>;
}

/** Opens work for those whose turn it is. */
@Injectable()
export class Rounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Round[] = [];
  private readonly running = new Map<Round, Promise<void>>();
  private timers: readonly NodeJS.Timeout[] = [];

  constructor(
    private readonly config: IngestConfig,
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly log: Log,
  ) {}

  /** From the start of the service on, unless it never asks hosts by itself. */
  keep(round: Round): void {
    this.rounds.push(round);
  }

  onApplicationBootstrap(): void {
    if (this.config.reconcileSeconds === 0) return;
    const begin = (round: Round): void => void this.running.set(round, this.tick(round));
    for (const round of this.rounds) if (round.atStart) begin(round);
    this.timers = this.rounds.map((round) => setInterval(() => begin(round), round.everyMs).unref());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running.values());
  }

  /** Work that is open already is not doubled. */
  async tick({ what, due }: Round): Promise<void> {
    try {
      await this.database.transaction(async (tx) => this.work.add(tx, ...(await due(tx))));
    } catch (error) {
      this.log.warn({ error }, `${what} could not be chosen to look at, trying again`);
    }
  }
}
