import { Module } from '@nestjs/common';
import { OutboundModule } from '@throughline/service';
import { ProposalsModule } from '../proposals/proposals.module.ts';
import { ActionSwitch } from './action-switch.ts';
import { ApprovalRules } from './approval-rules.ts';
import { Approvals } from './approvals.ts';
import { BranchFactsHandler } from './branch-facts.handler.ts';
import { FixFacts } from './fix-facts.ts';
import { FixFollowUp } from './fix-follow-up.ts';
import { FixOrders } from './fix-orders.ts';
import { FixProgress } from './fix-progress.ts';
import { FixPusher } from './fix-pusher.ts';
import { FixRetention } from './fix-retention.ts';
import { FixRows } from './fix-rows.ts';
import { FixSettingsOf } from './fix-settings.ts';
import { FixUndoing } from './fix-undoing.ts';
import { FixesController } from './fixes.controller.ts';
import { LineFindings } from './line-findings.ts';
import { RepositoryAccess } from './repository-access.ts';

@Module({
  imports: [OutboundModule, ProposalsModule],
  controllers: [FixesController, BranchFactsHandler],
  providers: [
    ActionSwitch,
    ApprovalRules,
    Approvals,
    FixFacts,
    FixFollowUp,
    FixOrders,
    FixProgress,
    FixRetention,
    FixPusher,
    FixRows,
    FixSettingsOf,
    FixUndoing,
    LineFindings,
    RepositoryAccess,
  ],
})
export class BranchesModule {}
