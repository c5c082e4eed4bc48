import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { ProposalsModule } from './proposals/proposals.module.ts';

@Module({ imports: [MessagingModule.forService('remediation'), ProposalsModule] })
export class RemediationModule {}
