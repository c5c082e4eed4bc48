import { Module } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { ServiceConfig } from '@throughline/service';
import { ChangeHandler } from './change.handler.ts';
import { Comparisons } from './comparisons.ts';
import { EvidencePlannedHandler } from './evidence-planned.handler.ts';
import { FindingChangedHandler } from './finding-changed.handler.ts';
import { FindingPages } from './finding-pages.ts';
import { FindingsEvaluatedHandler } from './findings-evaluated.handler.ts';
import { ForgottenSubjects } from './forgotten-subjects.ts';
import { ItemContents } from './item-contents.ts';
import { Lines } from './lines.ts';
import { Repositories } from './repositories.ts';
import { ScanFailedHandler } from './scan-failed.handler.ts';
import { Snapshots } from './snapshots.ts';
import { SubjectRows } from './subject-rows.ts';
import { SubjectSignals } from './subject-signals.ts';
import { Subjects } from './subjects.ts';
import { TriagedFindings } from './triage.ts';

const blobs = { provide: Blobs, useFactory: (config: ServiceConfig) => new Blobs(config.blobsDir), inject: [ServiceConfig] };

@Module({
  controllers: [EvidencePlannedHandler, ScanFailedHandler, FindingsEvaluatedHandler, FindingChangedHandler, ChangeHandler],
  providers: [
    blobs,
    Comparisons,
    FindingPages,
    ForgottenSubjects,
    ItemContents,
    Lines,
    Repositories,
    Snapshots,
    SubjectRows,
    SubjectSignals,
    Subjects,
    TriagedFindings,
  ],
  exports: [Lines, Snapshots, SubjectRows, SubjectSignals],
})
export class FactsModule {}
