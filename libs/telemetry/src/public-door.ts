import {
  createContextKey,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { atPublicDoor } from './service-scope.ts';

const caller = createContextKey('throughline caller of a public door');

/** The span a stranger claims to call from: to be linked, never to be believed. */
export function callerOf(context: Context): SpanContext | undefined {
  return context.getValue(caller) as SpanContext | undefined;
}

/** W3C Trace Context among our services; at the public door the caller's span is put aside for a link. */
export class DoorPropagator implements TextMapPropagator {
  private readonly inner = new W3CTraceContextPropagator();

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.inner.inject(context, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.inner.extract(context, carrier, getter);
    if (!atPublicDoor()) return extracted;
    const claimed = trace.getSpanContext(extracted);
    return claimed ? context.setValue(caller, claimed) : context;
  }

  fields(): string[] {
    return this.inner.fields();
  }
}
