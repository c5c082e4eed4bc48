import { currentService } from './service-scope.ts';

const prefixes = new Map<string, string[]>();

/** Paths of a service whose requests make their server span themselves (`inServerSpan`), which costs a third of the instrumentation. */
export function makesOwnSpans(service: string, prefix: string): void {
  prefixes.set(service, [...(prefixes.get(service) ?? []), prefix]);
}

/** Whether the running service does so for this path. */
export function hasOwnSpan(path: string): boolean {
  const own = prefixes.get(currentService() ?? '');
  return own !== undefined && own.some((prefix) => path.startsWith(prefix));
}
