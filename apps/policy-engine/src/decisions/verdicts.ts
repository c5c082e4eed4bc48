import { Injectable } from '@nestjs/common';
import { chainIdOf, uuidv7, type Gate } from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import { outcomeDigest } from '@throughline/policy';
import { Database, type Tx } from '@throughline/service';
import { traceIdNow } from '@throughline/telemetry';
import type { Verdict } from '../evaluation/orders.ts';
import { SubjectRows } from '../facts/subject-rows.ts';
import { decisionFact } from './decision-fact.ts';
import { DecisionRows, type DecisionRow } from './decision-rows.ts';
import type { Ground, Measure } from './grounds.ts';
import { VerdictRows, type VerdictRow } from './verdict-rows.ts';

/** A judgement that was just made. */
export interface Judged {
  readonly gate: Gate;
  readonly ground: Ground;
  readonly verdict: Verdict;
  readonly judgingMs: number;
  /** Others are told. Not so for an answer to somebody who could not wait until everything was known. */
  readonly final: boolean;
}

/** Keeps judgements: a decision when something differs, a fact when others can see the difference. */
@Injectable()
export class Verdicts {
  constructor(
    private readonly database: Database,
    private readonly subjects: SubjectRows,
    private readonly decisions: DecisionRows,
    private readonly table: VerdictRows,
    private readonly outbox: Outbox,
  ) {}

  /** The decision that a judgement came to; undefined when the subject has changed meanwhile and must be judged anew. */
  keep(judged: Judged): Promise<DecisionRow | undefined> {
    const { snapshot } = judged.ground;
    return this.database.transaction(async (tx) => {
      const [subject, before] = await Promise.all([
        this.subjects.byId(tx, snapshot.subject.id, 'for update'),
        this.table.find(tx, snapshot.subject.id, judged.gate),
      ]);
      if (subject?.version !== snapshot.subject.version) return undefined;
      const outcome = outcomeDigest(judged.verdict.judgement);
      const same = before?.known === judged.verdict.input.known && before.outcome === outcome;
      const kept = same ? await this.decisions.find(tx, before.decision) : undefined;
      const publishes = judged.final && before?.published !== outcome;
      const decision = kept && !publishes ? kept : await this.decide(tx, judged, (before?.revision ?? 0) + 1, publishes);
      const provisional = !judged.final && !(same && !before.provisional);
      const published = publishes ? outcome : (before?.published ?? null);
      await this.table.save(tx, subject.id, { ...verdictOf(judged, decision), outcome, published, provisional });
      return decision;
    });
  }

  /** The decision that still stands: made from what is known now, by the policies and the tolerance of now. */
  async standing(subject: string, gate: Gate, asOf: string, measure: Measure): Promise<DecisionRow | undefined> {
    return this.database.transaction(async (tx) => {
      const verdict = await this.table.find(tx, subject, gate);
      if (!verdict || verdict.provisional || !stands(verdict, asOf, measure)) return undefined;
      return this.decisions.find(tx, verdict.decision);
    });
  }

  /** The gates at which a subject is judged: the change gate, and those that somebody has asked. */
  async gatesOf(subject: string): Promise<{ readonly gates: readonly Gate[]; readonly judgedAt?: Date }> {
    const verdicts = await this.database.transaction((tx) => this.table.all(tx, subject));
    const judgedAt = verdicts.map((verdict) => verdict.judgedAt).sort((a, b) => b.getTime() - a.getTime())[0];
    return { gates: [...new Set<Gate>(['change', ...verdicts.map(({ gate }) => gate)])], judgedAt };
  }

  private async decide(tx: Tx, judged: Judged, revision: number, publishes: boolean): Promise<DecisionRow> {
    const { verdict, ground } = judged;
    const decision = decisionOf(judged, revision, publishes);
    await this.decisions.insert(tx, decision, verdict.input);
    if (!publishes) return decision;
    const { repository, commit, because } = ground.snapshot.subject;
    await this.outbox.add(tx, {
      fact: decisionFact(decision, verdict.items),
      deliveryKey: `decision ${decision.id}`,
      because,
      sequence: revision,
      correlationid: chainIdOf(repository, commit),
    });
    return decision;
  }
}

function decisionOf({ gate, ground, verdict, judgingMs }: Judged, revision: number, published: boolean): DecisionRow {
  const { subject } = ground.snapshot;
  const { judgement, input, evaluator, dataAsOf } = verdict;
  const decidedAt = new Date();
  return {
    ...{ id: uuidv7(decidedAt.getTime()), gate, decidedAt, revision, published, judgingMs, evaluator },
    ...{ repository: subject.repository, commit: subject.commit, ref: subject.ref, pullRequest: subject.pullRequest, base: subject.base },
    ...{ application: ground.tolerance.application, tolerance: ground.tolerance.name, input: input.digest },
    ...judgement,
    bundle: ground.policies.bundle,
    suppressions: subject.suppressions ?? null,
    latencyMs: Math.max(0, decidedAt.getTime() - subject.changedAt.getTime()),
    dataAsOf: dataAsOf === undefined ? null : new Date(dataAsOf),
    traceId: traceIdNow() ?? null,
  };
}

function verdictOf(
  { gate, ground, verdict }: Judged,
  decision: DecisionRow,
): Omit<VerdictRow, 'judgedAt' | 'outcome' | 'published' | 'provisional'> {
  return {
    ...{ gate, decision: decision.id, revision: decision.revision },
    asOf: ground.snapshot.asOf,
    known: verdict.input.known,
    policies: ground.policies.digest,
    tolerance: ground.toleranceDigest,
  };
}

function stands(verdict: VerdictRow, asOf: string, { policies, toleranceDigest }: Measure): boolean {
  return verdict.asOf === asOf && verdict.policies === policies.digest && verdict.tolerance === toleranceDigest;
}
