import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.ts';
import { AuditEntries } from './audit-entries.ts';
import { AuditRecordedHandler } from './audit-recorded.handler.ts';

/** The log of who did what. */
@Module({ controllers: [AuditController, AuditRecordedHandler], providers: [AuditEntries] })
export class AuditModule {}
