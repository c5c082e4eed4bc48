import { Module, type OnModuleInit } from '@nestjs/common';
import { Partitions } from '@throughline/messaging';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { EvaluationModule } from '../evaluation/evaluation.module.ts';
import { FactsModule } from '../facts/facts.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { DecisionRows } from './decision-rows.ts';
import { Decisions } from './decisions.ts';
import { DecisionsController } from './decisions.controller.ts';
import { Grounds } from './grounds.ts';
import { Judge } from './judge.ts';
import { JudgeHeadsWork } from './judge-heads-work.ts';
import { JudgeWork } from './judge-work.ts';
import { VerdictRows } from './verdict-rows.ts';
import { Verdicts } from './verdicts.ts';

@Module({
  imports: [FactsModule, PoliciesModule, ApplicationsModule, EvaluationModule],
  controllers: [DecisionsController],
  providers: [DecisionRows, VerdictRows, Grounds, Judge, Verdicts, JudgeWork, JudgeHeadsWork, Decisions],
  exports: [Judge, DecisionRows, Decisions],
})
export class DecisionsModule implements OnModuleInit {
  constructor(private readonly partitions: Partitions) {}

  onModuleInit(): void {
    for (const table of ['decision', 'decision_input', 'decision_page']) this.partitions.maintain(table);
  }
}
