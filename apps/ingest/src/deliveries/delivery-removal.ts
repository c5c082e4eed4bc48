import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';
import { checkKind } from './push-check.ts';

/**
 * A mark goes with its delivery, else a repetition would be told of a delivery that nobody has. Bodies outside of the database
 * are over now, and swept. A check that is leased finds its delivery gone.
 */
const drop = (condition: string): string => `
  with dropped as (delete from delivery where ${condition} returning id, source_id, body_blob),
    marks as (delete from delivery_mark using dropped where delivery_mark.source_id = dropped.source_id and delivery_id = dropped.id),
    checks as (delete from work using dropped where kind = '${checkKind}' and state <> 'leased' and payload::json ->> 'delivery' = dropped.id::text)
  update kept_blob set keep_until = now() from dropped where digest = body_blob`;

/** Drops raw deliveries with what they were about. */
@Injectable()
export class DeliveryRemoval implements OnModuleInit {
  constructor(private readonly removals: RepositoryRemovals) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => void (await rows(tx, drop('repository = $1'), [repository])));
  }

  async removeOf(tx: Tx, source: string): Promise<void> {
    await rows(tx, drop('source_id = $1'), [source]);
    for (const table of ['delivery_mark', 'refused_delivery']) await rows(tx, `delete from ${table} where source_id = $1`, [source]);
  }
}
