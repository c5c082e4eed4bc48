import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  readonly name: string;
  readonly publicDoor: boolean;
}

/** Our own store: a key in the OpenTelemetry context is lost where HTTP instrumentation starts from the root context. */
const scopes = new AsyncLocalStorage<Scope>();

/**
 * Runs the work, and all that it starts (servers, timers, pools), as a service: its spans carry that `service.name`.
 * A public door is called by strangers: their `traceparent` becomes a link of our root, never its parent.
 */
export function inService<T>(name: string, work: () => T, options: { readonly publicDoor?: boolean } = {}): T {
  return scopes.run({ name, publicDoor: options.publicDoor ?? false }, work);
}

/** The service that the running code belongs to; undefined outside of any. */
export function currentService(): string | undefined {
  return scopes.getStore()?.name;
}

/** True where requests come from strangers. */
export function atPublicDoor(): boolean {
  return scopes.getStore()?.publicDoor ?? false;
}
