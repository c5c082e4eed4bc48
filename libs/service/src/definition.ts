import type { Type } from '@nestjs/common';
import type { ServiceName } from '@throughline/contracts';
import type { Authenticator } from './access/authenticator.ts';
import type { ServiceConfig } from './config/service-config.ts';

/** A step of a schema, written by hand; once released it never changes. */
export interface Migration {
  /** `001-findings`: unique within the service. */
  readonly name: string;
  readonly sql: string;
}

/** All that the platform must know to run a service. */
export interface ServiceDefinition<C extends ServiceConfig = ServiceConfig> {
  readonly name: ServiceName;
  readonly config: new () => C;
  readonly module: Type;
  /** Applied in this order. */
  readonly migrations: readonly Migration[];
  /** Largest request body in bytes; 1 MiB unless given. */
  readonly bodyLimit?: number;
  /** Who calls; the signed identity of our own services unless given (the gateway has its own). */
  readonly authenticator?: Type<Authenticator>;
  /** Strangers call it: their trace is linked, never continued. */
  readonly publicDoor?: boolean;
}
