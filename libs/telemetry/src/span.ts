import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Link, type Span } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { contextOf, spanContextOf, type Carrier } from './carrier.ts';
import { atPublicDoor } from './service-scope.ts';

/** Where a span belongs. Attributes are counts and names of ours: never bodies, headers, SQL or foreign text. */
export interface SpanOptions {
  readonly kind?: 'internal' | 'producer' | 'consumer' | 'client' | 'server';
  /** Parent from a stored carrier, instead of the running span. */
  readonly parent?: Carrier;
  readonly root?: boolean;
  /** The first 100 are kept. */
  readonly links?: readonly Carrier[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
} as const;

const maxLinks = 100;

/** Runs one unit of work in a span; a thrown error marks the span and goes on to the caller. */
export function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const parent = options.root ? ROOT_CONTEXT : options.parent ? contextOf(options.parent) : context.active();
  const span = trace
    .getTracer('throughline')
    .startSpan(
      name,
      { kind: kinds[options.kind ?? 'internal'], links: linksOf(options.links), attributes: { ...options.attributes } },
      parent,
    );
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work(span);
    } catch (error) {
      span.setAttribute('error.type', typeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A request as its server span tells of it. */
interface ServerSpan {
  readonly method: string;
  readonly route: string;
  /** As it came. */
  readonly traceparent: string | string[] | undefined;
}

/** Runs the answering of a request, which gives its status, in its server span: in the trace of a caller of ours, linked to that of a stranger. */
export function inServerSpan(name: string, { method, route, traceparent }: ServerSpan, work: () => Promise<number>): Promise<number> {
  const caller = typeof traceparent === 'string' ? { traceparent } : undefined;
  const place = caller && !atPublicDoor() ? { parent: caller } : { root: true, links: caller ? [caller] : [] };
  const attributes = { 'http.request.method': method, 'http.route': route };
  return inSpan(name, { kind: 'server', ...place, attributes }, async (span) => {
    const status = await work();
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    return status;
  });
}

/** Adds counts and names of ours to the running span. */
export function annotate(attributes: Readonly<Record<string, string | number | boolean>>): void {
  trace.getActiveSpan()?.setAttributes({ ...attributes });
}

/** Runs what is done over and over (looking whether something is there) without any spans. */
export function untraced<T>(work: () => T): T {
  return context.with(suppressTracing(context.active()), work);
}

function linksOf(carriers: readonly Carrier[] = []): Link[] {
  return carriers.slice(0, maxLinks).flatMap((carrier) => {
    const linked = spanContextOf(carrier);
    return linked ? [{ context: linked }] : [];
  });
}

/** The class or code of an error: its message may quote what must not leave the service. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error.name;
}
