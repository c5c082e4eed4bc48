import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Log } from '@throughline/service';
import { DeliveryBodies } from '../deliveries/delivery-bodies.ts';
import { keptDays } from './kept-days.ts';

const everyMs = 10 * 60_000;
const perBatch = 500;
/** Of each kind in one sweep; the next one goes on. */
const mostBatches = 20;

const overdueBlobs = 'select digest from kept_blob where keep_until < $1 order by keep_until limit $2';

/** Each deletes one batch: $1 is the time before which all is over. */
const batches: Readonly<Record<string, string>> = {
  deliveries: `
    delete from delivery using (select id, received_on from delivery where received_on < ($1 at time zone 'utc')::date limit $2) as over
    where delivery.id = over.id and delivery.received_on = over.received_on returning 1`,
  marks: `
    delete from delivery_mark using (
      select source_id, mark from delivery_mark where received_on < ($1 at time zone 'utc')::date order by received_on limit $2
    ) as over
    where delivery_mark.source_id = over.source_id and delivery_mark.mark = over.mark returning 1`,
  refused: `
    delete from refused_delivery where id in (select id from refused_delivery where received_at < $1 order by received_at limit $2) returning 1`,
};

/** Ends what is over: deliveries, their bodies, the marks that make repetitions known, and what was refused. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bodies: DeliveryBodies,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void (this.running = this.tick()), everyMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** How much ended, by kind. */
  async sweep(now: Date): Promise<Readonly<Record<string, number>>> {
    const end = new Date(now.getTime() - keptDays * 86_400_000);
    const swept: Record<string, number> = { blobs: await this.repeat(() => this.sweepBlobs(now)) };
    for (const [kind, sql] of Object.entries(batches)) {
      swept[kind] = await this.repeat(async () => (await this.database.rows(sql, [end, perBatch])).length);
    }
    return swept;
  }

  private async tick(): Promise<void> {
    try {
      const swept = await this.sweep(new Date());
      if (Object.values(swept).some((count) => count > 0)) this.log.info({ ...swept }, 'deliveries ended');
    } catch (error) {
      this.log.warn({ error }, 'ended deliveries could not be swept, trying again in ten minutes');
    }
  }

  /** The file first: a row without a file is swept again, a file without a row never. */
  private async sweepBlobs(now: Date): Promise<number> {
    const overdue = await this.database.rows<{ digest: Buffer }>(overdueBlobs, [now, perBatch]);
    for (const { digest } of overdue) await this.bodies.remove(digest);
    await this.database.rows('delete from kept_blob where digest = any($1::bytea[])', [overdue.map(({ digest }) => digest)]);
    return overdue.length;
  }

  private async repeat(batch: () => Promise<number>): Promise<number> {
    let all = 0;
    for (let round = 0; round < mostBatches; round += 1) {
      const count = await batch();
      all += count;
      if (count < perBatch) break;
    }
    return all;
  }
}
