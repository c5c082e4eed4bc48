import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.ts';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { SourceRemovalController } from './source-removal.controller.ts';
import { SourceRemoval } from './source-removal.ts';

@Module({
  imports: [SourcesModule, RepositoriesModule, DeliveriesModule],
  controllers: [SourceRemovalController],
  providers: [SourceRemoval],
  exports: [SourceRemoval],
})
export class RemovalModule {}
