import type { RequestHeaders, Translation } from '@throughline/scm';

/** Who signed a body? */
export interface VerifyOrder {
  /** Name of the provider. */
  readonly provider: string;
  readonly headers: RequestHeaders;
  readonly secrets: readonly string[];
  /** Milliseconds of our clock when it came. */
  readonly now: number;
}

/** What does a body say? */
export interface ReadOrder {
  readonly provider: string;
  readonly contentType: string | undefined;
  readonly event: string;
  readonly source: string;
  readonly baseUrl: string | undefined;
  /** For a source without an address: the payload's own is taken. */
  readonly takesAddress?: boolean;
}

/** A payload in our words. */
export interface ReadDelivery {
  readonly translation: Translation;
  /** The address below which the payload says that its repository lies. */
  readonly told?: string;
  /** SHA-256 of the body. */
  readonly digest: string;
}

/** What can be asked of a body. */
export interface Orders {
  readonly verify: { readonly order: VerifyOrder; readonly answer: number | undefined };
  readonly read: { readonly order: ReadOrder; readonly answer: ReadDelivery };
}

/** A refusal on its way out of the thread. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
