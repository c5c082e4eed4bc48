import { signingKeyTable, type Migration } from '@throughline/service';

const bundles = `
create table policy_bundle (
  sequence bigint primary key,
  digest text not null,
  key_id text not null,
  -- The signed document (DSSE, JSON).
  envelope text not null,
  policies int not null,
  published_by text not null,
  note text,
  published_at timestamptz not null
);
${signingKeyTable('policy_key')}
alter table decision add column bundle_sequence bigint, add column bundle_digest text;`;

/** Everything that was in force together, signed and numbered. */
export const bundlesMigrations: readonly Migration[] = [{ name: 'bundles-001', sql: bundles }];
