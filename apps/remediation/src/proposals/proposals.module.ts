import { Module } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { OutboundModule, ServiceConfig } from '@throughline/service';
import { Registries } from '../registries/registries.ts';
import { EditThreads } from './edit-threads.ts';
import { FindingsEvaluatedHandler } from './findings-evaluated.handler.ts';
import { FixMaker } from './fix-maker.ts';
import { FixWorld } from './fix-world.ts';
import { PresentFindings } from './present-findings.ts';
import { ProposalList } from './proposal-list.ts';
import { ProposalRows } from './proposal-rows.ts';
import { Proposals } from './proposals.ts';
import { RemediationsController } from './remediations.controller.ts';
import { RepositoryRemovedHandler } from './repository-removed.handler.ts';
import { SourceFiles } from './source-files.ts';

@Module({
  imports: [OutboundModule],
  controllers: [FindingsEvaluatedHandler, RepositoryRemovedHandler, RemediationsController],
  providers: [
    { provide: Blobs, inject: [ServiceConfig], useFactory: ({ blobsDir }: ServiceConfig) => new Blobs(blobsDir) },
    EditThreads,
    FixMaker,
    PresentFindings,
    FixWorld,
    Registries,
    ProposalList,
    ProposalRows,
    Proposals,
    SourceFiles,
  ],
  exports: [Blobs, PresentFindings, ProposalList],
})
export class ProposalsModule {}
