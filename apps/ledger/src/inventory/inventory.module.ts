import { Module } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { ServiceConfig } from '@throughline/service';
import { ComponentList } from './component-list.ts';
import { Components } from './components.ts';
import { ComponentsController } from './components.controller.ts';
import { OwnersChangedHandler } from './owners-changed.handler.ts';
import { Repositories } from './repositories.ts';
import { ComponentWays } from './sboms/component-ways.ts';
import { SbomDiffs } from './sboms/sbom-diffs.ts';
import { SbomDocuments } from './sboms/sbom-documents.ts';
import { SbomList } from './sboms/sbom-list.ts';
import { Sboms } from './sboms/sboms.ts';
import { SbomsController } from './sboms/sboms.controller.ts';

@Module({
  controllers: [OwnersChangedHandler, ComponentsController, SbomsController],
  providers: [
    { provide: Blobs, inject: [ServiceConfig], useFactory: ({ blobsDir }: ServiceConfig) => new Blobs(blobsDir) },
    ...[Repositories, Components, ComponentList],
    ...[ComponentWays, Sboms, SbomDiffs, SbomDocuments, SbomList],
  ],
  exports: [Blobs, Repositories, Components, Sboms, SbomList],
})
export class InventoryModule {}
