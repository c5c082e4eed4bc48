import type { Migration } from '@throughline/service';

/** Which revision of a decision the provider of a commit was told last; 0 for pending. */
export const statusesMigrations: readonly Migration[] = [
  {
    name: '040-statuses',
    sql: `
create table commit_statuses (
  repository text not null,
  commit text not null,
  revision int not null,
  primary key (repository, commit)
);`,
  },
];
