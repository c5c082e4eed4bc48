import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { IdempotencyModule } from '../proxy/idempotency.module.ts';
import { LinkCodes } from './link-codes.ts';
import { LinkedAccounts } from './linked-accounts.ts';
import { LinkedAccountsController } from './linked-accounts.controller.ts';
import { Links } from './links.ts';

/** Accounts at source-code hosts, and whose they are. */
@Module({
  imports: [AccessModule, AuditModule, IdempotencyModule],
  controllers: [LinkedAccountsController],
  providers: [LinkedAccounts, LinkCodes, Links],
  exports: [Links],
})
export class LinksModule {}
