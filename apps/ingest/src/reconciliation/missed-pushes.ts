import { Injectable } from '@nestjs/common';
import { ChangePushed, make, type NewFact } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { branchOf, DefaultBranches } from '../repositories/default-branches.ts';
import type { RemoteRefs } from '../repositories/ls-remote.ts';
import type { RepositoryRow } from '../repositories/repository-register.ts';
import { Heads } from '../repositories/heads.ts';
import { compareHeads, type MovedBranch } from './compare.ts';

/** Kind of the work that looks at one repository. */
export const lookKind = 'look-for-missed-pushes';

/** Which repository to look at; `suspects` are branches that seemed to have moved a while ago. */
export interface Look {
  readonly repository: string;
  readonly suspects?: readonly string[];
}

/** A repository with what reconciliation knows of it. */
export interface FollowedRow extends RepositoryRow {
  readonly branches_known: boolean;
}

/** A webhook may be on its way: a branch counts as missed when it is still unknown after this time. */
const graceMs = 60_000;
/** More are told on the next look. */
const mostPushes = 20;

/** Says what a webhook would have said that did not come. */
@Injectable()
export class MissedPushes {
  constructor(
    private readonly database: Database,
    private readonly heads: Heads,
    private readonly branches: DefaultBranches,
    private readonly work: WorkQueue,
    private readonly outbox: Outbox,
  ) {}

  /** Compares what the remote has with what we were told; answers how many pushes had been missed. */
  settle(row: FollowedRow, remote: RemoteRefs, { suspects }: Look, complete: (tx: Tx) => Promise<void>): Promise<number> {
    return this.database.transaction(async (tx) => {
      if (!(await this.branches.looked(tx, row.id, remote.head))) return 0;
      const follows = { branchesKnown: row.branches_known, followsAll: row.source_id !== null };
      const { moved, gone, learned } = compareHeads(await this.heads.of(tx, row.id), remote.refs, follows);
      const missed = moved.filter(({ ref }) => suspects?.includes(ref)).slice(0, mostPushes);
      const now = new Date();
      await this.heads.forget(tx, row.id, gone);
      await this.heads.record(
        tx,
        [...learned, ...missed].map(({ ref, after }) => ({ repository: row.repository, ref, commit: after, at: now })),
      );
      await this.outbox.add(tx, ...missed.map((branch) => pushOf(row, branch, remote.head)));
      if (suspects === undefined && moved.length > 0) await this.lookAgain(tx, row.id, moved);
      await complete(tx);
      return missed.length;
    });
  }

  private async lookAgain(tx: Tx, repository: string, moved: readonly MovedBranch[]): Promise<void> {
    const payload: Look = { repository, suspects: moved.slice(0, mostPushes).map(({ ref }) => ref) };
    await this.work.add(tx, {
      kind: lookKind,
      payload,
      dedupe: `${repository} again`,
      runAfter: new Date(Date.now() + graceMs),
      priority: 'bulk',
    });
  }
}

function pushOf(row: RepositoryRow, { ref, before, after }: MovedBranch, head: string | undefined): NewFact {
  const fact = make(ChangePushed, {
    repository: row.repository,
    ...(row.source_id === null ? {} : { source: row.source_id }),
    ref,
    ...(before === undefined ? {} : { before }),
    after,
    defaultBranch: branchOf(head ?? ref),
    forced: false,
    pusher: '',
    commits: [],
  });
  return { fact, deliveryKey: `missed ${row.id} ${ref} ${before ?? ''} ${after}` };
}
