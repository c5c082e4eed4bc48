import { Injectable } from '@nestjs/common';
import type { ChainQuery, ChainSummary, Page } from '@throughline/contracts';
import { canonicalRepository, Database, decodeCursor, pageOf, Problem, visibleTo, type Identity } from '@throughline/service';

interface Root extends Omit<ChainSummary, 'time'> {
  readonly time: Date;
}

const columns = `chain.id, chain.repository, commit_id as commit, title, ref, status, began_at as time,
  coalesce(repository.application, 'unassigned') as application`;
const from = `from chain left join repository on repository.id = chain.repository`;
const scope = 'seen_by';

/** The roots of chains, as far as the caller may see them. */
@Injectable()
export class ChainRoots {
  constructor(private readonly database: Database) {}

  /** Newest first; commits that were only scanned to compare with are left out. */
  async list(query: ChainQuery, caller: Identity): Promise<Page<ChainSummary>> {
    const params: unknown[] = [];
    const where = [`(not baseline or pushed_at < 'infinity')`, visibleTo(caller, scope, params)];
    const add = (condition: string, value: unknown): void => {
      params.push(value);
      where.push(condition.replaceAll('?', `$${params.length}`));
    };
    if (query.repository !== undefined) add('repository = ?', canonicalRepository(query.repository));
    if (query.application !== undefined) add('application = ?', query.application);
    if (query.status !== undefined) add('status = any(?::text[])', query.status.split(','));
    const cursor = decodeCursor(query.cursor, 2);
    if (cursor) {
      params.push(cursor[0], cursor[1]);
      where.push(`(time, id) < ($${params.length - 1}::timestamptz, $${params.length})`);
    }
    params.push((query.limit ?? 50) + 1);
    const sql = `select * from (select ${columns}, baseline, pushed_at, coalesce(repository.application, 'unassigned') as ${scope} ${from}) as root
      where ${where.join(' and ')} order by time desc, id desc limit $${params.length}`;
    const found = (await this.database.rows<Root>(sql, params)).map(summary);
    return pageOf(found, query.limit, (root) => [root.time, root.id]);
  }

  /** Throws the same 404 for a chain that is not there and one that the caller may not see. */
  async one(id: string, caller: Identity): Promise<ChainSummary> {
    return this.first('chain.id = $1', id, caller, `chain ${id}`);
  }

  /** The newest chain of the commit that the caller may see. */
  async ofCommit(commit: string, caller: Identity): Promise<ChainSummary> {
    return this.first('commit_id = $1', commit.toLowerCase(), caller, `commit ${commit}`);
  }

  private async first(condition: string, value: string, caller: Identity, what: string): Promise<ChainSummary> {
    const params: unknown[] = [value];
    const sql = `select * from (select ${columns}, coalesce(repository.application, 'unassigned') as ${scope} ${from} where ${condition}) as root
      where ${visibleTo(caller, scope, params)} order by time desc limit 1`;
    const [root] = await this.database.rows<Root>(sql, params);
    if (!root) throw new Problem(404, 'not_found', `no chain is known for ${what}`);
    return summary(root);
  }
}

function summary(root: Root): ChainSummary {
  const { id, repository, commit, title, ref, application, status } = root;
  return { id, repository, commit, title, ref, application, status, time: root.time.toISOString() };
}
