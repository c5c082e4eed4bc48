import { Module } from '@nestjs/common';
import { SourceDirectory } from './source-directory.ts';
import { SourcesController } from './sources.controller.ts';
import { Sources } from './sources.ts';

@Module({
  controllers: [SourcesController],
  providers: [Sources, SourceDirectory],
  exports: [Sources, SourceDirectory],
})
export class SourcesModule {}
