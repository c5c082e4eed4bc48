import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue, type Lease } from '@throughline/messaging';
import { isComplete } from '@throughline/policy';
import { Database } from '@throughline/service';
import { Snapshots, type Standing } from '../facts/snapshots.ts';
import { overdueMs } from '../facts/subjects.ts';
import { workKinds, type JudgeWork as Payload } from '../work-kinds.ts';
import { Judge } from './judge.ts';
import { Verdicts } from './verdicts.ts';

/** A subject is judged at most so often: the last change of a moment wins. */
const pauseMs = 1_000;

/** Judges subjects about which something was learnt. */
@Injectable()
export class JudgeWork implements OnModuleInit {
  constructor(
    private readonly work: WorkQueue,
    private readonly database: Database,
    private readonly snapshots: Snapshots,
    private readonly judge: Judge,
    private readonly verdicts: Verdicts,
  ) {}

  onModuleInit(): void {
    this.work.handle<Payload>(workKinds.judge, { concurrency: 4, leaseSeconds: 60, maxAttempts: 10 }, (lease) => this.handle(lease));
  }

  private async handle(lease: Lease<Payload>): Promise<void> {
    const { subject, overdue } = lease.payload;
    const [standing, { gates, judgedAt }] = await Promise.all([this.snapshots.standingOf(subject), this.verdicts.gatesOf(subject)]);
    if (!standing || standing.subject.baseline) return;
    if (!standing.complete && overdue !== true) return this.wait(lease, standing);
    const soonest = (judgedAt?.getTime() ?? 0) + pauseMs;
    if (soonest > Date.now()) return this.again(lease, new Date(soonest));
    for (const gate of gates) await this.judge.decided(standing, { gate, final: true });
    await this.finish(lease, standing);
  }

  /** Ends the work, unless something was learnt meanwhile: nobody else saw to that, as this work was still there. */
  private async finish(lease: Lease<Payload>, judged: Standing): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [now] = await Promise.all([this.snapshots.locked(tx, lease.payload.subject), lease.complete(tx)]);
      if (now && now.asOf !== judged.asOf) await this.work.add(tx, workFor(lease.payload, new Date(Date.now() + pauseMs)));
      else if (judged.complete) await this.work.drop(tx, workKinds.judge, ...laters(lease.payload.subject));
    });
  }

  private async again(lease: Lease<Payload>, runAfter: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lease.complete(tx);
      await this.work.add(tx, workFor(lease.payload, runAfter));
    });
  }

  /** While evidence is open its next fact brings new work. A base that is not heard of, or does not finish, brings none. */
  private async wait(lease: Lease<Payload>, { subject, bases }: Standing): Promise<void> {
    if (!isComplete(subject.evidence)) return;
    const grace = (bases.graceUntil?.getTime() ?? 0) + 100;
    const overdue = grace <= Date.now();
    const payload: Payload = { subject: subject.id, ...(overdue ? { overdue } : {}) };
    const runAfter = new Date(overdue ? Date.now() + overdueMs : grace);
    await this.database.transaction(async (tx) => {
      await lease.complete(tx);
      await this.work.add(tx, { ...workFor(payload, runAfter), dedupe: laterOf(subject.id, overdue ? 'overdue' : 'base') });
    });
  }
}

/** The name of work that looks again when time is over. */
function laterOf(subject: string, why: 'overdue' | 'base'): string {
  return `${subject} ${why}`;
}

/** What a subject that was judged as complete has no more use for. */
function laters(subject: string): string[] {
  return [laterOf(subject, 'overdue'), laterOf(subject, 'base')];
}

function workFor(payload: Payload, runAfter: Date) {
  const dedupe = payload.overdue === true ? laterOf(payload.subject, 'overdue') : payload.subject;
  return { kind: workKinds.judge, payload, dedupe, runAfter };
}
