import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.ts';
import { FactsModule } from '../facts/facts.module.ts';
import { WaiverStoreModule } from '../waivers/waiver-store.module.ts';
import { WaiversModule } from '../waivers/waivers.module.ts';
import { BaseFindings } from './base-findings.ts';
import { Consequences } from './consequences.ts';
import { RepositoryRequests } from './repository-requests.ts';
import { SuppressionRows } from './suppression-rows.ts';
import { SuppressionWork } from './suppression-work.ts';
import { SuppressionsReadHandler } from './suppressions-read.handler.ts';

@Module({
  imports: [WaiverStoreModule, WaiversModule, FactsModule, ApplicationsModule],
  controllers: [SuppressionsReadHandler],
  providers: [BaseFindings, Consequences, RepositoryRequests, SuppressionRows, SuppressionWork],
})
export class SuppressionsModule {}
