import { Module } from '@nestjs/common';
import { RunnerModule } from '../runner/runner.module.ts';
import { RunsModule } from '../runs/runs.module.ts';
import { Confirmation } from './confirmation.ts';
import { ReportEvaluatedHandler } from './findings-evaluated.handler.ts';
import { ReportBox } from './report-box.ts';
import { ReportFacts } from './report-facts.ts';
import { ReportList } from './report-list.ts';
import { ReportRows } from './report-rows.ts';
import { ReportReading } from './report-reading.ts';
import { ReportWork } from './report-work.ts';
import { ReportShelf } from './report-shelf.ts';
import { ReportsController } from './reports.controller.ts';
import { SbomBox } from './sbom-box.ts';
import { SbomUploads } from './sbom-uploads.ts';
import { SbomUploadsController } from './sbom-uploads.controller.ts';
import { SealedFiles } from './sealed-files.ts';
import { UploadSubjects } from './upload-subject.ts';
import { Uploads } from './uploads.ts';

@Module({
  imports: [RunnerModule, RunsModule],
  controllers: [ReportEvaluatedHandler, ReportsController, SbomUploadsController],
  providers: [
    ...[ReportBox, ReportFacts, ReportList, ReportReading, ReportRows, ReportShelf, ReportWork],
    ...[Confirmation, SbomBox, SbomUploads, SealedFiles, Uploads, UploadSubjects],
  ],
})
export class ReportsModule {}
