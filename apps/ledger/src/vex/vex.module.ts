import { Module } from '@nestjs/common';
import { FindingVexes } from './finding-vex.ts';
import { VexAuthors } from './vex-authors.ts';
import { VexExports } from './vex-exports.ts';
import { VexKeys } from './vex-keys.ts';
import { VexController } from './vex.controller.ts';
import { VexDocuments } from './vex-documents.ts';
import { VexRows } from './vex-rows.ts';
import { VexTriages } from './vex-triages.ts';
import { VexWorker } from './vex.worker.ts';

@Module({
  controllers: [VexController],
  providers: [FindingVexes, VexAuthors, VexDocuments, VexExports, VexKeys, VexRows, VexTriages, VexWorker],
  exports: [VexExports, VexTriages],
})
export class VexModule {}
