import { Module } from '@nestjs/common';
import { RunnerModule } from '../runner/runner.module.ts';
import { RunsModule } from '../runs/runs.module.ts';
import { ReadingRows } from './reading-rows.ts';
import { SuppressionNews } from './suppression-news.ts';
import { SuppressionWork } from './suppression-work.ts';
import { SuppressionsController } from './suppressions.controller.ts';

@Module({
  imports: [RunnerModule, RunsModule],
  controllers: [SuppressionsController],
  providers: [ReadingRows, SuppressionNews, SuppressionWork],
})
export class SuppressionsModule {}
