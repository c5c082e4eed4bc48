import { Module } from '@nestjs/common';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { ReplayModule } from '../replay/replay.module.ts';
import { BundlePublication } from './bundle-publication.ts';
import { BundlesController } from './bundles.controller.ts';
import { ChangeRequests } from './change-requests.ts';
import { ChangeRows } from './change-rows.ts';
import { Narrowing } from './narrowing.ts';
import { Publication } from './publication.ts';
import { PublicationController } from './publication.controller.ts';

@Module({
  imports: [PoliciesModule, DecisionsModule, ReplayModule],
  controllers: [BundlesController, PublicationController],
  providers: [ChangeRows, ChangeRequests, Narrowing, Publication, BundlePublication],
})
export class PublicationModule {}
