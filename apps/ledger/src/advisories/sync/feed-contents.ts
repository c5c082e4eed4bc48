import { Injectable } from '@nestjs/common';
import type { FeedFormat } from '@throughline/contracts';
import type { FeedContent } from './feed-content.ts';
import { EpssFeed, KevFeed } from './intel-feeds.ts';
import { OsvFeed } from './osv-feed.ts';

/** Every format that feeds are published in. */
@Injectable()
export class FeedContents {
  private readonly contents: Readonly<Record<FeedFormat, FeedContent>>;

  constructor(osv: OsvFeed, kev: KevFeed, epss: EpssFeed) {
    this.contents = { osv, kev, epss };
  }

  of(format: FeedFormat): FeedContent {
    return this.contents[format];
  }
}
