import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Log, Metrics } from '@throughline/service';
import { FeedSyncs } from './feed-syncs.ts';

const everyMs = 30_000;
const ages = `
  select name as feed, extract(epoch from now() - last_success)::float8 as age,
    (select count(*)::int from feed_sync y where y.feed = f.name and y.state = 'held') as held
  from feed f order by name limit 500`;

/** Begins the syncs of feeds whose time has come. */
@Injectable()
export class FeedRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly syncs: FeedSyncs,
    private readonly log: Log,
    database: Database,
    metrics: Metrics,
  ) {
    const helps = {
      throughline_feed_age_seconds: 'Time since a feed of advisories last answered.',
      throughline_feed_held: '1 while a sync of the feed takes back too much and waits for a person.',
    };
    metrics.gauges(helps, async () => {
      const feeds = await database.rows<{ feed: string; age: number | null; held: number }>(ages);
      return feeds.flatMap(({ feed, age, held }) => [
        ...(age === null ? [] : [{ name: 'throughline_feed_age_seconds', labels: { feed }, value: age }]),
        { name: 'throughline_feed_held', labels: { feed }, value: held },
      ]);
    });
  }

  onApplicationBootstrap(): void {
    this.running = this.tick();
    this.timer = setInterval(() => void (this.running = this.tick()), everyMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async tick(): Promise<void> {
    try {
      await this.syncs.beginDue();
    } catch (error) {
      this.log.warn({ error }, 'the feeds that are due could not be begun, trying again');
    }
  }
}
