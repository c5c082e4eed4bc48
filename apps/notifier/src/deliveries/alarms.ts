import { Injectable } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import type { Message } from '../channels/message.ts';

/** What an alarm rings for. */
export interface Alarm {
  readonly conversation: string;
}

type MessageKind = Message['kind'];

/** A kind of work each, so that a commit status never waits behind a slow chat. */
const workKinds: Readonly<Record<MessageKind, string>> = {
  alert: 'deliver alert',
  status: 'deliver status',
  comment: 'deliver comment',
};

/** Says when a conversation is to be looked at. An alarm too many does no harm: the rows of deliveries say what is due. */
@Injectable()
export class Alarms {
  constructor(private readonly work: WorkQueue) {}

  /** Rings after the commit, or at a time. */
  async set(tx: Tx, kind: MessageKind, conversation: string, at?: Date): Promise<void> {
    await this.work.add(tx, {
      kind: workKinds[kind],
      payload: { conversation } satisfies Alarm,
      priority: kind === 'alert' ? 'normal' : 'interactive',
      ...(at && { runAfter: at, dedupe: `${conversation} ${at.toISOString()}` }),
    });
  }

  onRing(ring: (lease: Lease<Alarm>, kind: MessageKind) => Promise<void>): void {
    for (const kind of Object.keys(workKinds) as MessageKind[]) {
      this.work.handle<Alarm>(workKinds[kind], { concurrency: 4, leaseSeconds: 60, maxAttempts: 1000 }, (lease) => ring(lease, kind));
    }
  }
}
