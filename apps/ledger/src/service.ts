import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { advisoriesMigrations } from './advisories/migrations.ts';
import { LedgerConfig } from './config.ts';
import { deadlinesMigrations } from './deadlines/migrations.ts';
import { systemMigrations } from './advisories/system-migrations.ts';
import { findingsMigrations } from './findings/migrations.ts';
import { inventoryMigrations } from './inventory/migrations.ts';
import { LedgerModule } from './ledger.module.ts';
import { ownersMigrations } from './owners/migrations.ts';
import { vexMigrations } from './vex/migrations.ts';
import { waiversMigrations } from './waivers/migrations.ts';

/** Advisory files are sent whole, compressed. */
const largestBody = 26 * 1024 * 1024;

/** What exists and what is wrong with it. */
export default {
  name: 'ledger',
  config: LedgerConfig,
  module: LedgerModule,
  migrations: [
    ...messagingMigrations,
    ...inventoryMigrations,
    ...advisoriesMigrations,
    ...findingsMigrations,
    ...ownersMigrations,
    ...waiversMigrations,
    ...vexMigrations,
    ...deadlinesMigrations,
    ...systemMigrations,
  ],
  bodyLimit: largestBody,
} satisfies ServiceDefinition<LedgerConfig>;
