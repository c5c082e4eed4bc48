import { Injectable } from '@nestjs/common';
import type { Gate } from '@throughline/contracts';
import { Metrics, type Counter, type Histogram } from '@throughline/service';
import { inSpan } from '@throughline/telemetry';
import { Evaluations } from '../evaluation/evaluations.ts';
import type { Standing } from '../facts/snapshots.ts';
import type { DecisionRow } from './decision-rows.ts';
import { Grounds, orderOf, type Measure } from './grounds.ts';
import { Verdicts } from './verdicts.ts';

/** How a subject is to be judged. */
export interface Asked {
  readonly gate: Gate;
  readonly final: boolean;
  /** What the gate could not learn. */
  readonly unknown?: readonly string[];
}

/** Judges subjects at gates. Who asks the same at the same time gets the same answer. */
@Injectable()
export class Judge {
  private readonly judgements: Counter;
  private readonly seconds: Histogram;
  private readonly running = new Map<string, Promise<DecisionRow | undefined>>();

  constructor(
    private readonly grounds: Grounds,
    private readonly evaluations: Evaluations,
    private readonly verdicts: Verdicts,
    metrics: Metrics,
  ) {
    this.judgements = metrics.counter('throughline_judgements_total', 'Judgements by gate and result.');
    this.seconds = metrics.histogram('throughline_judgement_seconds', 'Time of one judgement, waiting for the thread included, by gate.');
  }

  /** The decision that stands, or else a new one; undefined when the subject has changed meanwhile. */
  async decided({ subject, asOf }: Standing, asked: Asked): Promise<DecisionRow | undefined> {
    const measure = await this.grounds.measure(subject.repository);
    return (await this.verdicts.standing(subject.id, asked.gate, asOf, measure)) ?? this.judge(subject.id, asked, measure);
  }

  /** The decision; undefined when the subject is not known, or has changed meanwhile and must be judged anew. */
  judge(subject: string, asked: Asked, measure?: Measure): Promise<DecisionRow | undefined> {
    const key = JSON.stringify([subject, asked.gate, asked.final, asked.unknown ?? []]);
    const running = this.running.get(key);
    if (running) return running;
    const judging = this.judgeNow(subject, asked, measure).finally(() => this.running.delete(key));
    this.running.set(key, judging);
    return judging;
  }

  private judgeNow(subject: string, { gate, final, unknown }: Asked, measure?: Measure): Promise<DecisionRow | undefined> {
    return inSpan('judge', { attributes: { 'throughline.gate': gate } }, async (span) => {
      const ground = await this.grounds.of(subject, measure);
      if (!ground) return undefined;
      const started = performance.now();
      const verdict = await this.evaluations.judge(orderOf(ground, gate, unknown));
      const judgingMs = Math.round(performance.now() - started);
      this.judgements.add({ gate, result: verdict.judgement.result });
      this.seconds.observe(judgingMs / 1000, { gate });
      span.setAttributes({ 'throughline.result': verdict.judgement.result, 'throughline.policies': verdict.judgement.policies.length });
      return this.verdicts.keep({ gate, ground, verdict, judgingMs, final });
    });
  }
}
