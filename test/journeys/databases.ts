import type { ServiceName } from '@throughline/contracts';
import type { Infra } from '@throughline/testing';
import pg from 'pg';

/** What the services keep, as the superuser of their database sees it. */
export class Databases {
  constructor(private readonly infra: Infra) {}

  /** Reads one service's schema; a connection of its own each time, since the server may have been killed meanwhile. */
  async rows<R>(service: ServiceName, sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return this.connected(service, async (client) => (await client.query(sql, [...params])).rows as R[]);
  }

  /** Runs statements in one transaction. */
  async transaction(
    service: ServiceName,
    statements: readonly { readonly sql: string; readonly params?: readonly unknown[] }[],
  ): Promise<void> {
    await this.connected(service, async (client) => {
      await client.query('begin');
      for (const { sql, params = [] } of statements) await client.query(sql, [...params]);
      await client.query('commit');
    });
  }

  private async connected<T>(service: ServiceName, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.infra.databaseUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`set search_path to ${client.escapeIdentifier(service.replaceAll('-', '_'))}`);
      return await work(client);
    } finally {
      await client.end();
    }
  }
}
