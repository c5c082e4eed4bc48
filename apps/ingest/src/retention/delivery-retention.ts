import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { DeliveryBodies } from '../deliveries/delivery-bodies.ts';
import { keptDays } from './kept-days.ts';

const overdueBlobs = 'select digest from kept_blob where keep_until < $1 order by keep_until limit $2';

const ends: Readonly<Record<string, string>> = {
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

/** Ends deliveries, their bodies, the marks that make repetitions known, and what was refused. */
@Injectable()
export class DeliveryRetention implements OnModuleInit {
  constructor(
    private readonly retention: Retention,
    private readonly database: Database,
    private readonly bodies: DeliveryBodies,
  ) {}

  onModuleInit(): void {
    this.retention.keepBy('blobs', 0, (over, most) => this.endBlobs(over, most));
    for (const [kind, sql] of Object.entries(ends)) this.retention.keep(kind, keptDays, sql);
  }

  /** The file first: a row without a file is swept again, a file without a row never. */
  private async endBlobs(over: Date, most: number): Promise<number> {
    const overdue = await this.database.rows<{ digest: Buffer }>(overdueBlobs, [over, most]);
    for (const { digest } of overdue) await this.bodies.remove(digest);
    await this.database.rows('delete from kept_blob where digest = any($1::bytea[])', [overdue.map(({ digest }) => digest)]);
    return overdue.length;
  }
}
