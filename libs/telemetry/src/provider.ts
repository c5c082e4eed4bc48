import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { CountedQueue } from './counted-queue.ts';
import { DoorPropagator } from './public-door.ts';
import { SpansOfServices } from './spans-of-services.ts';

/** How long a stop waits for the last spans. */
const flushMs = 10_000;

let provider: TracerProvider | undefined;
let queue: CountedQueue | undefined;

/** Makes spans from here on, once per process. Without an exporter they exist (so trace ids do) and go nowhere. */
export function startTelemetry(exporter?: SpanExporter): void {
  if (provider) return;
  queue = exporter && new CountedQueue(exporter);
  provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'throughline', 'process.pid': process.pid }),
    spanLimits: { attributeValueLengthLimit: 512, linkCountLimit: 128 },
    spanProcessors: queue ? [new SpansOfServices(queue)] : [],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new DoorPropagator());
  trace.setGlobalTracerProvider(provider);
}

/** Sends the spans that wait; a collector that is away does not hold up a stop for more than 10 s. */
export async function flushTelemetry(): Promise<void> {
  await provider?.forceFlush({ timeoutMillis: flushMs }).catch(() => undefined);
}

/** Spans lost since the start; anything but 0 means that a trace may have holes. */
export function droppedSpans(): number {
  return queue?.dropped ?? 0;
}
