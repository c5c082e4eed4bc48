import { Injectable } from '@nestjs/common';
import { Problem } from '@throughline/service';
import type { DecisionRow } from '../decisions/decision-rows.ts';
import { Judge } from '../decisions/judge.ts';
import { Snapshots, type Standing } from '../facts/snapshots.ts';
import { SubjectSignals } from '../facts/subject-signals.ts';
import { EvidencePlans } from './evidence-plans.ts';
import type { Question } from './question.ts';

/** What a gate came to: a decision, or nothing but what could not be learnt. */
export interface Outcome {
  readonly decision?: DecisionRow;
  readonly missing: readonly string[];
}

/** What is known at one moment. */
interface Look {
  readonly decision?: DecisionRow;
  readonly standing?: Standing;
  /** What is planned elsewhere and not known here. */
  readonly gap?: string;
}

/** So many may wait at once: each holds a connection. */
const maxWaiting = 500;
/** Nobody announces that another service is back or has heard of a commit: it is asked again. */
const askAgainMs = 1_000;

/** Answers what gates are asked: at once when everything is known, else as soon as it is, at the latest when the time is over. */
@Injectable()
export class Gates {
  private waiting = 0;

  constructor(
    private readonly snapshots: Snapshots,
    private readonly plans: EvidencePlans,
    private readonly judge: Judge,
    private readonly signals: SubjectSignals,
  ) {}

  /** Waits until `deadline` (milliseconds since the epoch) for a final decision, then settles for what is known. */
  async ask(question: Question, deadline: number): Promise<Outcome> {
    const { decision, standing, gap } = await this.wait(question, deadline);
    return decision ? { decision, missing: [] } : this.settle(question, standing, gap);
  }

  /** Waits until `deadline` for a final decision; without one it answers why. */
  async wait(question: Question, deadline: number): Promise<Look> {
    if (this.waiting >= maxWaiting) throw new Problem(429, 'too_many_requests', 'too many wait at the gate', [], { 'retry-after': '5' });
    const signal = this.signals.listen(question.repository, question.commit);
    this.waiting += 1;
    try {
      for (;;) {
        const look = await this.look(question);
        const left = deadline - Date.now();
        if (look.decision || left <= 0) return look;
        await signal.next(look.gap === undefined ? left : Math.min(left, askAgainMs));
      }
    } finally {
      this.waiting -= 1;
      signal.end();
    }
  }

  private async look(question: Question): Promise<Look> {
    const standing = await this.snapshots.standing(question.repository, question.commit);
    const gap = await this.plans.gapIn(question, standing);
    if (gap !== undefined || !standing?.complete) return { standing, gap };
    return { decision: await this.judge.decided(standing, { gate: question.gate, final: true }), standing };
  }

  /** The time is over: judged as it is, and never a pass, since what is missing is among the facts. */
  private async settle({ gate }: Question, standing: Standing | undefined, gap: string | undefined): Promise<Outcome> {
    const unknown = gap === undefined ? [] : [gap];
    if (!standing) return { missing: unknown };
    for (let tries = 0; tries < 3; tries++) {
      const decision = await this.judge.judge(standing.subject.id, { gate, final: false, unknown });
      if (decision) return { decision, missing: [] };
    }
    return { missing: [...unknown, 'The subject changed while it was judged: ask again'] };
  }
}
