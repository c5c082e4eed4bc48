/** Loaded by `node --import @throughline/telemetry/preload`, before anything else has imported node:http. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { hasOwnSpan } from './own-spans.ts';
import { startTelemetry } from './provider.ts';

const quiet = /^\/(?:healthz|readyz|metrics|openapi\.json)$/;
const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];

startTelemetry(endpoint ? new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 10_000 }) : undefined);

// Both work without module hooks: the server by its prototype, undici by diagnostics channels. Hooks that name http
// would give each client call two spans.
registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => quiet.test(url) || hasOwnSpan(url) }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
  ],
});
