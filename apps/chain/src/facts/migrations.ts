import { monthlyPartitions } from '@throughline/messaging';
import type { Migration } from '@throughline/service';
import { keptDays } from './kept-days.ts';

export const factsMigrations: readonly Migration[] = [
  {
    name: 'chain-001-facts',
    sql: `
      -- Every fact once, as it was published.
      create table fact (
        position bigint generated always as identity,
        recorded_on date not null default (now() at time zone 'utc')::date,
        id uuid not null,
        source text not null,
        type text not null,
        subject text not null,
        time timestamptz not null,
        envelope text not null,
        payload text not null,
        application text not null default 'unassigned',
        trace_id text,
        transaction_id xid8 not null default pg_current_xact_id(),
        primary key (position, recorded_on)
      ) partition by range (recorded_on);
      create index fact_by_id on fact (id);
      ${monthlyPartitions('fact', 'recorded_on', keptDays)}

      -- A fact that names chain keys. What a person reads of it is kept beside it.
      create table node (
        id uuid primary key,
        type text not null,
        service text not null,
        subject text not null,
        -- The chain that it says it belongs to: where a cause is missing, nothing else holds the two ends together.
        chain_id text,
        title text not null,
        status text not null,
        summary text not null,
        assurance text not null check (assurance in ('own', 'proven', 'bound', 'claimed')),
        time timestamptz not null,
        trace_id text,
        span_id text
      );
      create index node_of_chain on node (chain_id);

      -- Keys that a node makes, and keys that it was made from. An edge is two equal keys: nothing can be missed by
      -- facts that arrive together, because edges are not stored.
      create table made_key (key text not null, node_id uuid not null references node on delete cascade, primary key (key, node_id));
      create index made_key_of_node on made_key (node_id);
      create table cause_key (key text not null, node_id uuid not null references node on delete cascade, primary key (key, node_id));
      create index cause_key_of_node on cause_key (node_id);

      -- The roots: one row per commit that something happened to.
      create table chain (
        id text primary key,
        repository text not null,
        commit_id text not null,
        -- As the first push tells them.
        title text not null default '',
        ref text not null default '',
        pushed_at timestamptz not null default 'infinity',
        -- As the change gate last said.
        status text not null default 'pending',
        revision bigint not null default 0,
        decided_at timestamptz not null default '-infinity',
        began_at timestamptz not null,
        baseline boolean not null default false
      );
      create index chain_newest on chain (began_at desc, id desc);
      create index chain_of_commit on chain (commit_id);
      create index chain_of_repository on chain (repository, began_at desc);

      create table repository (
        id text primary key,
        application text not null default 'unassigned',
        revision bigint not null
      );
    `,
  },
  {
    name: 'chain-002-repository-of-fact',
    sql: `
      -- What a fact is about, so that it goes with its repository.
      alter table fact add column repository text;
      update fact set repository = subject where type = 'repository.changed';
      create index fact_of_repository on fact (repository) where repository is not null;
    `,
  },
  { name: 'chain-003-age-of-node', sql: 'create index node_by_time on node (time);' },
];
