import { Controller } from '@nestjs/common';
import { WaiverEnded, WaiverGranted } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { WaiverShadows } from './waiver-shadows.ts';

@Controller()
export class WaiversHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly shadows: WaiverShadows,
  ) {}

  @OnEvent(WaiverGranted)
  async granted(fact: WaiverGranted): Promise<void> {
    await this.inbox.once(fact, (tx) => this.shadows.granted(tx, fact));
  }

  @OnEvent(WaiverEnded)
  async ended(fact: WaiverEnded): Promise<void> {
    await this.inbox.once(fact, (tx) => this.shadows.ended(tx, fact));
  }
}
