import { Injectable } from '@nestjs/common';
import { envelopeOf, type SourceSubject } from '@throughline/contracts';
import { WorkQueue } from '@throughline/messaging';
import { isComplete, onlyUploads, type Evidence } from '@throughline/policy';
import type { Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { Comparisons } from './comparisons.ts';
import { SubjectRows, type About, type SubjectRow } from './subject-rows.ts';
import { SubjectSignals } from './subject-signals.ts';

/** Evidence that is still open so long after its plan is judged as it is: undecided, and somebody is told. */
export const overdueMs = 15 * 60_000;

const settleMs = 3_000;

/** A fact about a subject, and what it makes of what is known. */
export interface News<F> {
  readonly fact: F;
  readonly change: (evidence: Evidence) => Evidence;
}

interface AboutSubject {
  readonly subject: SourceSubject;
}

/** Takes facts about subjects up. What is to be judged because of them is left as work in the same transaction. */
@Injectable()
export class Subjects {
  constructor(
    private readonly table: SubjectRows,
    private readonly comparisons: Comparisons,
    private readonly signals: SubjectSignals,
    private readonly work: WorkQueue,
  ) {}

  /** Applies a fact about evidence. */
  async apply(tx: Tx, fact: AboutSubject, change: (evidence: Evidence) => Evidence): Promise<void> {
    await this.applyAll(tx, [{ fact, change }]);
  }

  /** Applies facts about one subject, in their order; answers its id and those that told something new. */
  async applyAll<F extends AboutSubject>(tx: Tx, news: readonly News<F>[]): Promise<{ readonly id: string; readonly told: readonly F[] }> {
    const { repository, commit } = news[0]!.fact.subject;
    const subject = await this.table.open(tx, repository, commit);
    const { evidence, told } = taken(subject.evidence, news);
    const fact = told.at(-1);
    if (fact) await this.save(tx, subject, evidence, fact);
    return { id: subject.id, told };
  }

  private async save(tx: Tx, subject: SubjectRow, evidence: Evidence, fact: AboutSubject): Promise<void> {
    const { repository, commit } = subject;
    const replanned = evidence.plan !== subject.evidence.plan;
    // An upload says nothing about lines: what it names may not be where the commit stands.
    const planned = !onlyUploads(evidence);
    if (replanned && planned && fact.subject.baseline !== true) await this.comparisons.note(tx, subject.id, fact.subject);
    const about = planned && (subject.ref === '' || replanned) ? merged(subject, fact.subject) : subject;
    await this.table.save(tx, subject, evidence, about, envelopeOf(fact));
    this.signals.changed(tx, repository, commit);
    await this.schedule(tx, { ...subject, ...about, evidence }, isComplete(subject.evidence));
  }

  /**
   * A complete subject is judged, and what is compared with it is judged again. The lock on the subject's row makes sure that
   * work which is being done already sees this change or is followed by more; others are not locked, so theirs is added anew.
   * What had been complete before is evaluated anew because advisories changed: its base is too, and follows in a moment.
   */
  private async schedule(tx: Tx, subject: SubjectRow, again: boolean): Promise<void> {
    const { id, evidence, baseline, repository, commit } = subject;
    const runAfter = again ? new Date(Date.now() + settleMs) : undefined;
    if (isComplete(evidence)) {
      // Somebody waits for the verdict on a push, nobody for what new advisories change about it.
      const first = { kind: workKinds.judge, lane: repository, priority: again ? 'normal' : 'interactive' } as const;
      if (!baseline) await this.work.add(tx, { ...first, payload: { subject: id }, dedupe: id, runAfter });
      const compared = await this.comparisons.comparedWith(tx, repository, commit);
      const judge = { kind: workKinds.judge, lane: repository, runAfter };
      await this.work.add(tx, ...compared.map((each) => ({ ...judge, payload: { subject: each.id } })));
      for (const each of compared) this.signals.changed(tx, repository, each.commit);
    } else if (evidence.plan && !baseline && !onlyUploads(evidence)) {
      const overdue = { kind: workKinds.judge, payload: { subject: id, overdue: true }, dedupe: `${id} overdue` };
      await this.work.add(tx, { ...overdue, runAfter: new Date(Date.now() + overdueMs) });
    }
  }
}

function taken<F>(before: Evidence, news: readonly News<F>[]): { readonly evidence: Evidence; readonly told: readonly F[] } {
  const told: F[] = [];
  let evidence = before;
  for (const { fact, change } of news) {
    const after = change(evidence);
    if (after !== evidence) told.push(fact);
    evidence = after;
  }
  return { evidence, told };
}

/** A change request says more than a push of the same commit; a subject that was asked for itself is no mere baseline. */
function merged(subject: SubjectRow, fact: SourceSubject): About {
  const known = subject.ref !== '';
  const keeps = known && ((subject.pullRequest !== null && fact.pullRequest === undefined) || (!subject.baseline && isUnasked(fact)));
  if (keeps) return { ref: subject.ref, pullRequest: subject.pullRequest, base: subject.base, baseline: subject.baseline };
  return { ref: fact.ref, pullRequest: fact.pullRequest ?? null, base: fact.base ?? null, baseline: isUnasked(fact) };
}

/** Nobody asked for a verdict: it is there to compare with, or the stock of a repository that was just connected. */
function isUnasked({ baseline, silent }: SourceSubject): boolean {
  return baseline === true || silent === true;
}
