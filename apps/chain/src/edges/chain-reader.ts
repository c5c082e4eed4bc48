import { Injectable } from '@nestjs/common';
import { chainIdOf, keys } from '@throughline/contracts';
import { Database } from '@throughline/service';
import type { Walked, WalkedNode } from './walked.ts';

/** A chain with more is cut here; the page says so by its cursor. */
const mostNodes = 10_000;

/**
 * From the commit's key down: a node that makes the key or was made from it, then whatever was made from what that makes.
 * Where a cause is missing the other end is found by the chain that it names. `union` drops what was reached before, so that
 * a cycle ends.
 */
const walk = `
  with recursive reached (id) as (
    select node_id from made_key where key = $1
    union
    select node_id from cause_key where key = $1
    union
    select node.id from node
      join cause_key on cause_key.node_id = node.id
      where node.chain_id = $3 and not exists (select 1 from made_key where made_key.key = cause_key.key)
    union
    select cause_key.node_id from reached
      join made_key on made_key.node_id = reached.id
      join cause_key on cause_key.key = made_key.key
  )
  select node.id, type, service, subject, title, status, summary, assurance, time, trace_id as "traceId", span_id as "spanId",
    array(select key from made_key where node_id = node.id order by key) as makes,
    array(select key from cause_key where node_id = node.id order by key) as "madeFrom"
  from (select id from reached limit $2) as found join node using (id)
  order by time, node.id`;

const unmade = `
  select asked.key from unnest($1::text[]) as asked (key)
  where not exists (select 1 from made_key where made_key.key = asked.key)`;

const rootsAbove = `
  with recursive above (key) as (
    select $1::text
    union
    select cause_key.key from above
      join made_key on made_key.key = above.key
      join cause_key on cause_key.node_id = made_key.node_id
  )
  select key from above where key like 'commit:%' limit 50`;

/** Walks over keys: down from a commit, or up from whatever has a key. */
@Injectable()
export class ChainReader {
  constructor(private readonly database: Database) {}

  async walk(repository: string, commit: string): Promise<Walked> {
    const nodes = await this.database.rows<WalkedNode>(walk, [keys.commit(repository, commit), mostNodes, chainIdOf(repository, commit)]);
    const causes = [...new Set(nodes.flatMap((node) => node.madeFrom))];
    const missing = await this.database.rows<{ key: string }>(unmade, [causes]);
    return { root: keys.commit(repository, commit), nodes, unmade: new Set(missing.map(({ key }) => key)) };
  }

  /** Commit keys from which the thing with this key was made. */
  async rootsOf(key: string): Promise<string[]> {
    return (await this.database.rows<{ key: string }>(rootsAbove, [key])).map((row) => row.key);
  }
}
