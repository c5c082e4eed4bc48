import { Injectable } from '@nestjs/common';
import type { Translation } from '@throughline/scm';
import { Database, rows, type Tx } from '@throughline/service';
import { MicroBatch } from '../batching/micro-batch.ts';

const limits = { items: 500, bytes: 500, waitMs: 1, waitingBytes: 20_000 };

/** The default branches of repositories, as their origins told us: some providers do not say them in what they send. Requests that wait share a query. */
@Injectable()
export class DefaultBranches {
  private readonly lookups: MicroBatch<string, string | undefined>;

  constructor(private readonly database: Database) {
    // A failed lookup would fail again item by item: it reads one table by its key.
    this.lookups = new MicroBatch(
      (ids) => this.read(ids),
      () => true,
      limits,
    );
  }

  /** What is known beside a translation that leaves it out; nothing where none is missing. */
  async knownFor(translation: Translation): Promise<{ readonly defaultBranch?: string }> {
    if ('ignored' in translation || translation.unsure || !lacksOne(translation)) return {};
    const known = await this.lookups.add(translation.repository.id, 1);
    return known ? { defaultBranch: known } : {};
  }

  /** Notes a look at all branches of a repository; false when it is gone. */
  async looked(tx: Tx, id: string, head: string | undefined): Promise<boolean> {
    const sql = 'update repository set branches_known = true, default_branch = coalesce($2, default_branch) where id = $1 returning id';
    return (await rows(tx, sql, [id, head === undefined ? null : branchOf(head)])).length > 0;
  }

  async learn(tx: Tx, repository: string, branch: string): Promise<void> {
    await rows(tx, 'update repository set default_branch = $2 where repository = $1 and default_branch is distinct from $2', [
      repository,
      branch,
    ]);
  }

  private async read(ids: readonly string[]): Promise<(string | undefined)[]> {
    const sql = 'select repository, default_branch from repository where repository = any($1::text[])';
    const found = await this.database.rows<{ repository: string; default_branch: string | null }>(sql, [[...new Set(ids)]]);
    const known = new Map(found.map(({ repository, default_branch }) => [repository, default_branch ?? undefined]));
    return ids.map((id) => known.get(id));
  }
}

/** The name of the branch that HEAD points to. */
export function branchOf(head: string): string {
  return head.replace(/^refs\/heads\//, '').slice(0, 255);
}

function lacksOne({ facts }: Extract<Translation, { facts: unknown }>): boolean {
  return facts.some(({ type, fields }) => (type === 'change.pushed' || type === 'change.proposed') && fields.defaultBranch === undefined);
}
