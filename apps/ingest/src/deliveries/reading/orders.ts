import type { Arrival, RequestHeaders, Translation } from '@throughline/scm';

/** Who signed a body? */
export interface VerifyOrder {
  /** Name of the provider. */
  readonly provider: string;
  readonly headers: RequestHeaders;
  readonly secrets: readonly string[];
  /** Milliseconds of our clock when it came. */
  readonly now: number;
}

/** Whose body it is. */
interface BodyOf {
  readonly provider: string;
  readonly contentType: string | undefined;
  readonly source: string;
  readonly baseUrl: string | undefined;
}

/** What does the body of a kept delivery say? */
export interface ReadOrder extends BodyOf {
  readonly event: string;
}

/** What does a request say that has just come? */
export interface ReceiveOrder extends BodyOf {
  readonly headers: RequestHeaders;
  /** For a source without an address: the payload's own is taken. */
  readonly takesAddress?: boolean;
}

/** A request in our words. */
export interface ReceivedDelivery {
  readonly arrival: Arrival;
  readonly translation: Translation;
  /** The address below which the payload says that its repository lies. */
  readonly told?: string;
  /** SHA-256 of the body. */
  readonly digest: string;
}

/** What can be asked of a body. */
export interface Orders {
  readonly verify: { readonly order: VerifyOrder; readonly answer: number | undefined };
  readonly receive: { readonly order: ReceiveOrder; readonly answer: ReceivedDelivery };
  readonly read: { readonly order: ReadOrder; readonly answer: Translation };
}

/** A refusal on its way out of the thread. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
