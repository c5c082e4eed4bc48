import { Controller } from '@nestjs/common';
import { FindingsEvaluated } from '@throughline/contracts';
import { Inbox, OnEvent } from '@throughline/messaging';
import { rows, type Tx } from '@throughline/service';

@Controller()
export class ReportEvaluatedHandler {
  constructor(private readonly inbox: Inbox) {}

  /** What a report did is known once the ledger has applied it; our own runs are none. */
  @OnEvent(FindingsEvaluated, { batch: 100, acrossTraces: true, when: ({ assurance }) => assurance !== undefined })
  async handle(uploads: readonly FindingsEvaluated[]): Promise<void> {
    await this.inbox.onceAll(uploads, async (fresh, tx) => {
      for (const evaluation of fresh) await this.close(tx, evaluation);
    });
  }

  private async close(tx: Tx, { subject, seq, opened, unchanged, resolved, reopened, parked }: FindingsEvaluated): Promise<void> {
    await rows(
      tx,
      `update uploaded_report u set state = $4, parked_resolves = $5, parked_open = $6, finished_at = now(),
         -- A confirmation adds to what was done before it.
         opened = coalesce(u.opened, 0) + $7, reopened = coalesce(u.reopened, 0) + $8, resolved = coalesce(u.resolved, 0) + $9,
         unchanged = coalesce(u.unchanged, $10)
       from plan p where p.id = u.plan_id and p.repository = $1 and p.commit_id = $2 and u.seq = $3 and u.state = 'running'`,
      [
        ...[subject.repository, subject.commit, seq, parked ? 'parked' : 'done', parked?.wouldResolve ?? null, parked?.open ?? null],
        ...[opened, reopened, resolved, unchanged],
      ],
    );
  }
}
