import { Controller } from '@nestjs/common';
import { DecisionMade, envelopeOf } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Alerts } from './alerts.ts';
import { Judgements } from './judgements.ts';
import { lineOf } from './line-of-work.ts';
import { UndecidedGrace } from './undecided-grace.ts';

/** Only a decision opens an alert or ends one. */
@Controller()
export class DecisionsHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly judgements: Judgements,
    private readonly alerts: Alerts,
    private readonly grace: UndecidedGrace,
  ) {}

  @OnEvent(DecisionMade)
  async decided(fact: DecisionMade): Promise<void> {
    await this.inbox.once(fact, async (tx) => {
      if (!(await this.judgements.keep(tx, fact))) return;
      if (fact.result === 'undecided') await this.grace.begin(tx, fact);
      await this.alerts.review(tx, { ...lineOf(fact.subject), commit: fact.subject.commit }, envelopeOf(fact));
    });
  }
}
