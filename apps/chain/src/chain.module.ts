import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { AuditModule } from './audit/audit.module.ts';
import { EdgesModule } from './edges/edges.module.ts';
import { FactsModule } from './facts/facts.module.ts';

@Module({ imports: [MessagingModule.forService('chain'), FactsModule, EdgesModule, AuditModule] })
export class ChainModule {}
