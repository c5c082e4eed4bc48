import { keepMonths } from '@throughline/messaging';
import type { Migration } from '@throughline/service';
import { keptDays } from './kept-days.ts';

export const retentionMigrations: readonly Migration[] = [
  {
    name: 'ingest-006-retention',
    sql: `
      ${keepMonths('delivery', 'received_on', keptDays)}

      -- Bodies outside of the database; written before the file is, so that none is forgotten.
      create table kept_blob (
        digest bytea primary key,
        keep_until timestamptz not null
      );
      create index kept_blob_to_sweep on kept_blob (keep_until);
      insert into kept_blob (digest, keep_until)
        select body_blob, received_at + interval '${keptDays} days' from delivery where body_blob is not null
        on conflict do nothing;

      create index delivery_mark_to_sweep on delivery_mark (received_on);
      create index refused_delivery_to_sweep on refused_delivery (received_at);`,
  },
];
