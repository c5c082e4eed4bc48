import { Controller } from '@nestjs/common';
import { EvidenceReceived, SbomReceived, ScanCompleted, ScanFailed } from '@throughline/contracts';
import { Blobs } from '@throughline/blobs';
import { Inbox, OnEvent, RepositoryRemovals } from '@throughline/messaging';
import { ComponentRegister } from './component-register.ts';
import { Evaluations } from './evaluations.ts';
import { readReport } from './report-content.ts';

@Controller()
export class ScanEndedHandler {
  constructor(
    private readonly inbox: Inbox,
    private readonly removals: RepositoryRemovals,
    private readonly blobs: Blobs,
    private readonly components: ComponentRegister,
    private readonly evaluations: Evaluations,
  ) {}

  /** Reading the report and comparing new versions may be repeated; what follows happens once. */
  @OnEvent(ScanCompleted)
  async scanCompleted(fact: ScanCompleted): Promise<void> {
    if (await this.removals.isPast(fact)) return;
    const content = await readReport(this.blobs, fact.report);
    await this.components.register(content.components);
    await this.inbox.once(fact, (tx) => this.evaluations.completed(tx, fact, content));
  }

  /** A report that somebody sent is applied like a run, at the level at which it counts. */
  @OnEvent(EvidenceReceived)
  async evidenceReceived(fact: EvidenceReceived): Promise<void> {
    if (await this.removals.isPast(fact)) return;
    const content = await readReport(this.blobs, fact.report);
    await this.components.register(content.components);
    await this.inbox.once(fact, (tx) => this.evaluations.completed(tx, fact, content));
  }

  /** The inventory of an image of which no repository is known. */
  @OnEvent(SbomReceived)
  async sbomReceived(fact: SbomReceived): Promise<void> {
    const content = await readReport(this.blobs, fact.report);
    await this.components.register(content.components);
    await this.inbox.once(fact, (tx) => this.evaluations.completed(tx, fact, content));
  }

  @OnEvent(ScanFailed)
  async scanFailed(fact: ScanFailed): Promise<void> {
    await this.inbox.once(fact, (tx) => this.evaluations.failed(tx, fact));
  }
}
