import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { applicationsMigrations } from './applications/migrations.ts';
import { bundlesMigrations } from './bundles/migrations.ts';
import { PolicyEngineConfig } from './config.ts';
import { changesMigrations } from './changes/migrations.ts';
import { decisionsMigrations } from './decisions/migrations.ts';
import { factsMigrations } from './facts/migrations.ts';
import { gateMigrations } from './gate/migrations.ts';
import { policiesMigrations } from './policies/migrations.ts';
import { replayMigrations } from './replay/migrations.ts';
import { waiversMigrations } from './waivers/migrations.ts';
import { PolicyEngineModule } from './policy-engine.module.ts';

/** Facts in, decisions out, explained and kept with their inputs. */
export default {
  name: 'policy-engine',
  config: PolicyEngineConfig,
  module: PolicyEngineModule,
  migrations: [
    ...messagingMigrations,
    ...factsMigrations,
    ...policiesMigrations,
    ...applicationsMigrations,
    ...decisionsMigrations,
    ...gateMigrations,
    ...bundlesMigrations,
    ...replayMigrations,
    ...changesMigrations,
    ...waiversMigrations,
  ],
  // A whole bundle.
  bodyLimit: 16 * 1024 * 1024,
} satisfies ServiceDefinition<PolicyEngineConfig>;
