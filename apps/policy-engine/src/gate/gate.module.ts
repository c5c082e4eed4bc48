import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { FactsModule } from '../facts/facts.module.ts';
import { EvidencePlans } from './evidence-plans.ts';
import { GateController } from './gate.controller.ts';
import { GateWaits } from './gate-waits.ts';
import { Gates } from './gates.ts';
import { Questions } from './question.ts';

@Module({
  imports: [FactsModule, ApplicationsModule, DecisionsModule],
  controllers: [GateController],
  providers: [EvidencePlans, Questions, Gates, GateWaits],
})
export class GateModule {}
