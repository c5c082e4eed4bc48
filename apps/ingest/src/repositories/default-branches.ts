import { Injectable } from '@nestjs/common';
import type { Translation } from '@throughline/scm';
import { Database, rows, type Tx } from '@throughline/service';

/** The default branches of repositories, as their origins told us: some providers do not say them in what they send. */
@Injectable()
export class DefaultBranches {
  constructor(private readonly database: Database) {}

  /** What is known beside a translation that leaves it out; nothing where none is missing. */
  async knownFor(translation: Translation): Promise<{ readonly defaultBranch?: string }> {
    if ('ignored' in translation || translation.unsure || !lacksOne(translation)) return {};
    const sql = 'select default_branch from repository where repository = $1';
    const [row] = await this.database.rows<{ default_branch: string | null }>(sql, [translation.repository.id]);
    return row?.default_branch ? { defaultBranch: row.default_branch } : {};
  }

  async learn(tx: Tx, repository: string, branch: string): Promise<void> {
    await rows(tx, 'update repository set default_branch = $2 where repository = $1 and default_branch is distinct from $2', [
      repository,
      branch,
    ]);
  }
}

/** The name of the branch that HEAD points to. */
export function branchOf(head: string): string {
  return head.replace(/^refs\/heads\//, '').slice(0, 255);
}

function lacksOne({ facts }: Extract<Translation, { facts: unknown }>): boolean {
  return facts.some(({ type, fields }) => (type === 'change.pushed' || type === 'change.proposed') && fields.defaultBranch === undefined);
}
