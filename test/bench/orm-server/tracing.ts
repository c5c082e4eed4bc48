/** Loaded before all else: what the documentation of OpenTelemetry tells one to write, with the exporter that our services use. */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** As many as in our services: a queue that drops spans would be cheaper. */
const queue = { maxQueueSize: 32_768, maxExportBatchSize: 2_048, scheduledDelayMillis: 500 };
const exporter = new OTLPTraceExporter({ url: `${process.env['OTEL_EXPORTER_OTLP_ENDPOINT']}/v1/traces` });

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(
  new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'orm-server' }),
    spanProcessors: [new BatchSpanProcessor({ ...queue, exporter })],
  }),
);
registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url === '/metrics' }),
    new PgInstrumentation({ requireParentSpan: true }),
  ],
});
