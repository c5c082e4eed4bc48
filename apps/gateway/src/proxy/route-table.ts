import type { ServiceName } from '@throughline/contracts';
import type { OpenApi, Operation, Right } from '@throughline/service';

/** A public operation, and the service that answers it. */
export interface Route {
  readonly service: ServiceName;
  readonly method: string;
  readonly path: string;
  /** Strangers may call it; the service decides by other means (a webhook's signature). */
  readonly open: boolean;
  readonly right: Right | undefined;
  /** Its `operationId`. */
  readonly operation: string;
  readonly secrets: readonly string[];
  /** Most bytes of a body that the service reads as a stream. */
  readonly streams?: number;
}

interface Node {
  readonly fixed: Map<string, Node>;
  parameter?: Node;
  readonly routes: Map<string, Route>;
}

/** What a path leads to: a route, the methods it has instead, or nothing. */
export type Match = { readonly route: Route } | { readonly allowed: readonly string[] } | undefined;

/** Which service answers which public path; a fixed segment goes before a parameter. */
export class RouteTable {
  private readonly root: Node = newNode();

  /** Operations that two services declare: the first keeps them. */
  readonly conflicts: string[] = [];

  static of(interfaces: ReadonlyMap<ServiceName, OpenApi>): RouteTable {
    const table = new RouteTable();
    for (const [service, { paths }] of interfaces) {
      for (const [path, operations] of Object.entries(paths)) {
        for (const [method, operation] of Object.entries(operations)) table.add(routeOf(service, method, path, operation));
      }
    }
    return table;
  }

  /** `path` without the query, as it came. */
  match(method: string, path: string): Match {
    const node = find(this.root, segmentsOf(path), 0);
    if (!node) return undefined;
    const route = node.routes.get(method) ?? (method === 'HEAD' ? node.routes.get('GET') : undefined);
    return route ? { route } : { allowed: [...node.routes.keys()] };
  }

  private add(route: Route): void {
    let node = this.root;
    for (const segment of segmentsOf(route.path)) {
      if (segment.startsWith('{')) node = node.parameter ??= newNode();
      else node = node.fixed.get(segment) ?? node.fixed.set(segment, newNode()).get(segment)!;
    }
    const other = node.routes.get(route.method);
    if (other) this.conflicts.push(`${route.method} ${route.path} is declared by ${other.service} and by ${route.service}`);
    else node.routes.set(route.method, route);
  }
}

function routeOf(service: ServiceName, method: string, path: string, operation: Operation): Route {
  return {
    service,
    method: method.toUpperCase(),
    path,
    open: operation.security?.length === 0,
    right: operation['x-throughline-right'] as Right | undefined,
    operation: operation.operationId,
    secrets: operation['x-throughline-secrets'] ?? [],
    ...(operation['x-throughline-streams'] ? { streams: operation['x-throughline-streams'] } : {}),
  };
}

function find(node: Node, segments: readonly string[], at: number): Node | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.routes.size > 0 ? node : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && find(fixed, segments, at + 1);
  return found ?? (node.parameter && find(node.parameter, segments, at + 1));
}

const newNode = (): Node => ({ fixed: new Map(), routes: new Map() });

const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean);
