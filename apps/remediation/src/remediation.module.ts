import { Module } from '@nestjs/common';
import { MessagingModule } from '@throughline/messaging';
import { BranchesModule } from './branches/branches.module.ts';
import { ProposalsModule } from './proposals/proposals.module.ts';

@Module({ imports: [MessagingModule.forService('remediation'), ProposalsModule, BranchesModule] })
export class RemediationModule {}
