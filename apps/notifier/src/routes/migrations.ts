import type { Migration } from '@throughline/service';

/** Every version of the routes is kept; the highest one applies. */
export const routesMigrations: readonly Migration[] = [
  {
    name: '025-routes',
    sql: `
create table routings (
  version int primary key,
  document text not null,
  by_name text not null,
  at timestamptz not null default clock_timestamp()
);`,
  },
];
