import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, Log, ServiceAway } from '@throughline/service';
import { episode, inSpan } from '@throughline/telemetry';
import { Wakeups } from '../database/wakeups.ts';
import { backOff, describeFailure, isPermanent, LeaseLost, WorkPostponed } from '../failures.ts';
import { within } from '../limits.ts';
import { Measures, timed } from '../measures.ts';
import { Outage } from '../outage.ts';
import { Pulse } from '../pulse.ts';
import type { Lease, WorkOptions } from './lease.ts';
import { heldFor, WorkLease } from './work-lease.ts';
import { WorkRows, type Claim, type LeasedRow } from './work-rows.ts';

/** Commits are told of, and when work gets due is known; this is for what is neither. */
const pollMs = 2_000;
/** While something was due: it may wait for a row of its key that another process has. */
const busyPollMs = 1_000;
const drainMs = 10_000;
const abortMs = 2_000;
/** So long work waits for another service of ours before that counts against it. */
const awayMs = 24 * 60 * 60_000;

/** A kind of work with the function that does it. */
export interface Worker {
  readonly kind: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the payload of a kind is known to whoever registers it
  readonly options: WorkOptions<any>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  readonly work: (lease: Lease<any>) => Promise<void>;
}

interface Running {
  readonly lease: WorkLease;
  readonly interactive: boolean;
  readonly done: Promise<void>;
}

/** Claims work while there are free slots and runs it, each row in the trace it was added in. */
@Injectable()
export class Workers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly workers = new Map<string, Worker>();
  private readonly running = new Map<string, Set<Running>>();
  /** Kinds whose last claim was of overdue work. */
  private readonly caughtUp = new Set<string>();
  /** Kinds of which the last claim left nothing that was due: what is due now has come since. */
  private readonly emptied = new Set<string>();
  /** Those of them of which nothing at all was left, also nothing that waits for a key: when one ends there is nothing to look for. */
  private readonly drained = new Set<string>();
  /** Kinds of which work was added that can be done at once. */
  private readonly told = new Set<string>();
  private readonly pulse = new Pulse();
  private readonly outage: Outage;
  private stopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly table: WorkRows,
    private readonly database: Database,
    private readonly wakeups: Wakeups,
    private readonly log: Log,
    private readonly measures: Measures,
  ) {
    this.outage = new Outage(log, 'work cannot be claimed, trying again');
  }

  register(worker: Worker): void {
    if (this.workers.has(worker.kind)) throw new Error(`two functions want to do the work ${worker.kind}`);
    this.workers.set(worker.kind, worker);
    this.running.set(worker.kind, new Set());
  }

  onApplicationBootstrap(): void {
    if (this.workers.size === 0) return;
    this.wakeups.on('work', (kinds) => {
      for (const kind of kinds) this.told.add(kind);
      this.pulse.wake();
    });
    this.loop = this.claimForEver();
  }

  /** Lets running work end for ten seconds, then asks it to stop and gives the rows back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.pulse.wake();
    await this.loop;
    const running = [...this.running.values()].flatMap((set) => [...set]);
    const done = Promise.all(running.map((run) => run.done));
    if (await within(drainMs, done)) return;
    for (const { lease } of running) lease.abort(new Error('the service stops'));
    await within(abortMs, done);
  }

  private async claimForEver(): Promise<void> {
    while (!this.stopping) {
      let waitMs = busyPollMs;
      try {
        await this.claimTold();
        waitMs = await this.claimDue();
        this.outage.over();
      } catch (error) {
        this.outage.failed(error);
      }
      await this.pulse.wait(waitMs);
    }
  }

  /** Starts what was told of without a look first, where nothing older can be waiting. */
  private async claimTold(): Promise<void> {
    const told = [...this.told];
    this.told.clear();
    for (const kind of told) {
      const worker = this.workers.get(kind);
      if (worker && this.isFree(worker) && this.emptied.has(kind)) await this.fillSlots(worker);
      else this.waits(kind);
    }
  }

  /** Starts what is due and has a slot; answers in how many milliseconds to look again. */
  private async claimDue(): Promise<number> {
    // Of all kinds: a lease that ended is found also while no slot is free.
    const { due, nextInMs, expired } = await this.table.look([...this.workers.keys()], this.runningIds());
    for (const worker of this.workers.values()) {
      if (!due.includes(worker.kind)) continue;
      if (this.isFree(worker)) await this.fillSlots(worker);
      else this.waits(worker.kind);
    }
    if (expired) {
      await this.table.reopenExpired(this.runningIds());
      this.pulse.wake();
    }
    const most = due.length > 0 || !this.wakeups.listening ? busyPollMs : pollMs;
    return Math.min(most, nextInMs ?? most);
  }

  private isFree({ kind, options }: Worker): boolean {
    return this.running.get(kind)!.size < options.concurrency;
  }

  /** Something of the kind is there and not begun: by the time there is a slot it may have waited for minutes. */
  private waits(kind: string): void {
    this.drained.delete(kind);
    this.emptied.delete(kind);
  }

  /** The last slot of a kind is kept for work that a person waits for. */
  private async fillSlots(worker: Worker): Promise<void> {
    await this.catchUp(worker);
    const { concurrency } = worker.options;
    const running = this.running.get(worker.kind)!;
    const open = Math.min(concurrency - running.size, this.openToAll(worker));
    const claimed = open > 0 ? await this.claim(worker, open, 'all') : undefined;
    const drained = claimed?.some(({ more }) => !more) ?? false;
    const emptied = drained || (claimed !== undefined && claimed.length < open);
    note(this.drained, worker.kind, drained);
    note(this.emptied, worker.kind, emptied);
    const left = concurrency - running.size;
    if (left > 0 && !emptied) await this.claim(worker, left, 'interactive');
  }

  /** Every second claim may be one of what others went before for minutes: so nothing waits for ever. */
  private async catchUp(worker: Worker): Promise<void> {
    const { kind } = worker;
    const may = !this.caughtUp.delete(kind) && !this.emptied.has(kind) && this.openToAll(worker) > 0;
    if (may && (await this.claim(worker, 1, 'overdue')).length > 0) this.caughtUp.add(kind);
  }

  private openToAll({ kind, options: { concurrency } }: Worker): number {
    const others = [...this.running.get(kind)!].filter((run) => !run.interactive).length;
    return concurrency - (concurrency > 1 ? 1 : 0) - others;
  }

  private async claim(worker: Worker, limit: number, of: Claim['of']): Promise<readonly LeasedRow[]> {
    if (this.stopping) return [];
    const { leaseSeconds } = worker.options;
    const leased = await this.table.claim({ kind: worker.kind, limit, leaseSeconds: heldFor(leaseSeconds), of });
    for (const row of leased) this.start(worker, row);
    return leased;
  }

  private runningIds(): string[] {
    return [...this.running.values()].flatMap((slots) => [...slots].map(({ lease }) => lease.id));
  }

  private start(worker: Worker, row: LeasedRow): void {
    const lease = new WorkLease(worker.kind, row, worker.options.leaseSeconds, this.table);
    const slots = this.running.get(worker.kind)!;
    const done = this.run(worker, lease, row).then((ended) => {
      lease.stopClock();
      slots.delete(run);
      if (!ended || !this.drained.has(worker.kind)) this.pulse.wake();
    });
    const run: Running = { lease, interactive: row.priority === 0, done };
    slots.add(run);
  }

  /** Whether it was done; whatever else became of it is noted in its row. */
  private async run(worker: Worker, lease: WorkLease, row: LeasedRow): Promise<boolean> {
    const continuation = episode(row.carrier ? { traceparent: row.carrier } : undefined, row.waitedMs);
    const attributes = { 'work.kind': worker.kind, 'work.attempt': lease.attempt };
    try {
      await inSpan(`work ${worker.kind}`, { kind: 'consumer', ...continuation, attributes }, async () => {
        if (row.failures >= worker.options.maxAttempts) throw new Error('no worker came back from it');
        await timed(this.measures.workSeconds, { kind: worker.kind }, () => lease.within(worker.work(lease)));
        if (!lease.completed) await this.database.transaction((tx) => lease.complete(tx));
      });
      return true;
    } catch (error) {
      await this.failed(worker, lease, row, error).catch((next: unknown) => {
        this.log.warn({ error: next, kind: worker.kind, id: lease.id }, 'cannot note that work failed: it is repeated when its lease ends');
      });
      return false;
    }
  }

  private async failed(worker: Worker, lease: WorkLease, row: LeasedRow, error: unknown): Promise<void> {
    const fields = { kind: worker.kind, id: lease.id, attempt: lease.attempt, error };
    if (error instanceof LeaseLost) return this.log.warn(fields, 'a lease was lost, the result is dropped');
    if (this.stopping && lease.signal.aborted) return this.table.release(lease.id, lease.attempt);
    const reason = describeFailure(error);
    if (error instanceof WorkPostponed) return this.table.postpone(lease.id, lease.attempt, error.afterMs, reason, error.waitsFor);
    if (error instanceof ServiceAway && Date.now() - lease.queuedAt.getTime() < awayMs) {
      this.log.warn({ kind: worker.kind, id: lease.id, attempt: lease.attempt, reason }, 'work waits for another service');
      return this.table.postpone(lease.id, lease.attempt, backOff(lease.attempt, 1_000, 30_000), reason);
    }
    if (!isPermanent(error) && row.failures + 1 < worker.options.maxAttempts) {
      this.log.warn(fields, 'work failed and is tried again');
      return this.table.retryLater(lease.id, lease.attempt, backOff(row.failures + 1, 1_000, 300_000), reason);
    }
    this.log.error(fields, 'work failed for good');
    const cause = error instanceof Error ? error : new Error(reason);
    await this.database.transaction(async (tx) => {
      if (await this.table.bury(tx, lease.id, lease.attempt, reason)) await worker.options.onDead?.(lease, tx, cause);
    });
  }
}

function note(kinds: Set<string>, kind: string, isTrue: boolean): void {
  if (isTrue) kinds.add(kind);
  else kinds.delete(kind);
}
