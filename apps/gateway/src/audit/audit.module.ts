import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { ProxyModule } from '../proxy/proxy.module.ts';
import { AuditLog } from './audit-log.ts';
import { AuditedRequests } from './audited-requests.ts';

/** Who did what. */
@Module({ imports: [AccessModule, ProxyModule], providers: [AuditLog, AuditedRequests], exports: [AuditLog] })
export class AuditModule {}
