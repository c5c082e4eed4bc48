import { Module } from '@nestjs/common';
import { RunnerModule } from '../runner/runner.module.ts';
import { RunsModule } from '../runs/runs.module.ts';
import { OutboundModule } from '@throughline/service';
import { Confirmation } from './confirmation.ts';
import { ReportEvaluatedHandler } from './findings-evaluated.handler.ts';
import { ImageBox } from './images/image-box.ts';
import { ImageReading } from './images/image-reading.ts';
import { ImageRequests } from './images/image-requests.ts';
import { ImageWork } from './images/image-work.ts';
import { RegistryDoor } from './images/registry-door.ts';
import { MappingRows } from './mappings/mapping-rows.ts';
import { MappingTrial } from './mappings/mapping-trial.ts';
import { Mappings } from './mappings/mappings.ts';
import { MappingsController } from './mappings/mappings.controller.ts';
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
  imports: [OutboundModule, RunnerModule, RunsModule],
  controllers: [MappingsController, ReportEvaluatedHandler, ReportsController, SbomUploadsController],
  providers: [
    ...[ReportBox, ReportFacts, ReportList, ReportReading, ReportRows, ReportShelf, ReportWork],
    ...[ImageBox, ImageReading, ImageRequests, ImageWork, RegistryDoor],
    ...[MappingRows, Mappings, MappingTrial],
    ...[Confirmation, SbomBox, SbomUploads, SealedFiles, Uploads, UploadSubjects],
  ],
})
export class ReportsModule {}
