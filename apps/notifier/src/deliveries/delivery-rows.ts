import { Injectable } from '@nestjs/common';
import { rows, type Tx } from '@throughline/service';
import type { Outcome } from './outcome.ts';

/** A message that is about to be sent, with what its conversation knows. */
export interface DueDelivery {
  readonly id: string;
  readonly conversation: string;
  readonly channel: string;
  readonly message: string;
  readonly summary: string;
  readonly causes: readonly string[];
  readonly repository: string;
  readonly commit: string;
  /** Counts this attempt. */
  readonly attempts: number;
  readonly queuedAt: Date;
  readonly attemptAt: Date;
  readonly uncertainSince: Date | null;
  /** Receipt of the message before, and how many there were. */
  readonly earlier: string | null;
  readonly sent: number;
}

/** A conversation that has nothing to send now. */
export type NotDue = { readonly nextAt?: Date };

const claimSeconds = 60;

const claim = `
  update conversations set claimed_by = $2, claimed_until = clock_timestamp() + make_interval(secs => ${claimSeconds})
  where id = $1 and (claimed_by is null or claimed_by = $2 or claimed_until < clock_timestamp())
  returning repository, receipt as earlier, sent`;

const first = `
  select id, next_at as "nextAt", next_at <= clock_timestamp() as due from deliveries
  where conversation = $1 and state in ('queued', 'sending', 'retrying') order by position limit 1`;

/** A row that is still `sending` was left behind by a sender that did not come back: its message may have arrived. */
const begin = `
  update deliveries set state = 'sending', attempts = attempts + 1, attempt_at = clock_timestamp(),
    uncertain_since = case when state = 'sending' then coalesce(uncertain_since, attempt_at) else uncertain_since end
  where id = $1
  returning id, conversation, channel, message, summary, causes, commit, attempts,
    queued_at as "queuedAt", attempt_at as "attemptAt", uncertain_since as "uncertainSince"`;

/** The rows of deliveries as the sender sees them: of a conversation only the oldest open one, and one sender at a time. */
@Injectable()
export class DeliveryRows {
  /** Notes that an attempt begins, before anything leaves: after a crash we know that we do not know. */
  async begin(tx: Tx, conversation: string, sender: string): Promise<DueDelivery | NotDue> {
    const [claimed] = await rows<{ repository: string; earlier: string | null; sent: number }>(tx, claim, [conversation, sender]);
    if (!claimed) return {};
    const [next] = await rows<{ id: string; nextAt: Date; due: boolean }>(tx, first, [conversation]);
    if (!next?.due) {
      await this.unclaim(tx, conversation, sender);
      return next ? { nextAt: next.nextAt } : {};
    }
    const [delivery] = await rows<Omit<DueDelivery, 'repository' | 'earlier' | 'sent'>>(tx, begin, [next.id]);
    return { ...delivery!, ...claimed };
  }

  /** Notes how the attempt ended; false when another sender has taken over, whose result counts. */
  async end(tx: Tx, delivery: DueDelivery, sender: string, ended: { outcome: Outcome; payload?: string }): Promise<boolean> {
    const { outcome } = ended;
    const receipt = 'receipt' in outcome ? outcome.receipt.id : null;
    const ours = await this.unclaim(tx, delivery.conversation, sender, receipt);
    if (!ours) return false;
    const reason = 'reason' in outcome ? outcome.reason.slice(0, 500) : undefined;
    await rows(
      tx,
      `update deliveries set state = $2, receipt = coalesce($3, receipt), payload = coalesce($4, payload),
         history = (history::jsonb || $5::jsonb)::text,
         next_at = clock_timestamp() + make_interval(secs => $6),
         sent_at = case when $2 in ('delivered', 'kept') then clock_timestamp() end,
         uncertain_since = case when $7 then coalesce(uncertain_since, attempt_at) else uncertain_since end
       where id = $1`,
      [
        delivery.id,
        outcome.state,
        receipt,
        ended.payload ?? null,
        JSON.stringify([
          { at: delivery.attemptAt.toISOString(), outcome: outcome.state, ...(reason && { detail: reason.replaceAll('\0', '') }) },
        ]),
        outcome.state === 'retrying' ? outcome.afterMs / 1000 : 0,
        outcome.state === 'retrying' && outcome.uncertain,
      ],
    );
    return true;
  }

  /** When the conversation has something to send next; undefined when nothing waits. */
  async nextAt(tx: Tx, conversation: string): Promise<Date | undefined> {
    const [next] = await rows<{ nextAt: Date }>(tx, first, [conversation]);
    return next?.nextAt;
  }

  private async unclaim(tx: Tx, conversation: string, sender: string, receipt: string | null = null): Promise<boolean> {
    const released = await rows(
      tx,
      `update conversations set claimed_by = null, claimed_until = null, receipt = coalesce($3, receipt),
         sent = sent + case when $3::text is null then 0 else 1 end
       where id = $1 and claimed_by = $2 returning id`,
      [conversation, sender, receipt],
    );
    return released.length > 0;
  }
}
