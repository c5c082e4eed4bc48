import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { infra } from '@throughline/testing';
import { plannedAnew, PooledClient, thenCommit } from './pooled-client.ts';

let client: PooledClient;

beforeAll(async () => {
  await (await infra()).fresh(['ledger'], { topics: [] });
}, 300_000);

beforeEach(async () => {
  client = new PooledClient({ connectionString: (await infra()).databaseUrl });
  await client.connect();
  await client.query('create temp table tree (id int, kind text)');
});

afterEach(() => client?.end());

const prepared = async (): Promise<string[]> => {
  const { rows } = await client.query<{ statement: string }>('select statement from pg_prepared_statements order by prepare_time');
  return rows.map(({ statement }) => statement);
};

describe('a connection of the pool', () => {
  it('prepares a statement with parameters once', async () => {
    const insert = 'insert into tree (id, kind) values ($1, $2)';

    await client.query(insert, [1, 'oak']);
    await client.query(insert, [2, 'elm']);

    expect(await prepared()).toEqual([insert]);
    expect((await client.query('select id, kind from tree order by id')).rows).toEqual([
      { id: 1, kind: 'oak' },
      { id: 2, kind: 'elm' },
    ]);
  });

  it('plans each time what asks for it', async () => {
    const { rows } = await client.query(`${plannedAnew} select $1::int as one`, [1]);

    expect(rows).toEqual([{ one: 1 }]);
    expect(await prepared()).toEqual([]);
  });

  it('keeps a bounded number of statements', async () => {
    for (let index = 0; index < 450; index += 1) await client.query(`select $1::int as column_${index}`, [1]);

    expect(await prepared()).toHaveLength(400);
  });

  it('reads anew what a migration changed under it', async () => {
    const select = 'select * from tree where id = $1';
    await client.query('insert into tree values (1)');
    await client.query(select, [1]);
    await client.query('alter table tree add column planted int');

    await expect(client.query(select, [1])).rejects.toThrow('cached plan must not change result type');

    expect((await client.query(select, [1])).rows).toEqual([{ id: 1, kind: null, planted: null }]);
  });
});

describe('a transaction on it', () => {
  const insert = 'insert into tree (id) values ($1)';
  const trees = async (): Promise<number[]> =>
    (await client.query<{ id: number }>('select id from tree order by id')).rows.map(({ id }) => id);

  it('begins with its first statement', async () => {
    await client.query('START TRANSACTION');
    expect(client.getTransactionStatus()).toBe('I');

    await client.query(insert, [1]);
    expect(client.getTransactionStatus()).toBe('T');

    await client.query('ROLLBACK');
    expect(await trees()).toEqual([]);
  });

  it('is nothing without one', async () => {
    await client.query('START TRANSACTION');
    await client.query('COMMIT');

    await client.query(insert, [1]);
    expect(client.getTransactionStatus()).toBe('I');
    expect(await trees()).toEqual([1]);
  });

  it('takes statements without waiting for one another', async () => {
    await client.query('START TRANSACTION');
    const answers = Promise.all([
      client.query(insert, [1]),
      client.query(insert, [2]),
      client.query<{ id: number }>('select id from tree'),
    ]);
    expect(client.connection.stream.writableLength).toBeGreaterThan(100);

    expect((await answers)[2].rows).toEqual([{ id: 1 }, { id: 2 }]);
    await client.query('COMMIT');
    expect(await trees()).toEqual([1, 2]);
  });

  it('fails as a whole when one of them does', async () => {
    await client.query('START TRANSACTION');
    const answers = await Promise.allSettled([client.query(insert, [1]), client.query(insert, ['oak']), client.query(insert, [2])]);

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await client.query('ROLLBACK');
    expect(await trees()).toEqual([]);
  });

  it('commits with its last statement', async () => {
    await client.query('START TRANSACTION');
    await Promise.all([client.query(insert, [1]), client.query(`${thenCommit} ${insert}`, [2])]);
    expect(await client.query('COMMIT')).toMatchObject({ command: 'COMMIT' });

    expect(client.getTransactionStatus()).toBe('I');
    expect(await trees()).toEqual([1, 2]);
  });

  it('commits nothing when its last statement fails, or one before', async () => {
    for (const values of [
      [1, 'oak'],
      ['oak', 1],
    ]) {
      await client.query('START TRANSACTION');
      const last = await Promise.allSettled([client.query(insert, [values[0]]), client.query(`${thenCommit} ${insert}`, [values[1]])]);
      expect(last.map(({ status }) => status)).toContain('rejected');
      await client.query('ROLLBACK');
    }
    expect(await trees()).toEqual([]);
  });

  it('hears what became of the commit', async () => {
    await client.query('create temp table root (id int unique deferrable initially deferred)');
    await client.query('START TRANSACTION');
    await client.query(`${thenCommit} insert into root select $1::int from generate_series(1, 2)`, [7]);

    await expect(client.query('COMMIT')).rejects.toThrow('duplicate key');

    expect((await client.query('select id from root')).rows).toEqual([]);
    expect(client.getTransactionStatus()).toBe('I');
  });

  it('takes nothing after its last statement', async () => {
    await client.query('START TRANSACTION');
    const last = client.query(`${thenCommit} ${insert}`, [1]);

    await expect(client.query(insert, [2])).rejects.toThrow('the last statement of this transaction has been sent');
    await last;
    await client.query('COMMIT');
    expect(await trees()).toEqual([1]);
  });
});

describe('a connection on which answers are lost', () => {
  it('ends, also when the answer to the first of what was said at once has come', async () => {
    const way = await lossyWay();
    const lost = new PooledClient({ connectionString: way.url, answerMs: 200 });
    await lost.connect();
    await lost.query('START TRANSACTION');
    const answer = lost.query('select pg_sleep(1) where $1::int = 1', [1]);

    way.loseAfterNext();

    await expect(answer).rejects.toThrow('the database does not answer');
    way.close();
  });
});

/** A way to Postgres on which, once asked for, one more piece is heard and nothing after it. */
async function lossyWay(): Promise<{ url: string; loseAfterNext: () => void; close: () => void }> {
  const url = new URL((await infra()).databaseUrl);
  const { hostname: host, port } = url;
  const sockets: Socket[] = [];
  let pieces = Infinity;
  const server = createServer((heard) => {
    const said = connect(Number(port), host);
    sockets.push(heard, said);
    for (const socket of [heard, said]) socket.on('error', () => undefined);
    heard.pipe(said);
    said.on('data', (piece) => (pieces -= 1) >= 0 && heard.write(piece));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseAfterNext: () => (pieces = 1),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
