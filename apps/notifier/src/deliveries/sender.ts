import { Injectable, type OnModuleInit } from '@nestjs/common';
import { chainIdOf, DeliveryFailed, DeliverySucceeded, make, type NewFact } from '@throughline/contracts';
import { Outbox, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { Alarms, type Alarm } from './alarms.ts';
import { Courier } from './courier.ts';
import { DeliveryRows, type DueDelivery } from './delivery-rows.ts';
import type { Outcome } from './outcome.ts';
import type { Message } from '../channels/message.ts';

/** Sends what is due, the messages of a conversation one after the other. */
@Injectable()
export class Sender implements OnModuleInit {
  constructor(
    private readonly alarms: Alarms,
    private readonly database: Database,
    private readonly deliveries: DeliveryRows,
    private readonly courier: Courier,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.alarms.onRing((lease, kind) => this.ring(lease, kind));
  }

  private async ring(lease: Lease<Alarm>, kind: Message['kind']): Promise<void> {
    const { conversation } = lease.payload;
    const due = await this.database.transaction((tx) => this.deliveries.begin(tx, conversation, lease.id));
    if (!('id' in due)) {
      if (due.nextAt) await this.database.transaction((tx) => this.ringAgain(lease, tx, kind, due.nextAt));
      return;
    }
    const carried = await this.courier.carry(due);
    await this.database.transaction(async (tx) => {
      const counts = await this.deliveries.end(tx, due, lease.id, carried);
      if (counts && carried.outcome.state !== 'retrying') await this.outbox.add(tx, reportOf(due, carried.outcome, carried.kind));
      await this.ringAgain(lease, tx, kind, counts ? await this.deliveries.nextAt(tx, conversation) : undefined);
    });
  }

  /** The present alarm goes first: a later one may bear its name. */
  private async ringAgain(lease: Lease<Alarm>, tx: Tx, kind: Message['kind'], at: Date | undefined): Promise<void> {
    await lease.complete(tx);
    if (at) await this.alarms.set(tx, kind, lease.payload.conversation, at);
  }
}

function reportOf(delivery: DueDelivery, outcome: Exclude<Outcome, { state: 'retrying' }>, channel: string): NewFact {
  const { id, repository, commit, summary, attempts } = delivery;
  const told = { delivery: id, channel, repository, summary, attempts, causes: [...delivery.causes] };
  const fact =
    outcome.state === 'dead'
      ? make(DeliveryFailed, { ...told, reason: outcome.reason.slice(0, 500) })
      : make(DeliverySucceeded, { ...told, receipt: outcome.receipt.id.slice(0, 300) });
  return { fact, deliveryKey: `${id} ${attempts}`, ...(commit !== '' && { correlationid: chainIdOf(repository, commit) }) };
}
