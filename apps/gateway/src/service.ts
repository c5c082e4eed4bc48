import { messagingMigrations } from '@throughline/messaging';
import type { ServiceDefinition } from '@throughline/service';
import { accessMigrations } from './access/migrations.ts';
import { CallerOfRequest } from './access/caller-of-request.ts';
import { auditMigrations } from './audit/migrations.ts';
import { ciMigrations } from './ci/migrations.ts';
import { GatewayConfig } from './config.ts';
import { GatewayModule } from './gateway.module.ts';
import { linksMigrations } from './links/migrations.ts';
import { proxyMigrations } from './proxy/migrations.ts';
import { streamMigrations } from './stream/migrations.ts';

export default {
  name: 'gateway',
  config: GatewayConfig,
  module: GatewayModule,
  migrations: [
    ...messagingMigrations,
    ...accessMigrations,
    ...ciMigrations,
    ...proxyMigrations,
    ...streamMigrations,
    ...auditMigrations,
    ...linksMigrations,
  ],
  authenticator: CallerOfRequest,
  publicDoor: true,
} satisfies ServiceDefinition<GatewayConfig>;
