export type { Span } from '@opentelemetry/api';
export { carrierNow, traceIdNow, traceIdOf, type Carrier } from './carrier.ts';
export { episode, type Continuation } from './episode.ts';
export { nameRoute } from './name-route.ts';
export { makesOwnSpans } from './own-spans.ts';
export { droppedSpans, flushTelemetry, startTelemetry } from './provider.ts';
export { currentService, inService } from './service-scope.ts';
export { annotate, inServerSpan, inSpan, untraced, type SpanOptions } from './span.ts';
