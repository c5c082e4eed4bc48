import { AddressRefused, OutboundFailed, Problem, ServiceAway } from '@throughline/service';
import { SendFailed, type Delays, type Receipt } from '../channels/channel.ts';

/** How an attempt ended. */
export type Outcome =
  | { readonly state: 'delivered' | 'kept'; readonly receipt: Receipt }
  | { readonly state: 'retrying'; readonly reason: string; readonly afterMs: number; readonly uncertain: boolean }
  /** `gone`: the receiver wants nothing more from us. */
  | { readonly state: 'dead'; readonly reason: string; readonly gone?: boolean };

/** The outcome of a failed attempt: again after the channel's delay or the receiver's wish, whichever is longer, or never. */
export function outcomeOf(error: unknown, attempt: number, delays: Delays, random: () => number): Outcome {
  const failure = failureOf(error);
  if (failure.outcome === 'refused') return { state: 'dead', reason: failure.message, gone: failure.gone };
  const delay = delays[attempt - 1];
  if (delay === undefined) return { state: 'dead', reason: `given up after ${attempt} attempts: ${failure.message}` };
  const jittered = delay * 1000 * (1 + random() * 0.05);
  return {
    state: 'retrying',
    reason: failure.message,
    afterMs: Math.round(Math.max(jittered, failure.retryAfterMs ?? 0)),
    uncertain: failure.outcome === 'unknown',
  };
}

function failureOf(error: unknown): SendFailed {
  if (error instanceof SendFailed) return error;
  if (error instanceof AddressRefused) return new SendFailed('refused', error.message);
  if (error instanceof OutboundFailed) return new SendFailed(error.sent ? 'unknown' : 'not_sent', error.message);
  if (error instanceof ServiceAway || error instanceof Problem) return new SendFailed('not_sent', error.message);
  return new SendFailed('unknown', error instanceof Error ? error.message : String(error));
}
