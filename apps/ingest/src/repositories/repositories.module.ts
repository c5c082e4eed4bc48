import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { SourcesModule } from '../sources/sources.module.ts';
import { ApplicationChangedHandler } from './application-changed.handler.ts';
import { CloneAddresses } from './clone-addresses.ts';
import { DefaultBranches } from './default-branches.ts';
import { FileRoots } from './file-roots.ts';
import { Heads } from './heads.ts';
import { RemoteRepositories } from './remote-repositories.ts';
import { Renames } from './renames.ts';
import { RepositoriesController } from './repositories.controller.ts';
import { Repositories } from './repositories.ts';
import { RepositoryIdentitiesController } from './repository-identities.controller.ts';
import { RepositoryIdentities } from './repository-identities.ts';
import { RepositoryRegister } from './repository-register.ts';
import { RepositoryMoves } from './repository-moves.ts';
import { RepositoryRemoval } from './repository-removal.ts';
import { Scans } from './scans.ts';

@Module({
  imports: [SourcesModule, OutboundModule],
  controllers: [RepositoriesController, RepositoryIdentitiesController, ApplicationChangedHandler],
  providers: [
    Repositories,
    RepositoryIdentities,
    RepositoryRegister,
    RepositoryMoves,
    RepositoryRemoval,
    CloneAddresses,
    DefaultBranches,
    FileRoots,
    Heads,
    RemoteRepositories,
    Renames,
    Scans,
  ],
  exports: [Repositories, RepositoryRegister, RepositoryRemoval, CloneAddresses, DefaultBranches, Heads, RemoteRepositories, Renames],
})
export class RepositoriesModule {}
