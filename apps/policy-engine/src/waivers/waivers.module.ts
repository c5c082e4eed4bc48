import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { FactsModule } from '../facts/facts.module.ts';
import { EvaluationModule } from '../evaluation/evaluation.module.ts';
import { Approvals } from './approvals.ts';
import { CoveredChanges } from './covered-changes.ts';
import { WaiverEffects } from './waiver-effects.ts';
import { WaiverEnds } from './waiver-ends.ts';
import { WaiverRetention } from './waiver-retention.ts';
import { WaiverScopes } from './waiver-scopes.ts';
import { WaiverStoreModule } from './waiver-store.module.ts';
import { Waivers } from './waivers.ts';
import { WaiversController } from './waivers.controller.ts';

@Module({
  imports: [WaiverStoreModule, FactsModule, ApplicationsModule, DecisionsModule, EvaluationModule],
  controllers: [WaiversController],
  providers: [Approvals, CoveredChanges, WaiverEffects, WaiverEnds, WaiverRetention, WaiverScopes, Waivers],
  exports: [WaiverEffects, WaiverEnds],
})
export class WaiversModule {}
