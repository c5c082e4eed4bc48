import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WorkQueue } from '@throughline/messaging';
import { Database, Log, type Tx } from '@throughline/service';
import { IngestConfig } from '../config.ts';

/** Something that is looked at again and again, one repository after the other. */
export interface Round {
  /** Kind of the work that looks at a repository. */
  readonly kind: string;
  /** What is looked at, for the log. */
  readonly what: string;
  readonly everyMs: number;
  /** The repositories whose turn it is. */
  due(tx: Tx): Promise<readonly { readonly id: string }[]>;
}

/** Payload of the work of a round. */
export interface RepositoryVisit {
  readonly repository: string;
}

/** Opens work for the repositories whose turn it is. */
@Injectable()
export class RepositoryRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
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
    this.timers = this.rounds.map((round) => setInterval(() => void this.running.set(round, this.tick(round)), round.everyMs).unref());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running.values());
  }

  /** Work that is open already is not doubled. */
  async tick(round: Round): Promise<void> {
    const { kind, what } = round;
    try {
      await this.database.transaction(async (tx) => {
        const found = await round.due(tx);
        const items = found.map(({ id: repository }) => ({
          ...{ kind, payload: { repository } satisfies RepositoryVisit, dedupe: repository, priority: 'bulk' as const },
        }));
        await this.work.add(tx, ...items);
      });
    } catch (error) {
      this.log.warn({ error }, `${what} could not be chosen to look at, trying again`);
    }
  }
}
