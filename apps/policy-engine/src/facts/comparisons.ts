import { Injectable } from '@nestjs/common';
import type { SourceSubject } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { changeRequestLine } from './lines.ts';

const maxCompared = 100;

/** On which lines a commit stands, and with what it is compared on each. */
@Injectable()
export class Comparisons {
  /** Remembers the base of a line; that a later plan names none does not take it away. */
  async note(tx: Tx, subject: string, { repository, ref, pullRequest, base }: SourceSubject): Promise<void> {
    const line = pullRequest === undefined ? ref : changeRequestLine(pullRequest);
    await rows(
      tx,
      `insert into comparison (subject_id, line, repository, base) values ($1, $2, $3, $4)
       on conflict (subject_id, line) do update set base = coalesce(excluded.base, comparison.base)`,
      [subject, line, repository, base ?? null],
    );
  }

  /**
   * The bases that count. Change requests and the default branch: all of them, so that nobody makes a finding old by another
   * line that has it already. A commit that stands on neither: the base of its first line. Null: there is none on that line.
   */
  async basesOf(tx: Tx, subject: string): Promise<readonly (string | null)[]> {
    const lines = await rows<{ base: string | null; counts: boolean }>(
      tx,
      `select base, line like 'pull/%' or line = 'refs/heads/' || coalesce(branch, 'main') as counts
       from comparison left join default_branch using (repository) where subject_id = $1 order by position`,
      [subject],
    );
    const counting = lines.filter(({ counts }) => counts);
    return [...new Set((counting.length > 0 ? counting : lines.slice(0, 1)).map(({ base }) => base))];
  }

  /** Subjects that are compared with this commit, the latest ones. */
  async comparedWith(tx: Tx, repository: string, commit: string): Promise<readonly { readonly id: string; readonly commit: string }[]> {
    return rows(
      tx,
      `select distinct subject.id, subject.commit from comparison join subject on subject.id = comparison.subject_id
       where comparison.repository = $1 and comparison.base = $2 and subject.commit <> $2 order by subject.id desc limit ${maxCompared}`,
      [repository, commit],
    );
  }

  async defaultBranch(tx: Tx, branches: ReadonlyMap<string, string>): Promise<void> {
    const ordered = [...branches].sort(([a], [b]) => (a < b ? -1 : 1));
    await rows(
      tx,
      `insert into default_branch (repository, branch) select * from unnest($1::text[], $2::text[])
       on conflict (repository) do update set branch = excluded.branch where default_branch.branch <> excluded.branch`,
      [ordered.map(([repository]) => repository), ordered.map(([, branch]) => branch)],
    );
  }
}
