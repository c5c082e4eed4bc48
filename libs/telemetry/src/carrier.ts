import { context, ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';

/** What is stored beside a row or sent with a record so that its handling joins the trace (W3C Trace Context). */
export interface Carrier {
  readonly traceparent?: string;
}

const pattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** The carrier of the running span; empty when none runs. */
export function carrierNow(): Carrier {
  const span = trace.getSpanContext(context.active());
  if (!span || !trace.isSpanContextValid(span)) return {};
  return { traceparent: `00-${span.traceId}-${span.spanId}-0${span.traceFlags & TraceFlags.SAMPLED}` };
}

/** The id of the running trace, 32 hex digits. */
export function traceIdNow(): string | undefined {
  return traceIdOf(carrierNow());
}

/** The trace that a carrier belongs to. */
export function traceIdOf(carrier: Carrier | undefined): string | undefined {
  return spanContextOf(carrier)?.traceId;
}

/** The remote span that a carrier names; undefined when it names none or is malformed. */
export function spanContextOf(carrier: Carrier | undefined): SpanContext | undefined {
  const match = pattern.exec(carrier?.traceparent ?? '');
  if (!match) return undefined;
  const span = { traceId: match[1]!, spanId: match[2]!, traceFlags: parseInt(match[3]!, 16), isRemote: true };
  return trace.isSpanContextValid(span) ? span : undefined;
}

/** A context whose parent is the carrier's span; the root context when it names none. */
export function contextOf(carrier: Carrier | undefined): Context {
  const span = spanContextOf(carrier);
  return span ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
