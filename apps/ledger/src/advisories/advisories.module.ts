import { Module } from '@nestjs/common';
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

@Module({
  imports: [WaiversModule],
  controllers: [AdvisoriesController, IntelController, InternalAdvisoriesController],
  providers: [
    AdvisoryFacts,
    AdvisoryGroups,
    AdvisoryImport,
    AdvisoryList,
    AdvisoryRows,
    BlastRadius,
    Feeds,
    IntelImport,
    Matching,
    MatchWorker,
    Retraction,
  ],
  exports: [AdvisoryImport, Matching],
})
export class AdvisoriesModule {}
