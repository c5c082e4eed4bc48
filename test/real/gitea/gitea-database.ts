import { randomBytes } from 'node:crypto';
import type { Infra } from '@throughline/testing';
import { Client } from 'pg';

/** A database of its own on the Postgres of the tests: so Gitea is built without a C compiler. */
export class GiteaDatabase {
  private constructor(
    readonly url: URL,
    private readonly admin: string,
  ) {}

  static async create({ databaseUrl }: Infra): Promise<GiteaDatabase> {
    const [url, admin] = [new URL(databaseUrl), new URL(databaseUrl)];
    admin.pathname = '/postgres';
    url.pathname = `/gitea_${randomBytes(6).toString('hex')}`;
    const database = new GiteaDatabase(url, admin.href);
    await database.order(`create database ${url.pathname.slice(1)}`);
    return database;
  }

  remove(): Promise<void> {
    return this.order(`drop database if exists ${this.url.pathname.slice(1)} with (force)`);
  }

  private async order(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.admin });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
