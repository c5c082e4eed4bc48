import { Injectable } from '@nestjs/common';
import { keys, type WaiverEnded, type WaiverGranted } from '@throughline/contracts';
import type { Tx } from '@throughline/service';
import type { AlertMessage } from '../channels/message.ts';
import { NotifierConfig } from '../config.ts';
import { Conversations } from '../deliveries/conversations.ts';
import { Directory, type ApplicationEntry } from '../directory/directory.ts';
import type { RoutedAlert } from '../routes/routed-alert.ts';
import { Routes } from '../routes/routes.ts';
import { endedMessage, endingMessage, type EndKnowledge } from './exception-message.ts';

/** Tells of the end of an exception to the channels that its routes name. */
@Injectable()
export class ExceptionTeller {
  constructor(
    private readonly directory: Directory,
    private readonly routes: Routes,
    private readonly conversations: Conversations,
    private readonly config: NotifierConfig,
  ) {}

  async ending(tx: Tx, granted: WaiverGranted, revision: number): Promise<void> {
    const application = await this.directory.application(tx, granted.application);
    await this.tell(tx, granted, application, endingMessage({ granted, revision, application, publicUrl: this.config.linkBase }));
  }

  async ended(tx: Tx, ended: WaiverEnded, known: EndKnowledge): Promise<void> {
    const application = await this.directory.application(tx, ended.application);
    await this.tell(tx, ended, application, endedMessage({ ended, ...known, application, publicUrl: this.config.linkBase }));
  }

  /** A conversation of its own each: an edited message would tell nobody that the end has come. */
  private async tell(
    tx: Tx,
    { waiver, repository = '' }: Pick<WaiverGranted, 'waiver' | 'repository'>,
    application: ApplicationEntry,
    message: AlertMessage,
  ): Promise<void> {
    const telling = { about: message.alert, message, application: application.name, repository, commit: '', causes: [keys.waiver(waiver)] };
    for (const channel of await this.routes.channelsFor(tx, routedOf(message, application, repository), [])) {
      await this.conversations.tell(tx, telling, channel, this.config.settleSeconds * 1000);
    }
  }
}

/** Routes know it by its line: no branch is called so. */
function routedOf(message: AlertMessage, application: ApplicationEntry, repository: string): RoutedAlert {
  const { alert: id, subject: title, state, priority, severity } = message;
  const { name, team = '', tier = '', exposure = '', owners } = application;
  return {
    ...{ id, title, state, priority, severity, application: name, team, tier, exposure, owners },
    ...{ repository, line: 'exception', gates: [], findings: 0 },
  };
}
