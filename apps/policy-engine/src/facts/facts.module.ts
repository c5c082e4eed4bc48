import { Module, type OnModuleInit } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { Partitions } from '@throughline/messaging';
import { ServiceConfig } from '@throughline/service';
import { WaiverStoreModule } from '../waivers/waiver-store.module.ts';
import { ChangePeople } from './change-people.ts';
import { ChangeHandler } from './change.handler.ts';
import { Comparisons } from './comparisons.ts';
import { EvidencePlannedHandler } from './evidence-planned.handler.ts';
import { FindingChangedHandler } from './finding-changed.handler.ts';
import { FindingPages } from './finding-pages.ts';
import { FindingsEvaluatedHandler } from './findings-evaluated.handler.ts';
import { ForgottenSubjects } from './forgotten-subjects.ts';
import { ItemContents } from './item-contents.ts';
import { Lines } from './lines.ts';
import { PremiseBrokenHandler } from './premise-broken.handler.ts';
import { Repositories } from './repositories.ts';
import { Rulings } from './rulings.ts';
import { ScanFailedHandler } from './scan-failed.handler.ts';
import { Snapshots } from './snapshots.ts';
import { SubjectRows } from './subject-rows.ts';
import { SubjectSignals } from './subject-signals.ts';
import { Subjects } from './subjects.ts';
import { TriagedFindings } from './triage.ts';

const blobs = { provide: Blobs, useFactory: (config: ServiceConfig) => new Blobs(config.blobsDir), inject: [ServiceConfig] };

@Module({
  imports: [WaiverStoreModule],
  controllers: [
    EvidencePlannedHandler,
    ScanFailedHandler,
    FindingsEvaluatedHandler,
    FindingChangedHandler,
    PremiseBrokenHandler,
    ChangeHandler,
  ],
  providers: [
    blobs,
    ChangePeople,
    Comparisons,
    FindingPages,
    ForgottenSubjects,
    ItemContents,
    Lines,
    Repositories,
    Rulings,
    Snapshots,
    SubjectRows,
    SubjectSignals,
    Subjects,
    TriagedFindings,
  ],
  exports: [ChangePeople, ItemContents, Lines, Snapshots, SubjectRows, SubjectSignals],
})
export class FactsModule implements OnModuleInit {
  constructor(private readonly partitions: Partitions) {}

  onModuleInit(): void {
    this.partitions.maintain('change_person');
  }
}
