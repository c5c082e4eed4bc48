import { Injectable } from '@nestjs/common';
import { keys } from '@throughline/contracts';
import type { Tx } from '@throughline/service';
import type { AlertMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { routedAlertOf } from '../routes/routed-alert.ts';
import { Routes } from '../routes/routes.ts';
import { AlertKnowledge } from './alert-knowledge.ts';
import { alertMessage } from './alert-message.ts';
import { AlertRows, type AlertRow } from './alert-rows.ts';
import { foreignStatusKind, foreignStatusMessage } from './foreign-status-alert.ts';
import { gateBypassKind, gateBypassMessage } from './gate-bypass-alert.ts';
import { heldRecordKind, heldRecordMessage } from './held-record-alert.ts';
import type { AlertStory } from './story.ts';

/** Tells an alert to the channels that its routes name. */
@Injectable()
export class AlertTeller {
  constructor(
    private readonly knowledge: AlertKnowledge,
    private readonly alerts: AlertRows,
    private readonly routes: Routes,
    private readonly conversations: Conversations,
    private readonly config: NotifierConfig,
  ) {}

  async tell(tx: Tx, alert: AlertRow): Promise<void> {
    const story = await this.knowledge.storyOf(tx, alert);
    const message = await this.messageOf(tx, alert, story);
    const routed = routedAlertOf(story);
    const { id, application, repository, commit } = alert;
    const about = `alert:${id}`;
    const [told] = await Promise.all([this.conversations.channelsOf(tx, about), this.alerts.keepMessage(tx, id, message, routed)]);
    const telling = { about, message, application, alert: id, repository, commit, causes: [keys.alert(id)] };
    for (const channel of await this.routes.channelsFor(tx, routed, told)) {
      await this.conversations.tell(tx, telling, channel, this.config.settleSeconds * 1000);
    }
  }

  private async messageOf(tx: Tx, alert: AlertRow, story: AlertStory): Promise<AlertMessage> {
    if (alert.kind === heldRecordKind) return heldRecordMessage(story, await this.knowledge.heldBy(tx, alert.line));
    if (alert.kind === foreignStatusKind) return foreignStatusMessage(story, await this.knowledge.foreignStatuses(tx, alert.repository));
    if (alert.kind === gateBypassKind) return gateBypassMessage(story, await this.knowledge.unpassedMerges(tx, alert.id));
    return alertMessage(story);
  }
}
