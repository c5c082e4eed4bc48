import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { infra } from '@throughline/testing';
import { plannedAnew, PooledClient } from './pooled-client.ts';

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
