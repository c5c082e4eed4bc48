import type {
  ChangeAbandoned,
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  ChangeReviewed,
  CommandAnswered,
  StatusPosted,
  WebhookDeliveryStatus,
  WebhookReceipt,
} from '@throughline/contracts';
import type { Arrival, RepositoryAddress, ToldReach } from '@throughline/scm';
import type { KnownSource } from '../sources/known-source.ts';

/** An instance of a fact that a source-code host may tell. */
export type ToldFact = ChangePushed | ChangeProposed | ChangeReviewed | ChangeMerged | ChangeAbandoned | StatusPosted | CommandAnswered;

/** What a verified delivery means. */
export interface Outcome {
  readonly status: WebhookDeliveryStatus;
  readonly reason?: string;
  /** The repository it is about, when the source may speak about it. */
  readonly repository?: RepositoryAddress;
  readonly facts: readonly ToldFact[];
  /** When it happened by the provider's clock, where it tells. */
  readonly saidAt?: Date;
  /** It gives commands: who gave them, and what they may, is found out before they have an effect. */
  readonly commands?: true;
  /** What the App of the source may see has changed: the host is asked. */
  readonly reach?: ToldReach;
}

/** How a delivery was closed, as it was read or as it is kept; without a status when it is kept no longer. */
interface Closed {
  readonly status: WebhookDeliveryStatus | null;
  readonly reason?: string | null;
}

/** What its sender is told. An accepted delivery may have a reason, too: that is a remark, and nothing was ignored. */
export function receiptOf(deliveryId: string, facts: number, { status, reason }: Closed): WebhookReceipt {
  const ignored = status === 'accepted' ? undefined : (reason ?? undefined);
  return { deliveryId, facts, ...(ignored === undefined ? {} : { ignored }) };
}

/** The sealed body: in the row when it is small, else as a blob. */
export interface SealedBody {
  readonly inline?: Buffer;
  /** `sha256:…` */
  readonly blob?: string;
  /** Before sealing. */
  readonly bytes: number;
}

/** A verified and translated delivery on its way into the database. */
export interface Candidate {
  /** UUIDv7 of `receivedAt`. */
  readonly id: string;
  readonly receivedAt: Date;
  readonly source: KnownSource;
  readonly secretId: string;
  readonly arrival: Arrival;
  readonly headers: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
  readonly body: SealedBody;
  /** A later delivery of the source with one of these is a repetition. */
  readonly marks: readonly string[];
  /** The trace in which it arrived. */
  readonly traceparent?: string;
}

/** Bytes of a candidate that go into the row. */
export function weightOf({ body }: Candidate): number {
  return 2048 + (body.inline?.length ?? 0);
}

/** The UTC day of a time, which names the partition of a delivery. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The UTC day on which a delivery came in, read off its id; undefined for a text that is no UUIDv7. */
export function dayOfId(id: string): string | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return undefined;
  return dayOf(new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)));
}
