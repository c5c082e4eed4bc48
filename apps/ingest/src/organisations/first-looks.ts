import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChangePushed, make, type NewFact } from '@throughline/contracts';
import { Outbox, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, Problem, type Tx } from '@throughline/service';
import { branchOf, DefaultBranches } from '../repositories/default-branches.ts';
import { Heads } from '../repositories/heads.ts';
import type { RemoteRefs } from '../repositories/ls-remote.ts';
import { RemoteRepositories } from '../repositories/remote-repositories.ts';
import type { RepositoryRow } from '../repositories/repository-register.ts';
import { firstLookKind, type FirstLook } from './first-look.ts';

/** Says what the default branch of a repository holds that was just connected: its stock, which is news to nobody. */
@Injectable()
export class FirstLooks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly remotes: RemoteRepositories,
    private readonly heads: Heads,
    private readonly branches: DefaultBranches,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.work.handle<FirstLook>(firstLookKind, { concurrency: 2, leaseSeconds: 60, maxAttempts: 5 }, (lease) => this.look(lease));
  }

  private async look(lease: Lease<FirstLook>): Promise<void> {
    const [row] = await this.database.rows<RepositoryRow>('select * from repository where id = $1', [lease.payload.repository]);
    if (!row) return;
    const remote = await this.refsOf(row);
    await this.database.transaction(async (tx) => {
      await this.tell(tx, row, remote);
      await lease.complete(tx);
    });
  }

  /** What was pushed meanwhile has told of itself: only branches that nobody spoke of are taken down. */
  private async tell(tx: Tx, row: RepositoryRow, { refs, head }: RemoteRefs): Promise<void> {
    if (!(await this.branches.looked(tx, row.id, head))) return;
    const told = await this.heads.of(tx, row.id);
    const at = new Date();
    const news = [...refs].filter(([ref]) => ref.startsWith('refs/heads/') && !told.has(ref));
    await this.heads.record(
      tx,
      news.map(([ref, commit]) => ({ repository: row.repository, ref, commit, at })),
    );
    if (head === undefined) return;
    const after = refs.get(head);
    if (after !== undefined && !told.has(head)) await this.outbox.add(tx, stockOf(row, head, after));
  }

  /** Throws while the origin does not answer: the work is repeated. An empty repository has no refs. */
  private async refsOf(row: RepositoryRow): Promise<RemoteRefs> {
    try {
      return await this.remotes.refs(row, ['HEAD', 'refs/heads/*']);
    } catch (error) {
      throw error instanceof Problem ? new Error(error.detail, { cause: error }) : error;
    }
  }
}

function stockOf(row: RepositoryRow, ref: string, after: string): NewFact {
  const fact = make(ChangePushed, {
    repository: row.repository,
    ...(row.source_id === null ? {} : { source: row.source_id }),
    ref,
    after,
    defaultBranch: branchOf(ref),
    forced: false,
    pusher: '',
    commits: [],
    first: true,
  });
  return { fact, deliveryKey: `first ${row.id} ${after}` };
}
