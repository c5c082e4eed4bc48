import type { ServiceName } from '@throughline/contracts';
import type { ServiceConfig } from '../config/service-config.ts';

/** Options of a Postgres connection, as `pg` takes them. */
export interface PostgresOptions {
  readonly connectionString: string;
  readonly application_name: string;
  /** Sets the schema of the service as search path. */
  readonly options: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
}

/** The schema of a service: its name with underscores. */
export function schemaOf(service: ServiceName): string {
  return service.replaceAll('-', '_');
}

/** How a service reaches its schema outside the pool (migrations, LISTEN). */
export function postgresOptions(config: ServiceConfig, url: string = config.databaseUrl): PostgresOptions {
  return {
    connectionString: url,
    application_name: `throughline ${config.serviceName}`,
    options: `-c search_path=${schemaOf(config.serviceName)}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  };
}
