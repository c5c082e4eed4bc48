type Query = <R>(sql: string, params?: unknown[]) => Promise<R[]>;

/** What stays of everything that was ever handled: marks, and the removals themselves. */
const marks = ['inbox', 'removed_repository', 'migration'];

const tables = `
  select c.relname as name from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all($1) order by 1`;

/** Every row of every table in the schema of a connection, as text and in order; without what is only kept of the past. */
export async function everyRow(query: Query): Promise<Record<string, string[]>> {
  const found = await query<{ name: string }>(tables, [marks]);
  const rows: Record<string, string[]> = {};
  for (const { name } of found)
    rows[name] = (await query<{ row: string }>(`select t::text as row from ${name} t order by 1`)).map(({ row }) => row);
  return rows;
}
