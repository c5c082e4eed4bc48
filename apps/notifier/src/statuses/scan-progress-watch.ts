import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ScanProgressList } from '@throughline/contracts';
import { Database, InternalClient, Log, ServiceAway } from '@throughline/service';
import { CommitStatuses } from './commit-statuses.ts';
import { isNews } from './progress-news.ts';
import { ProgressRows, type PendingCommit } from './progress-rows.ts';

const everyMs = 2_500;

/**
 * Tells hosts how far the scans of a pending commit are. Asked for now and then, of many commits at once: a fact of every scan
 * would be read for all the commits that are judged within seconds.
 */
@Injectable()
export class ScanProgressWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly table: ProgressRows,
    private readonly statuses: CommitStatuses,
    private readonly client: InternalClient,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void (this.looking = this.looking.then(() => this.look())), everyMs);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** One look at those whose turn it is. */
  async look(): Promise<void> {
    try {
      const due = await this.table.due();
      const unheard = due.filter(({ state }) => state === 'kept' || state === 'dead');
      if (unheard.length > 0) await this.table.giveUp(unheard);
      // While a word is on its way, or the host does not take it, no other one is added.
      const heard = due.filter(({ state }) => state === 'delivered');
      if (heard.length > 0) await this.tell(heard);
    } catch (error) {
      this.log[error instanceof ServiceAway ? 'debug' : 'warn']({ error }, 'hosts are not told how far the scans are');
    }
  }

  private async tell(pending: readonly PendingCommit[]): Promise<void> {
    const body = { commits: pending.map(({ repository, commit }) => ({ repository, commit })) };
    const path = '/internal/evidence/scans';
    const { commits } = await this.client.call<ScanProgressList>('scanner-orchestrator', { method: 'POST', path, body });
    for (const { repository, commit, ...scans } of commits) {
      const told = pending.find((one) => one.repository === repository && one.commit === commit);
      if (told && isNews(scans, told)) await this.database.transaction((tx) => this.statuses.progressed(tx, repository, commit, scans));
    }
  }
}
