import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { ReplayModule } from '../replay/replay.module.ts';
import { BundlePublication } from './bundle-publication.ts';
import { BundlesController } from './bundles.controller.ts';
import { ChangesController } from './changes.controller.ts';
import { Narrowing } from './narrowing.ts';
import { Publication } from './publication.ts';
import { PublicationController } from './publication.controller.ts';

@Module({
  imports: [PoliciesModule, ApplicationsModule, DecisionsModule, ReplayModule, ChangesModule],
  controllers: [BundlesController, ChangesController, PublicationController],
  providers: [Narrowing, Publication, BundlePublication],
})
export class PublicationModule {}
