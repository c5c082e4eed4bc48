import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { CredentialsModule } from './credentials/credentials.module.ts';
import { DeliveriesModule } from './deliveries/deliveries.module.ts';
import { DemoModule } from './demo/demo.module.ts';
import { HooksModule } from './hooks/hooks.module.ts';
import { OrganisationsModule } from './organisations/organisations.module.ts';
import { ProtectionsModule } from './protections/protections.module.ts';
import { ReachModule } from './reach/reach.module.ts';
import { ReconciliationModule } from './reconciliation/reconciliation.module.ts';
import { RemovalModule } from './removal/removal.module.ts';
import { RepositoriesModule } from './repositories/repositories.module.ts';
import { SourceAppsModule } from './source-apps/source-apps.module.ts';
import { SourcesModule } from './sources/sources.module.ts';

@Module({
  imports: [
    MessagingModule.forService('ingest'),
    SourcesModule,
    SourceAppsModule,
    RepositoriesModule,
    DeliveriesModule,
    CredentialsModule,
    ReconciliationModule,
    HooksModule,
    ProtectionsModule,
    OrganisationsModule,
    ReachModule,
    RemovalModule,
    DemoModule,
  ],
})
export class IngestModule {}
