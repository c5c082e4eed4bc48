import { trace, type Context } from '@opentelemetry/api';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { callerOf } from './public-door.ts';
import { currentService } from './service-scope.ts';

/** Attributes that instrumentations set and that may hold secrets or personal data: paths of webhooks, queries, addresses. */
const unwanted = ['url.', 'user_agent.', 'client.', 'network.peer.', 'http.request.header.', 'http.response.header.'];

/** Gives each span the resource of the service in which it started, and takes away what must not leave it. */
export class SpansOfServices implements SpanProcessor {
  /** One object per service: exporters group spans by the identity of their resource. */
  private readonly resources = new Map<string, Resource>();
  private readonly inner: SpanProcessor;

  constructor(inner: SpanProcessor) {
    this.inner = inner;
  }

  onStart(span: Span, parent: Context): void {
    const service = currentService();
    if (service) (span as { resource: Resource }).resource = this.resourceOf(service, span.resource);
    const caller = callerOf(parent);
    const isRoot = trace.getSpanContext(parent) === undefined;
    if (caller && isRoot) span.addLink({ context: caller });
    this.inner.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    for (const name of Object.keys(span.attributes)) {
      if (unwanted.some((prefix) => name.startsWith(prefix))) delete span.attributes[name];
    }
    this.inner.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }

  private resourceOf(service: string, host: Resource): Resource {
    const known = this.resources.get(service);
    if (known) return known;
    const resource = host.merge(resourceFromAttributes({ 'service.name': service }));
    this.resources.set(service, resource);
    return resource;
  }
}
