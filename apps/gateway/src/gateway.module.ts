import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { AuditModule } from './audit/audit.module.ts';
import { AccessModule } from './access/access.module.ts';
import { CommandsModule } from './commands/commands.module.ts';
import { DemoModule } from './demo/demo.module.ts';
import { LinksModule } from './links/links.module.ts';
import { OperationsModule } from './operations/operations.module.ts';
import { ProxyModule } from './proxy/proxy.module.ts';
import { SiteModule } from './site/site.module.ts';
import { StreamModule } from './stream/stream.module.ts';

/** The one public door: who calls, where to, and what happens meanwhile. */
@Module({
  imports: [
    MessagingModule.forService('gateway'),
    ...[AccessModule, ProxyModule, StreamModule, OperationsModule, DemoModule, SiteModule, AuditModule],
    ...[LinksModule, CommandsModule],
  ],
})
export class GatewayModule {}
