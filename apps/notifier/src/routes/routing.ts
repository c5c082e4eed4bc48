import type { RoutesDocument } from '@throughline/contracts';
import { compileRoute, type AlertTest } from './expression.ts';
import type { RoutedAlert } from './routed-alert.ts';

/** Where an alert goes, and why. */
export interface Routed {
  /** Names of the routes that applied; empty for the last resort. */
  readonly routes: readonly string[];
  readonly channels: readonly string[];
}

export type Routing = (alert: RoutedAlert, available: readonly string[]) => Routed;

/** Every alert to every channel, until somebody says otherwise. */
export const firstRoutes: RoutesDocument = { routes: [{ name: 'everything', when: 'true', channels: ['*'] }], lastResort: ['*'] };

/** Makes a function of a document. Throws `ExpressionRefused`. An alert always goes somewhere: at worst to all channels there are. */
export function routingOf(document: RoutesDocument): Routing {
  const routes = document.routes.map((route) => ({ ...route, applies: compileRoute(route.when) }));
  return (alert, available) => {
    const taken = takenBy(routes, alert);
    const named = expand(
      taken.flatMap((route) => route.channels),
      available,
    );
    if (named.length > 0) return { routes: taken.map((route) => route.name), channels: named };
    const last = expand(document.lastResort, available);
    return { routes: [], channels: last.length > 0 ? last : available };
  };
}

function takenBy<R extends { readonly applies: AlertTest; readonly last?: boolean }>(
  routes: readonly R[],
  alert: RoutedAlert,
): readonly R[] {
  const taken: R[] = [];
  for (const route of routes) {
    if (!route.applies(alert)) continue;
    taken.push(route);
    if (route.last) break;
  }
  return taken;
}

function expand(names: readonly string[], available: readonly string[]): readonly string[] {
  if (names.includes('*')) return available;
  return available.filter((name) => names.includes(name));
}
