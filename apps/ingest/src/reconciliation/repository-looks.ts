import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RepositoryRemovals, type Lease } from '@throughline/messaging';
import { Database, Log, Problem, rows } from '@throughline/service';
import type { RemoteRefs } from '../repositories/ls-remote.ts';
import { RemoteRepositories } from '../repositories/remote-repositories.ts';
import { lookKind, MissedPushes, type FollowedRow, type Look } from './missed-pushes.ts';

const dropLooks = `
  delete from work where kind = $1 and state <> 'leased'
    and payload::json ->> 'repository' = (select id::text from repository where repository = $2)`;

/** One look at one repository. */
@Injectable()
export class RepositoryLooks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly remotes: RemoteRepositories,
    private readonly missed: MissedPushes,
    private readonly removals: RepositoryRemovals,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.removals.onRemoval(async (tx, repository) => void (await rows(tx, dropLooks, [lookKind, repository])));
  }

  async look(lease: Lease<Look>): Promise<void> {
    const [row] = await this.database.rows<FollowedRow>('select * from repository where id = $1', [lease.payload.repository]);
    const remote = row && (await this.refsOf(row));
    if (!row || !remote) return;
    const count = await this.missed.settle(row, remote, lease.payload, (tx) => lease.complete(tx));
    if (count > 0) this.log.info({ repository: row.repository, count }, 'pushes were found that no webhook had told');
  }

  /** A remote that does not answer is looked at again at its next turn. */
  private async refsOf(row: FollowedRow): Promise<RemoteRefs | undefined> {
    try {
      return await this.remotes.refs(row, ['HEAD', 'refs/heads/*']);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.log.info({ repository: row.repository, reason: error.detail }, 'a repository could not be looked at');
      return undefined;
    }
  }
}
