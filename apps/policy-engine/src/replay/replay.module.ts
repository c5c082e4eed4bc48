import { Module } from '@nestjs/common';
import { DecisionsModule } from '../decisions/decisions.module.ts';
import { EvaluationModule } from '../evaluation/evaluation.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { Judging } from './judging.ts';
import { ReplayRows } from './replay-rows.ts';
import { ReplayWork } from './replay-work.ts';
import { Replays } from './replays.ts';
import { ReplaysController } from './replays.controller.ts';

@Module({
  imports: [DecisionsModule, PoliciesModule, EvaluationModule],
  controllers: [ReplaysController],
  providers: [ReplayRows, Judging, ReplayWork, Replays],
  exports: [Judging],
})
export class ReplayModule {}
