import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { RunnerModule } from './runner/runner.module.ts';
import { ReportsModule } from './reports/reports.module.ts';
import { RunsModule } from './runs/runs.module.ts';
import { SuppressionsModule } from './suppressions/suppressions.module.ts';

@Module({ imports: [MessagingModule.forService('scanner-orchestrator'), RunnerModule, RunsModule, ReportsModule, SuppressionsModule] })
export class ScannerOrchestratorModule {}
