import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { IngestConfig } from './config.ts';
import { deliveriesMigrations, pushOrderMigrations } from './deliveries/migrations.ts';
import { hooksMigrations } from './hooks/migrations.ts';
import { IngestModule } from './ingest.module.ts';
import { protectionsMigrations } from './protections/migrations.ts';
import { reachMigrations } from './reach/migrations.ts';
import { reconciliationMigrations } from './reconciliation/migrations.ts';
import { defaultBranchMigrations, repositoriesMigrations } from './repositories/migrations.ts';
import { retentionMigrations } from './retention/migrations.ts';
import { sourcesMigrations } from './sources/migrations.ts';

/** GitHub sends at most 25 MB. */
const largestBody = 25_999_999;

/** Foreign signals in, facts out. */
export default {
  name: 'ingest',
  config: IngestConfig,
  module: IngestModule,
  migrations: [
    ...messagingMigrations,
    ...sourcesMigrations,
    ...repositoriesMigrations,
    ...deliveriesMigrations,
    ...reconciliationMigrations,
    ...pushOrderMigrations,
    ...retentionMigrations,
    ...defaultBranchMigrations,
    ...hooksMigrations,
    ...protectionsMigrations,
    ...reachMigrations,
  ],
  bodyLimit: largestBody,
} satisfies ServiceDefinition<IngestConfig>;
