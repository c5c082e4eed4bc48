import { Injectable } from '@nestjs/common';
import {
  ArtifactSubject,
  Coverage,
  EvidenceReceived,
  EvidenceRefused,
  Lineage,
  make,
  ReceivedSbom,
  SbomReceived,
  type SourceSubject,
} from '@throughline/contracts';
import { Outbox } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import { isSbom, rulesetOf, type ReportRow } from './report-rows.ts';
import { imageOf, isImage, tagOf, UploadSubjects } from './upload-subject.ts';

/** Tells what became of uploads. */
@Injectable()
export class ReportFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly subjects: UploadSubjects,
  ) {}

  /** `confirmed`: a person agreed to what it closes. */
  async received(tx: Tx, row: ReportRow, confirmed = false): Promise<void> {
    if (isImage(row.repository)) return this.artifact(tx, row);
    const { line, tool, position, scope, report, accepted, unread } = row;
    // What the tool could not look at may still be there.
    const complete = row.complete && unread === 0;
    const fact = make(EvidenceReceived, {
      ...(await this.about(tx, row)),
      lineage: make(Lineage, { line, tool, ruleset: rulesetOf(row), position }),
      coverage: make(Coverage, { scope, complete }),
      ...{ report: report!, findings: isSbom(row.format) ? 0 : accepted!, confirmed },
      ...(row.sbom !== null && { sbom: sbomOf(row.sbom) }),
    });
    await this.outbox.add(tx, { fact, deliveryKey: confirmed ? `${row.id} confirmed` : row.id, dataref: report! });
  }

  /** Of an image alone there is no commit that anything could be said about. */
  private async artifact(tx: Tx, row: ReportRow): Promise<void> {
    const { id, seq, repository, commit, line, tool, position, assurance } = row;
    const [image, tag] = [imageOf(repository), tagOf(line)];
    const subject = { digest: `sha256:${commit}`, ...(image !== undefined && { image }), ...(tag !== undefined && { tag }) };
    const fact = make(SbomReceived, {
      subject: make(ArtifactSubject, subject),
      ...{ run: id, seq, tool, position, assurance, report: row.report!, sbom: sbomOf(row.sbom!) },
      complete: row.complete && row.unread === 0,
      finishedAt: new Date().toISOString(),
    });
    await this.outbox.add(tx, { fact, deliveryKey: id, dataref: row.report! });
  }

  async refused(tx: Tx, row: ReportRow, reason: string): Promise<void> {
    if (isImage(row.repository)) return;
    const fact = make(EvidenceRefused, { ...(await this.about(tx, row)), reason: reason.slice(0, 500) });
    await this.outbox.add(tx, { fact, deliveryKey: row.id });
  }

  private async about(tx: Tx, row: ReportRow) {
    const { id, plan, seq, tool, format, assurance, changeOnly } = row;
    // What is said about a commit counts even where the commit is only there to compare with.
    const told = await this.subjects.told(tx, plan, row);
    const subject: SourceSubject = { ...told, baseline: false };
    const finds = [...row.finds];
    const standing = { assurance, ...(changeOnly !== null && { changeOnly: true }) };
    return { subject, seq, run: id, tool, format, finds, ...standing, finishedAt: new Date().toISOString() };
  }
}

function sbomOf(text: string): ReceivedSbom {
  return make(ReceivedSbom, JSON.parse(text) as ReceivedSbom);
}
