import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { ApplicationsModule } from './applications/applications.module.ts';
import { DecisionsModule } from './decisions/decisions.module.ts';
import { DemoModule } from './demo/demo.module.ts';
import { FactsModule } from './facts/facts.module.ts';
import { GateModule } from './gate/gate.module.ts';
import { PublicationModule } from './publication/publication.module.ts';
import { ReplayModule } from './replay/replay.module.ts';
import { WaiversModule } from './waivers/waivers.module.ts';
import { SuppressionsModule } from './suppressions/suppressions.module.ts';
import { PoliciesModule } from './policies/policies.module.ts';

@Module({
  imports: [
    MessagingModule.forService('policy-engine'),
    FactsModule,
    PoliciesModule,
    ApplicationsModule,
    DecisionsModule,
    GateModule,
    ReplayModule,
    PublicationModule,
    WaiversModule,
    SuppressionsModule,
    DemoModule,
  ],
})
export class PolicyEngineModule {}
