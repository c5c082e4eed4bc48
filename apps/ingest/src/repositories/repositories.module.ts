import { Module } from '@nestjs/common';
import { SourcesModule } from '../sources/sources.module.ts';
import { ApplicationChangedHandler } from './application-changed.handler.ts';
import { CloneAddresses } from './clone-addresses.ts';
import { FileRoots } from './file-roots.ts';
import { RepositoriesController } from './repositories.controller.ts';
import { Repositories } from './repositories.ts';
import { RepositoryRegister } from './repository-register.ts';
import { Scans } from './scans.ts';

@Module({
  imports: [SourcesModule],
  controllers: [RepositoriesController, ApplicationChangedHandler],
  providers: [Repositories, RepositoryRegister, CloneAddresses, FileRoots, Scans],
  exports: [Repositories, RepositoryRegister, CloneAddresses],
})
export class RepositoriesModule {}
