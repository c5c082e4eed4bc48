import type { ServiceName } from '@throughline/contracts';
import type { Infra } from '@throughline/testing';
import pg from 'pg';

/** What the services keep, as the superuser of their database sees it. */
export class Databases {
  constructor(private readonly infra: Infra) {}

  /** Reads one service's schema; a connection of its own each time, since the server may have been killed meanwhile. */
  async rows<R>(service: ServiceName, sql: string, params: readonly unknown[] = []): Promise<R[]> {
    const client = new pg.Client({ connectionString: this.infra.databaseUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`set search_path to ${client.escapeIdentifier(service.replaceAll('-', '_'))}`);
      return (await client.query(sql, [...params])).rows as R[];
    } finally {
      await client.end();
    }
  }
}
