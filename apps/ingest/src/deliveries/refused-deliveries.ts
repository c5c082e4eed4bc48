import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { uuidv7 } from '@throughline/contracts';
import { Database, Log, rows } from '@throughline/service';

/** A request to a source that was not believed or could not be read. */
export interface RefusedDelivery {
  readonly source: string;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
}

interface Noted extends RefusedDelivery {
  readonly id: string;
  readonly receivedAt: Date;
}

const keptPerSource = 20;
const mostSources = 1_000;
const flushMs = 500;

/**
 * Keeps the latest refused requests of each source for the person who sets it up. They are noted in memory and written
 * together: strangers neither cause a write per request nor learn from the time whether a source exists.
 */
@Injectable()
export class RefusedDeliveries implements OnApplicationShutdown {
  private readonly noted = new Map<string, Noted[]>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  note(refused: RefusedDelivery): void {
    const latest = this.noted.get(refused.source) ?? [];
    if (latest.length === 0 && this.noted.size >= mostSources) return;
    const now = Date.now();
    this.noted.set(refused.source, [...latest, { ...refused, id: uuidv7(now), receivedAt: new Date(now) }].slice(-keptPerSource));
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
  }

  /** A failed write loses what was noted: it is an aid for setting up, and the sender was told. */
  async flush(): Promise<void> {
    this.timer = undefined;
    const noted = [...this.noted.values()].flat();
    const sources = [...this.noted.keys()];
    this.noted.clear();
    if (noted.length === 0) return;
    try {
      await this.write(noted, sources);
    } catch (error) {
      this.log.warn({ error, count: noted.length }, 'refused deliveries could not be kept');
    }
  }

  private async write(noted: readonly Noted[], sources: readonly string[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await rows(
        tx,
        `insert into refused_delivery (id, received_at, source_id, reason, headers, body_bytes)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::integer[])
           as noted (id, received_at, source_id, reason, headers, body_bytes)
         where exists (select 1 from source where source.id = noted.source_id)`,
        [
          noted.map(({ id }) => id),
          noted.map(({ receivedAt }) => receivedAt),
          noted.map(({ source }) => source),
          noted.map(({ reason }) => reason.slice(0, 500)),
          noted.map(({ headers }) => JSON.stringify(headers)),
          noted.map(({ bytes }) => bytes),
        ],
      );
      await rows(
        tx,
        `delete from refused_delivery using (
           select id, row_number() over (partition by source_id order by id desc) as place
           from refused_delivery where source_id = any($1::uuid[])
         ) as ranked
         where refused_delivery.id = ranked.id and ranked.place > ${keptPerSource}`,
        [sources],
      );
    });
  }
}
