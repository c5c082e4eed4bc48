import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Log } from '@throughline/service';

const everyMs = 10 * 60_000;
const dayMs = 86_400_000;
const perBatch = 500;
/** Of each kind in one sweep; the next one goes on. */
const mostBatches = 20;

interface Kind {
  readonly days: number;
  /** Ends at most `most` of what was over at that time; answers how many. */
  readonly batch: (over: Date, most: number) => Promise<number>;
}

/** Ends what is over in tables that have no months, every ten minutes in small batches: no lock is held for long. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly kinds = new Map<string, Kind>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Call it in `onModuleInit`. `sql` deletes at most $2 rows that were over at $1, and returns one row for each. */
  keep(kind: string, days: number, sql: string): void {
    this.keepBy(kind, days, async (over, most) => (await this.database.rows(sql, [over, most])).length);
  }

  /** For what is more than rows. */
  keepBy(kind: string, days: number, batch: Kind['batch']): void {
    this.kinds.set(kind, { days, batch });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void (this.running = this.tick()), everyMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** How much ended, by kind; a kind that cannot be swept now does not keep the others. */
  async sweep(now: Date): Promise<Readonly<Record<string, number>>> {
    const swept: Record<string, number> = {};
    for (const [kind, { days, batch }] of this.kinds) {
      try {
        swept[kind] = await repeated(() => batch(new Date(now.getTime() - days * dayMs), perBatch));
      } catch (error) {
        this.log.warn({ kind, error }, 'what is over could not be swept, trying again in ten minutes');
      }
    }
    return swept;
  }

  private async tick(): Promise<void> {
    const swept = Object.entries(await this.sweep(new Date())).filter(([, count]) => count > 0);
    if (swept.length > 0) this.log.info(Object.fromEntries(swept), 'what was over has ended');
  }
}

async function repeated(batch: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let round = 0; round < mostBatches; round += 1) {
    const count = await batch();
    all += count;
    if (count < perBatch) break;
  }
  return all;
}
