import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Retention, WorkQueue, type Lease } from '@throughline/messaging';
import { Database, type Tx } from '@throughline/service';
import { CommitStatuses } from '../statuses/commit-statuses.ts';
import { labelOf } from './release-answers.ts';
import { ReleaseRows, type ReleaseRow } from './release-rows.ts';

interface Swept {
  readonly release: string;
}

const kind = 'release checks';
/** What comes while it is open is released with the next look; whoever pushes pays nothing for that. */
const everyMs = 5000;
const atOnce = 100;
const mostRounds = 1000;
/** As long as the exceptions that people granted. */
const keptDays = 400;
const ended = `
  delete from check_releases where id in (
    select id from check_releases where ended_at is not null and requested_at < $1 order by requested_at limit $2
  ) returning 1`;

/** Tells hosts of released checks while a release is open, and how they really stand when it is over. */
@Injectable()
export class ReleaseSweep implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly work: WorkQueue,
    private readonly table: ReleaseRows,
    private readonly statuses: CommitStatuses,
    private readonly retention: Retention,
  ) {}

  onModuleInit(): void {
    this.work.handle<Swept>(kind, { concurrency: 1, leaseSeconds: 60, maxAttempts: 1000 }, (lease) => this.look(lease));
    this.retention.keep('checkReleases', keptDays, ended);
  }

  /** Has a look after the commit, or at a time. */
  async at(tx: Tx, release: string, runAfter?: Date): Promise<void> {
    await this.work.add(tx, { kind, payload: { release } satisfies Swept, priority: 'interactive', ...(runAfter && { runAfter }) });
  }

  private async look(lease: Lease<Swept>): Promise<void> {
    const { release } = lease.payload;
    const row = await this.database.transaction((tx) => this.endInTime(tx, release));
    if (row?.state === 'open') {
      await this.rounds(lease, (tx) => this.releaseSome(tx, row));
      const next = new Date(Math.min(Date.now() + everyMs, row.until!.getTime()));
      await this.database.transaction(async (tx) => {
        await lease.complete(tx);
        await this.at(tx, release, next);
      });
    }
    if (row?.state === 'ended') await this.rounds(lease, (tx) => this.giveSomeBack(tx, row));
  }

  /** The row as it is now; one whose time is over has ended. Undefined for a request that somebody may still confirm. */
  private async endInTime(tx: Tx, id: string): Promise<ReleaseRow | undefined> {
    const row = await this.table.find(tx, id, 'for update');
    if (!row || row.state === 'ended') return row;
    const over = row.state === 'open' ? row.until! : row.confirmBefore;
    if (over.getTime() > Date.now()) return row;
    await this.table.end(tx, id, row.state === 'open' ? 'over' : 'not_confirmed', 'throughline', null);
    return this.table.find(tx, id);
  }

  private async rounds(lease: Lease<Swept>, round: (tx: Tx) => Promise<number>): Promise<void> {
    for (let count = 0; count < mostRounds; count += 1) {
      const done = await this.database.transaction(round);
      if (done < atOnce) return;
      await lease.renew();
    }
  }

  private async releaseSome(tx: Tx, row: ReleaseRow): Promise<number> {
    const taken = await this.table.take(tx, row.id, atOnce);
    for (const { repository, commit } of taken) await this.statuses.released(tx, repository, commit, { label: labelOf(row), ...row });
    return taken.length;
  }

  private async giveSomeBack(tx: Tx, row: ReleaseRow): Promise<number> {
    const back = await this.table.giveBack(tx, row.id, atOnce);
    for (const { repository, commit, unjudged } of back) if (unjudged) await this.statuses.standing(tx, repository, commit);
    return back.length;
  }
}
