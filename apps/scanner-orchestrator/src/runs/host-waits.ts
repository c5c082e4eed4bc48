import { Injectable } from '@nestjs/common';
import { GitFailed } from '@throughline/git';
import { PermanentFailure, WorkPostponed, WorkQueue, type Lease } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { Mirrors } from '../runner/mirrors.ts';
import { workKinds } from './work-kinds.ts';

/** So long a commit waits for its host, counted from when its work was asked for. */
const patienceMs = 30_000;
/** Work that does not come back by then asks no more: it was taken away, or its process ended. */
const lostMs = 15_000;
const mostHosts = 1_000;

interface Asker {
  readonly lease: string;
  readonly until: number;
}

/**
 * Work that waits for a host that is away. One row of each host asks again when its rest is over; the others are left alone until
 * it answers, or their time is over: a host has hundreds of repositories, and each claim of a row costs all others something.
 */
@Injectable()
export class HostWaits {
  /** The row that asks again, by host. */
  private readonly askers = new Map<string, Asker>();
  /** Hosts that answered, and for which nothing waits. */
  private readonly here = new Set<string>();

  constructor(
    private readonly mirrors: Mirrors,
    private readonly queue: WorkQueue,
    private readonly database: Database,
  ) {}

  /** Runs work on a repository. Throws `WorkPostponed` while its host is away, `PermanentFailure` when that has lasted too long. */
  async during<T>(lease: Lease<object>, repository: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.answered(repository);
      return result;
    } catch (error) {
      if (error instanceof GitFailed && error.hostAway) throw await this.away(lease, repository, error);
      await this.answered(repository);
      throw error;
    }
  }

  /** What was found in the mirror says nothing of the host: only what is not known to be away is there. */
  private async answered(repository: string): Promise<void> {
    const host = this.mirrors.hostOf(repository);
    if (!host || host.restMs !== undefined || this.here.has(host.name)) return;
    await this.release(host.name);
    this.askers.delete(host.name);
    if (this.here.size >= mostHosts) this.here.clear();
    this.here.add(host.name);
  }

  private async away(lease: Lease<object>, repository: string, error: GitFailed): Promise<Error> {
    const host = this.mirrors.hostOf(repository);
    const [name, restMs] = [host?.name ?? '', host?.restMs ?? 0];
    this.here.delete(name);
    const leftMs = lease.queuedAt.getTime() + patienceMs - Date.now();
    const asks = this.asks(name, lease);
    // Whoever waited behind others all the time has not been asked for once.
    if (leftMs <= 0 && lease.attempt > 1) {
      if (asks) await this.release(name, 1);
      if (asks) this.askers.delete(name);
      return new PermanentFailure(error.message);
    }
    if (!asks) return new WorkPostponed(error.message, Math.max(leftMs, lostMs), name);
    if (this.askers.size >= mostHosts) this.askers.clear();
    this.askers.set(name, { lease: lease.id, until: Date.now() + restMs + lostMs });
    return new WorkPostponed(error.message, Math.max(restMs, 100));
  }

  /** Whether this row is the one that asks for the host, or may become it. */
  private asks(host: string, { id }: Lease<object>): boolean {
    const asker = this.askers.get(host);
    return !asker || asker.lease === id || asker.until < Date.now();
  }

  private release(host: string, most?: number): Promise<void> {
    return this.database.transaction((tx) => this.queue.release(tx, workKinds.prepare, host, most));
  }
}
