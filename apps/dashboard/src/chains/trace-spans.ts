/** The part of OTLP/JSON that is shown. */
export interface TraceDocument {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links?: readonly { readonly traceId: string; readonly attributes?: readonly Attribute[] }[];
}

/** A span as it is drawn: offsets from the start of the trace, in milliseconds. */
export interface ShownSpan {
  readonly id: string;
  readonly service: string;
  readonly title: string;
  readonly status: string;
  readonly from: number;
  readonly to: number;
  /** Trace that was recorded while it happened. */
  readonly recorded?: string;
}

export interface ShownTrace {
  readonly traceId: string;
  readonly length: number;
  readonly spans: readonly ShownSpan[];
}

/** The spans of all services in the order of time. */
export function shownTrace(document: TraceDocument): ShownTrace {
  const spans = document.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ span, service: valueOf(resource.attributes, 'service.name') ?? '' }))),
  );
  const start = Math.min(...spans.map(({ span }) => milliseconds(span.startTimeUnixNano)));
  const shown = spans
    .map(({ span, service }): ShownSpan => {
      const recorded = span.links?.find((link) => valueOf(link.attributes ?? [], 'throughline.link') === 'recorded')?.traceId;
      return {
        id: span.spanId,
        service,
        title: valueOf(span.attributes, 'throughline.title') ?? span.name,
        status: valueOf(span.attributes, 'throughline.status') ?? '',
        from: milliseconds(span.startTimeUnixNano) - start,
        to: milliseconds(span.endTimeUnixNano) - start,
        ...(recorded !== undefined && { recorded }),
      };
    })
    .sort((a, b) => a.to - b.to);
  return { traceId: spans[0]?.span.traceId ?? '', length: Math.max(0, ...shown.map(({ to }) => to)), spans: shown };
}

function valueOf(attributes: readonly Attribute[], key: string): string | undefined {
  return attributes.find((attribute) => attribute.key === key)?.value.stringValue;
}

/** Nanoseconds since 1970 do not fit a number; their milliseconds do. */
function milliseconds(nano: string): number {
  return Number(nano.slice(0, -6));
}
