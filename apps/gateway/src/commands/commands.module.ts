import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { LinksModule } from '../links/links.module.ts';
import { IdempotencyModule } from '../proxy/idempotency.module.ts';
import { ProxyModule } from '../proxy/proxy.module.ts';
import { Commands } from './commands.ts';
import { CommandsController } from './commands.controller.ts';
import { PersonCalls } from './person-calls.ts';
import { SignedWire } from './signed-wire.ts';

/** What people ask for below change requests. */
@Module({
  imports: [AccessModule, AuditModule, IdempotencyModule, LinksModule, ProxyModule],
  controllers: [CommandsController],
  providers: [Commands, PersonCalls, SignedWire],
})
export class CommandsModule {}
