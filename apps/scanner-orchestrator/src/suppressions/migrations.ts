import type { Migration } from '@throughline/service';

/** What the default branches ask scanners not to say, as it was read last. */
export const suppressionsMigrations: readonly Migration[] = [
  {
    name: 'suppressions-001',
    sql: `
      create table suppression_reading (
        repository text primary key,
        commit_id text not null,
        -- Of the head: an older one changes nothing.
        position bigint not null,
        version integer not null,
        -- Keys are made with it: nobody guesses from them what stands beside a comment.
        salt text not null,
        lines text not null,
        read_at timestamptz not null default clock_timestamp()
      );`,
  },
];
