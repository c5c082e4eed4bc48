import { Module } from '@nestjs/common';
import { AdvisoriesModule } from '../advisories/advisories.module.ts';
import { Forecast } from '../deadlines/forecast.ts';
import { InventoryModule } from '../inventory/inventory.module.ts';
import { OwnersModule } from '../owners/owners.module.ts';
import { VexModule } from '../vex/vex.module.ts';
import { WaiversModule } from '../waivers/waivers.module.ts';
import { FindingComments } from './comments.ts';
import { FindingCommentsController } from './comments.controller.ts';
import { ComponentRegister } from './component-register.ts';
import { Detections } from './detections.ts';
import { EvaluatedFacts } from './evaluated-fact.ts';
import { EvaluationRows } from './evaluation-rows.ts';
import { Evaluations } from './evaluations.ts';
import { BulkTriages } from './bulk-triage.ts';
import { BulkTriageController } from './bulk-triage.controller.ts';
import { FindingDetails } from './finding-detail.ts';
import { FindingExports } from './finding-exports.ts';
import { FindingExportsController } from './finding-exports.controller.ts';
import { FindingList } from './finding-list.ts';
import { FindingRows } from './finding-rows.ts';
import { WordIndex } from './word-index.ts';
import { ForgottenFindings } from './forgotten-findings.ts';
import { FindingsController } from './findings.controller.ts';
import { FindingTriages } from './finding-triage.ts';
import { Intel } from './intel.ts';
import { ItemEvaluator } from './item-evaluator.ts';
import { MergeWorker } from './merge.worker.ts';
import { Presence } from './presence.ts';
import { ReevaluationWorker } from './reevaluation.worker.ts';
import { ReportedVulnerabilities } from './reported-vulnerabilities.ts';
import { Reports } from './reports.ts';
import { RescoreWorker } from './rescore.worker.ts';
import { SbomRemoval } from './sbom-removal.ts';
import { SbomRemovalController } from './sbom-removal.controller.ts';
import { ScanEndedHandler } from './scan-ended.handler.ts';
import { ComponentVulnerabilities } from './vulnerabilities.ts';

const evaluation = [
  ComponentRegister,
  ComponentVulnerabilities,
  Detections,
  EvaluatedFacts,
  EvaluationRows,
  Evaluations,
  ItemEvaluator,
  Presence,
  ReportedVulnerabilities,
  Reports,
];
const workers = [MergeWorker, ReevaluationWorker, RescoreWorker];

@Module({
  imports: [InventoryModule, AdvisoriesModule, OwnersModule, VexModule, WaiversModule],
  controllers: [
    ScanEndedHandler,
    BulkTriageController,
    FindingCommentsController,
    FindingExportsController,
    FindingsController,
    SbomRemovalController,
  ],
  providers: [
    BulkTriages,
    FindingComments,
    FindingDetails,
    FindingExports,
    FindingList,
    FindingRows,
    FindingTriages,
    WordIndex,
    Forecast,
    ForgottenFindings,
    Intel,
    SbomRemoval,
    ...evaluation,
    ...workers,
  ],
})
export class FindingsModule {}
