import { Injectable } from '@nestjs/common';
import type { FindingsEvaluated } from '@throughline/contracts';
import { rows, type Tx } from '@throughline/service';
import { isOwnRef } from './own-branch.ts';

/** The findings of each line as they were last evaluated: a fix may add none to them. */
@Injectable()
export class LineFindings {
  /** Whether an evaluation says what a line has: one of a change request or of a branch of ours does not. */
  keeps({ subject, outcome }: FindingsEvaluated): boolean {
    return outcome === 'evaluated' && subject.pullRequest === undefined && !isOwnRef(subject.ref);
  }

  async keep(tx: Tx, fact: FindingsEvaluated, present: readonly string[]): Promise<void> {
    if (!this.keeps(fact)) return;
    const { subject, tool } = fact;
    await rows(
      tx,
      `insert into line_findings (repository, line, tool, commit, findings) values ($1, $2, $3, $4, $5)
       on conflict (repository, line, tool) do update set commit = excluded.commit, findings = excluded.findings,
         updated_at = clock_timestamp()`,
      [subject.repository, subject.ref, tool, subject.commit, [...new Set(present)]],
    );
  }
}
