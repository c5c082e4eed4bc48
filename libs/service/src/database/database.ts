import { DataSource, type EntityManager } from 'typeorm';
import type { ServiceConfig } from '../config/service-config.ts';
import { PooledClient, statementMs, thenCommit } from './pooled-client.ts';
import { postgresOptions } from './postgres.ts';

/** A transaction: handed on as an argument to all that must commit together. */
export type Tx = EntityManager;

/** The pool of a service on its own schema. */
export class Database {
  constructor(private readonly source: DataSource) {}

  /** Opens the pool; fails when the database cannot be reached. */
  static async open(config: ServiceConfig): Promise<Database> {
    const { connectionString, application_name, ...extra } = postgresOptions(config);
    const source = new DataSource({
      type: 'postgres',
      url: connectionString,
      applicationName: application_name,
      poolSize: config.databasePoolSize,
      connectTimeoutMS: extra.connectionTimeoutMillis,
      installExtensions: false,
      extra: { ...extra, Client: PooledClient, statement_timeout: statementMs, idle_in_transaction_session_timeout: 60_000 },
    });
    await source.initialize();
    return new Database(source);
  }

  /** One short transaction: commits when the work returns, rolls back when it throws. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    let hints: readonly (() => void)[] = [];
    const result = await this.source.transaction(async (tx) => {
      const done = await work(tx);
      hints = hintsOf.get(tx) ?? [];
      return done;
    });
    for (const hint of hints) hint();
    return result;
  }

  /** Runs one statement outside a transaction; also for `… returning`. */
  async rows<R>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return recordsOf<R>(await this.source.query(sql, [...params]));
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

const hintsOf = new WeakMap<Tx, (() => void)[]>();

/** Runs when `tx` has committed. It is lost when the process ends in between: for hints, which nobody must rely on. It must not throw. */
export function afterCommit(tx: Tx, hint: () => void): void {
  const hints = hintsOf.get(tx);
  if (hints) hints.push(hint);
  else hintsOf.set(tx, [hint]);
}

/** Runs one statement in a transaction and gives its rows; also for `update`, `delete` and `insert … returning`. */
export async function rows<R>(tx: Tx, sql: string, params: readonly unknown[] = []): Promise<R[]> {
  return recordsOf<R>(await tx.query(sql, [...params]));
}

/** The last statement of a transaction, which commits with it: when it has been answered nothing more may be said in `tx`. */
export async function lastRows<R>(tx: Tx, sql: string, params: readonly unknown[] = []): Promise<R[]> {
  return rows<R>(tx, `${thenCommit} ${sql}`, params);
}

/** TypeORM answers `[rows, count]` for UPDATE and DELETE, and the rows alone for all else. */
function recordsOf<R>(answer: unknown): R[] {
  if (!Array.isArray(answer)) return [];
  const counted = answer.length === 2 && Array.isArray(answer[0]) && typeof answer[1] === 'number';
  return (counted ? answer[0] : answer) as R[];
}
