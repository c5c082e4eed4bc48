import { Module } from '@nestjs/common';
import { RepositoriesModule } from '../repositories/repositories.module.ts';
import { SourcesModule } from '../sources/sources.module.ts';
import { ConnectedOrganisations } from './connected-organisations.ts';
import { FirstLooks } from './first-looks.ts';
import { Joining } from './joining.ts';
import { OrganisationsController } from './organisations.controller.ts';
import { Organisations } from './organisations.ts';

@Module({
  imports: [SourcesModule, RepositoriesModule],
  controllers: [OrganisationsController],
  providers: [Organisations, Joining, ConnectedOrganisations, FirstLooks],
  exports: [ConnectedOrganisations],
})
export class OrganisationsModule {}
