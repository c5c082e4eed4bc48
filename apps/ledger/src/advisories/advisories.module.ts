import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { WaiversModule } from '../waivers/waivers.module.ts';
import { AdvisoriesController } from './advisories.controller.ts';
import { AdvisoryFacts } from './advisory-facts.ts';
import { AdvisoryGroups } from './advisory-groups.ts';
import { AdvisoryImport } from './advisory-import.ts';
import { AdvisoryList } from './advisory-list.ts';
import { AdvisoryRows } from './advisory-rows.ts';
import { BlastRadius } from './blast-radius.ts';
import { Feeds } from './feeds.ts';
import { InternalAdvisoriesController } from './internal-advisories.controller.ts';
import { IntelController } from './intel.controller.ts';
import { IntelImport } from './intel-import.ts';
import { Matching } from './matching.ts';
import { MatchWorker } from './match.worker.ts';
import { Retraction } from './retraction.ts';
import { FeedContents } from './sync/feed-contents.ts';
import { FeedFile } from './sync/feed-file.ts';
import { FeedRounds } from './sync/feed-rounds.ts';
import { FeedSyncWorker } from './sync/feed-sync.worker.ts';
import { FeedSyncs } from './sync/feed-syncs.ts';
import { FeedsController } from './sync/feeds.controller.ts';
import { EpssFeed, KevFeed } from './sync/intel-feeds.ts';
import { OsvFeed } from './sync/osv-feed.ts';

@Module({
  imports: [OutboundModule, WaiversModule],
  // An advisory is read by any name: the feeds have to be asked first.
  controllers: [FeedsController, AdvisoriesController, IntelController, InternalAdvisoriesController],
  providers: [
    AdvisoryFacts,
    AdvisoryGroups,
    AdvisoryImport,
    AdvisoryList,
    AdvisoryRows,
    BlastRadius,
    EpssFeed,
    FeedContents,
    FeedFile,
    FeedRounds,
    FeedSyncs,
    FeedSyncWorker,
    Feeds,
    IntelImport,
    KevFeed,
    Matching,
    MatchWorker,
    OsvFeed,
    Retraction,
  ],
  exports: [AdvisoryImport, Matching],
})
export class AdvisoriesModule {}
