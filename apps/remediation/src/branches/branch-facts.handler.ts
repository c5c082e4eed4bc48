import { Controller } from '@nestjs/common';
import { ChangeAbandoned, ChangeMerged, ChangeProposed, ChangePushed, FindingsEvaluated } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { PresentFindings } from '../proposals/present-findings.ts';
import { FixProgress } from './fix-progress.ts';
import { FixRows } from './fix-rows.ts';
import { LineFindings } from './line-findings.ts';
import { branchIn, isOwnRef } from './own-branch.ts';
import { judgementOf } from './verification.ts';

/** What is told about branches of ours, and about the lines that they are for. */
@Controller()
export class BranchFactsHandler {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox,
    private readonly findings: PresentFindings,
    private readonly fixes: FixRows,
    private readonly progress: FixProgress,
    private readonly lines: LineFindings,
  ) {}

  @OnEvent(FindingsEvaluated, { when: ({ subject, finds }) => !subject.baseline && finds.includes('vulnerability') })
  async evaluated(fact: FindingsEvaluated): Promise<void> {
    // The findings may be many: they are read only for somebody who needs them.
    if (!this.lines.keeps(fact) && !(await this.isOfFix(fact))) return;
    const present = (await this.findings.of(fact)).map(({ id }) => id);
    await this.inbox.once(fact, async (tx) => {
      // By its head: the change request of a branch may be scanned under another ref.
      await this.judge(tx, fact, present);
      await this.lines.keep(tx, fact, present);
    });
  }

  /** Somebody else's commit on a branch of ours was approved by nobody. */
  @OnEvent(ChangePushed, { when: ({ ref }) => isOwnRef(ref) })
  async pushed(fact: ChangePushed): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      const branch = branchIn(fact.ref);
      for (const fix of await this.fixes.openOfBranch(tx, fact.repository, branch)) {
        const ours = fix.head === null || (await this.fixes.heads(tx, fix.proposal)).includes(fact.after);
        if (!ours) await this.progress.end(tx, fix, 'outdated', 'somebody else pushed to the branch: the approval was not for that');
      }
    });
  }

  @OnEvent(ChangeMerged)
  async merged(fact: ChangeMerged): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      for (const fix of await this.fixes.ofNumber(tx, fact, ['open', 'outdated', 'closed']))
        await this.fixes.change(tx, fix.id, { state: 'merged' });
    });
  }

  /** Somebody does not want it, or the branch is gone: it is not asked for again by itself. */
  @OnEvent(ChangeAbandoned)
  async abandoned(fact: ChangeAbandoned): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      const reason = `its change request was closed without a merge by ${fact.closedBy || 'somebody'}`;
      for (const fix of await this.fixes.ofNumber(tx, fact, ['open'])) await this.progress.closed(tx, fix, reason);
    });
  }

  @OnEvent(ChangeProposed, { when: ({ headRef }) => isOwnRef(headRef) })
  async reopened(fact: ChangeProposed): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      for (const fix of await this.fixes.ofNumber(tx, fact, ['closed'])) {
        const latest = await this.fixes.latest(tx, fix.proposal);
        if (latest?.id === fix.id && fix.head === fact.head) await this.progress.reopened(tx, fix);
      }
    });
  }

  private isOfFix({ subject }: FindingsEvaluated): Promise<boolean> {
    return this.database.transaction((tx) => this.fixes.hasHead(tx, subject.repository, subject.commit));
  }

  private async judge(tx: Tx, fact: FindingsEvaluated, present: readonly string[]): Promise<void> {
    for (const fix of await this.fixes.ofHead(tx, fact.subject.repository, fact.subject.commit)) {
      const judgement = judgementOf(fix, fact, present);
      if (judgement) await this.progress.judged(tx, fix, judgement, fact);
    }
  }
}
