import { Module } from '@nestjs/common';
import { RunnerModule } from '../runner/runner.module.ts';
import { Announcements } from './announcements.ts';
import { BranchHeads } from './branch-heads.ts';
import { ChangeProposedHandler } from './change-proposed.handler.ts';
import { ChangePushedHandler } from './change-pushed.handler.ts';
import { EvidenceItems } from './evidence-items.ts';
import { EvidenceRequests } from './evidence-requests.ts';
import { EvidenceController } from './evidence.controller.ts';
import { ForgottenEvidence } from './forgotten-evidence.ts';
import { FindingsEvaluatedHandler } from './findings-evaluated.handler.ts';
import { HistoryItems } from './history-items.ts';
import { HistoryReports } from './history-reports.ts';
import { HistoryScans } from './history-scans.ts';
import { HistoryWork } from './history-work.ts';
import { HostWaits } from './host-waits.ts';
import { KeyCheck } from './key-check.ts';
import { OwnersChangedHandler } from './owners-changed.handler.ts';
import { PlanWriter } from './plan-writer.ts';
import { Preparation } from './preparation.ts';
import { ResultCache } from './result-cache.ts';
import { ScanItems } from './scan-items.ts';
import { ScanList } from './scan-list.ts';
import { ScannerList } from './scanner-list.ts';
import { ScanStation } from './scan-station.ts';
import { ScanWork } from './scan-work.ts';
import { ScansController } from './scans.controller.ts';
import { Survey } from './survey.ts';
import { WeakSecrets } from './weak-secrets.ts';

@Module({
  imports: [RunnerModule],
  controllers: [
    ChangePushedHandler,
    ChangeProposedHandler,
    FindingsEvaluatedHandler,
    OwnersChangedHandler,
    EvidenceController,
    ScansController,
  ],
  providers: [
    ...[BranchHeads, EvidenceRequests, EvidenceItems, Announcements, PlanWriter, Survey, HostWaits, Preparation],
    ...[ResultCache, ScanItems, ScanStation, ScanWork, ScanList, ScannerList, KeyCheck, WeakSecrets, ForgottenEvidence],
    ...[HistoryScans, HistoryReports, HistoryItems, HistoryWork],
  ],
  exports: [Announcements, EvidenceItems, EvidenceRequests, WeakSecrets],
})
export class RunsModule {}
