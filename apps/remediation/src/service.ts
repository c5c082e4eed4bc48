import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { RemediationConfig } from './config.ts';
import { branchesMigrations } from './branches/migrations.ts';
import { proposalsMigrations } from './proposals/migrations.ts';
import { RemediationModule } from './remediation.module.ts';

/** Proposals that end findings, with the exact edit, and the branches that carry them out. */
export default {
  name: 'remediation',
  config: RemediationConfig,
  module: RemediationModule,
  migrations: [...messagingMigrations, ...proposalsMigrations, ...branchesMigrations],
} satisfies ServiceDefinition<RemediationConfig>;
