import { context, trace } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';

/** Names the running server span after its route, so that spans of one route can be compared; never after the path itself. */
export function nameRoute(method: string, route: string | undefined): void {
  if (!route) return;
  const metadata = getRPCMetadata(context.active());
  if (metadata?.type === RPCType.HTTP) metadata.route = route;
  trace.getActiveSpan()?.updateName(`${method} ${route}`);
}
