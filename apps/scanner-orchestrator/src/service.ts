import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { ScannerOrchestratorConfig } from './config.ts';
import { reportsMigrations } from './reports/migrations.ts';
import { runsMigrations } from './runs/migrations.ts';
import { suppressionsMigrations } from './suppressions/migrations.ts';
import { ScannerOrchestratorModule } from './scanner-orchestrator.module.ts';

/** Which evidence a subject needs, who makes it, and what they said. */
export default {
  name: 'scanner-orchestrator',
  config: ScannerOrchestratorConfig,
  module: ScannerOrchestratorModule,
  migrations: [...messagingMigrations, ...runsMigrations, ...reportsMigrations, ...suppressionsMigrations],
} satisfies ServiceDefinition<ScannerOrchestratorConfig>;
