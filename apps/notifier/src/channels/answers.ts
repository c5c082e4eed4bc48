import type { OutboundAnswer } from '@throughline/service';

const longestWaitMs = 24 * 60 * 60 * 1000;

/** Milliseconds that a receiver asks us to wait (RFC 9110 section 10.2.3: seconds or a date); undefined when it does not say. */
export function retryAfterOf(answer: OutboundAnswer, now: number = Date.now()): number | undefined {
  const value = answer.headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestWaitMs) : undefined;
}
