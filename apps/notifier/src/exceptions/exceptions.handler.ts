import { Controller } from '@nestjs/common';
import { envelopeOf, WaiverEnded, WaiverGranted } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { Exceptions } from './exceptions.ts';

@Controller()
export class ExceptionsHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly exceptions: Exceptions,
  ) {}

  @OnEvent(WaiverGranted)
  async granted(fact: WaiverGranted): Promise<void> {
    await this.inbox.once(fact, (tx) => this.exceptions.keep(tx, fact, envelopeOf(fact).sequence ?? 0));
  }

  @OnEvent(WaiverEnded)
  async ended(fact: WaiverEnded): Promise<void> {
    await this.inbox.once(fact, (tx) => this.exceptions.end(tx, fact, envelopeOf(fact).sequence ?? 0));
  }
}
