import { Injectable } from '@nestjs/common';
import type { Lease } from '@throughline/messaging';
import { Database, Log, Problem } from '@throughline/service';
import type { RemoteRefs } from '../repositories/ls-remote.ts';
import { RemoteRepositories } from '../repositories/remote-repositories.ts';
import { MissedPushes, type FollowedRow, type Look } from './missed-pushes.ts';

/** One look at one repository. */
@Injectable()
export class RepositoryLooks {
  constructor(
    private readonly database: Database,
    private readonly remotes: RemoteRepositories,
    private readonly missed: MissedPushes,
    private readonly log: Log,
  ) {}

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
