/** How one column of a bulk statement is filled. */
export interface Column<T> {
  /** Postgres type of one value. */
  readonly type: string;
  readonly of: (item: T) => unknown;
}

/** Items as a table of their own, to insert or join: `<sql> as given (<names>)`, one array parameter per column. */
export interface Given {
  readonly sql: string;
  readonly names: string;
  readonly params: unknown[];
}

/** Turns items into a table expression whose parameters start at `$<first>`. */
export function given<T>(items: readonly T[], columns: Readonly<Record<string, Column<T>>>, first = 1): Given {
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map(({ type }, index) => `$${first + index}::${type}[]`);
  return {
    sql: `unnest(${arrays.join(', ')}) as given (${names.join(', ')})`,
    names: names.join(', '),
    params: Object.values(columns).map(({ of }) => items.map((item) => of(item) ?? null)),
  };
}

/** Cuts a list into parts of at most `size`. */
export function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}
