import { Injectable } from '@nestjs/common';
import { envelopeOf, type EvidenceReceived, type SbomReceived, type ScanCompleted, type ScanFailed } from '@throughline/contracts';
import type { Tx } from '@throughline/service';
import { lockVerdicts } from '../advisories/matching.ts';
import { Repositories } from '../inventory/repositories.ts';
import { Sboms } from '../inventory/sboms/sboms.ts';
import { standingOn } from './detections.ts';
import { endedRun } from './ended-run.ts';
import { listedBy } from './listed.ts';
import { EvaluationRows } from './evaluation-rows.ts';
import { ItemEvaluator } from './item-evaluator.ts';
import type { ReportContent } from './report-content.ts';
import { Reports } from './reports.ts';

type Around = (id: string, work: () => Promise<void>) => Promise<void>;

/** Applies items of evidence, each in one transaction from the report to the fact that it was evaluated. */
@Injectable()
export class Evaluations {
  constructor(
    private readonly evaluations: EvaluationRows,
    private readonly repositories: Repositories,
    private readonly reports: Reports,
    private readonly items: ItemEvaluator,
    private readonly sboms: Sboms,
  ) {}

  async completed(tx: Tx, fact: ScanCompleted | EvidenceReceived | SbomReceived, content: ReportContent): Promise<void> {
    const ended = endedRun(fact);
    const { assurance, closes, subject } = ended;
    const { repository, commit } = subject;
    // Sent together, and run one after the other: the locks are had first.
    const [, , ownership, lineage] = await Promise.all([
      lockVerdicts(tx, 'shared'),
      this.evaluations.lockRepository(tx, repository),
      this.repositories.ownershipOf(tx, repository),
      this.evaluations.lineageOf(tx, ended),
    ]);
    const report = await this.reports.store(
      tx,
      { repository, commit, ownership, assurance, ...standingOn(lineage, { closes, assurance, position: ended.lineage.position }) },
      fact.report,
      content,
    );
    const more = { application: ownership.application, lineage: lineage?.id ?? null, report };
    const listed = listedBy(fact, content);
    if (listed) await this.sboms.note(tx, report, listed);
    const evaluation = await this.evaluations.write(tx, ended, more);
    await this.items.evaluate(tx, evaluation!, { ownership, because: envelopeOf(fact), ...(lineage && { lineage }) });
  }

  /** A failed run closes nothing; an item that was evaluated before stays so. */
  async failed(tx: Tx, fact: ScanFailed): Promise<void> {
    await this.evaluations.lockRepository(tx, fact.subject.repository);
    const ownership = await this.repositories.ownershipOf(tx, fact.subject.repository);
    const lineage = await this.evaluations.lineageOf(tx, endedRun(fact));
    const more = { application: ownership.application, lineage: lineage?.id ?? null, report: null };
    const evaluation = await this.evaluations.write(tx, endedRun(fact), more);
    if (!evaluation) return;
    await this.items.evaluate(tx, evaluation, { ownership, because: envelopeOf(fact), ...(lineage && { lineage }) });
  }

  /**
   * Evaluates items with today's data; only a head moves its line. All their repositories are locked first, everywhere in one order.
   *
   * @param around what each evaluation runs in
   */
  async again(tx: Tx, ids: readonly string[], around: Around = (_id, work) => work()): Promise<void> {
    await lockVerdicts(tx, 'shared');
    const items = await this.evaluations.ordered(tx, ids);
    for (const repository of new Set(items.map((item) => item.repository))) await this.evaluations.lockRepository(tx, repository);
    for (const item of items) await around(item.id, () => this.oneAgain(tx, item));
  }

  private async oneAgain(tx: Tx, { id, repository }: { readonly id: string; readonly repository: string }): Promise<void> {
    const evaluation = await this.evaluations.find(tx, id);
    if (!evaluation) return;
    const ownership = await this.repositories.ownershipOf(tx, repository);
    const lineage = evaluation.lineage === null ? undefined : await this.evaluations.lineage(tx, evaluation.lineage);
    const head = lineage?.head === evaluation.id ? lineage : undefined;
    const owned = { ...evaluation, application: ownership.application };
    await this.items.evaluate(tx, owned, { ownership, ...(head && { lineage: head }) });
  }
}
