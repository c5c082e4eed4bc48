import { Injectable } from '@nestjs/common';
import { envelopeOf, make, PremiseBroken, type WaiverEnded, type WaiverEndCondition, type WaiverGranted } from '@throughline/contracts';
import { Outbox, WorkQueue } from '@throughline/messaging';
import { waives, type Waiver } from '@throughline/policy';
import type { Tx } from '@throughline/service';
import { workKinds } from '../work-kinds.ts';
import { WaiverRows, type Candidate, type WaiverRow } from './waiver-rows.ts';

/** Payload of `shadow-waiver`: one waiver, or all that may cover findings of a repository. */
export interface ShadowWork {
  readonly waiver?: string;
  readonly repository?: string;
}

/**
 * Shows on findings that their risk was accepted, and watches what waivers lean on. A shadow grants nothing: gates ask the owner
 * of waivers, and what a person said about a finding stays beneath it.
 */
@Injectable()
export class WaiverShadows {
  constructor(
    private readonly table: WaiverRows,
    private readonly outbox: Outbox,
    private readonly work: WorkQueue,
  ) {}

  /** One for a single policy is no verdict about the finding. */
  async granted(tx: Tx, fact: WaiverGranted): Promise<void> {
    if (fact.policy !== undefined) return;
    await this.table.save(tx, fact, documentOf(fact), envelopeOf(fact).sequence ?? 0);
    await this.look(tx, { waiver: fact.waiver });
  }

  async ended(tx: Tx, fact: WaiverEnded): Promise<void> {
    await this.table.end(tx, fact.waiver, envelopeOf(fact).sequence ?? 0);
    await this.look(tx, { waiver: fact.waiver });
  }

  /** After the findings of a repository may have changed: new ones, a fix, another application. */
  async changed(tx: Tx, repository: string): Promise<void> {
    if (await this.table.anyFor(tx, repository)) await this.look(tx, { repository });
  }

  /** After CVEs turned out to be exploited. */
  async exploited(tx: Tx, cves: readonly string[]): Promise<void> {
    for (const waiver of await this.table.covering(tx, cves)) await this.look(tx, { waiver });
  }

  /** Brings a page of findings in line with a waiver, and answers the last of them when there may be more. */
  async applyPage(tx: Tx, waiver: WaiverRow, after: string, repository?: string): Promise<string | undefined> {
    const page = await this.table.candidates(tx, waiver, after, repository);
    const at = new Date().toISOString();
    const covered = page.findings.filter((finding) => waives(waiver.document, finding, at));
    const ids = new Set(covered.map(({ number }) => number));
    const bare = page.findings.filter(({ number }) => !ids.has(number));
    const gone = bare.filter(({ waiver: shown }) => shown === waiver.id);
    await this.table.uncover(tx, waiver, gone);
    await this.table.cover(tx, waiver, covered);
    await this.tellFirstBroken(tx, waiver, bare, at);
    return page.next;
  }

  private async tellFirstBroken(tx: Tx, waiver: WaiverRow, bare: readonly Candidate[], at: string): Promise<void> {
    for (const finding of bare) {
      const because = brokenBy(waiver.document, finding, at);
      if (because !== undefined) return this.tellBroken(tx, waiver, finding, because);
    }
  }

  private async tellBroken(tx: Tx, waiver: WaiverRow, finding: Candidate, because: WaiverEndCondition): Promise<void> {
    if (!(await this.table.noteBroken(tx, waiver.id))) return;
    const { id, repository, cve, fixedIn } = finding;
    const fact = make(PremiseBroken, {
      ...{ waiver: waiver.id, repository, finding: id, because },
      ...(cve === undefined ? {} : { cve }),
      ...(fixedIn === undefined ? {} : { fixedIn: fixedIn.slice(0, 128) }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: `premise ${waiver.id} ${waiver.sequence}` });
  }

  private async look(tx: Tx, payload: ShadowWork): Promise<void> {
    await this.work.add(tx, { kind: workKinds.shadowWaiver, payload, key: payload.waiver ?? payload.repository! });
  }
}

/** What keeps the waiver from covering a finding that it would cover otherwise. */
function brokenBy(waiver: Waiver, finding: Candidate, at: string): WaiverEndCondition | undefined {
  const conditions = waiver.endsWhen ?? [];
  if (conditions.length === 0 || !waives({ ...waiver, endsWhen: [] }, finding, at)) return undefined;
  return conditions.find((condition) => !waives({ ...waiver, endsWhen: [condition] }, finding, at));
}

function documentOf({ waiver: id, label, application, repository, matches, endsWhen, from, until }: WaiverGranted): Waiver {
  return {
    ...{ id, label, matches, endsWhen, from, until },
    ...(application === '*' ? {} : { application }),
    ...(repository === undefined ? {} : { repository }),
  };
}
