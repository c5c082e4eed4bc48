import { Controller } from '@nestjs/common';
import { ChangeProposed, ChangePushed, FixProposed } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Alerts } from './alerts.ts';
import { Changes } from './changes.ts';
import { Fixes } from './fixes.ts';

/** What is kept to tell an alert from, and enriches one that is open. */
@Controller()
export class AlertsHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly changes: Changes,
    private readonly fixes: Fixes,
    private readonly alerts: Alerts,
  ) {}

  @OnEvent(ChangePushed, { batch: 100, acrossTraces: true })
  async pushed(facts: readonly ChangePushed[]): Promise<void> {
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      for (const fact of fresh) await this.changes.keepPush(tx, fact);
    });
  }

  @OnEvent(ChangeProposed, { batch: 100, acrossTraces: true })
  async proposed(facts: readonly ChangeProposed[]): Promise<void> {
    await this.inbox.onceAll(facts, async (fresh, tx) => {
      for (const fact of fresh) await this.changes.keepProposal(tx, fact);
    });
  }

  @OnEvent(FixProposed)
  async fixProposed(fact: FixProposed): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      await this.fixes.keep(tx, fact);
      await this.alerts.enrich(tx, fact.repository, fact.commit);
    });
  }
}
