import { EvidenceReceived, SbomReceived, type ScanCompleted } from '@throughline/contracts';
import { imageScope } from '../inventory/sboms/image-scope.ts';
import type { Listed } from '../inventory/sboms/sboms.ts';
import type { ReportContent } from './report-content.ts';

/** What a run lists as an SBOM; undefined for one that lists nothing. */
export function listedBy(fact: ScanCompleted | EvidenceReceived | SbomReceived, { components }: ReportContent): Listed | undefined {
  if (fact instanceof SbomReceived) {
    const { run, subject, assurance, sbom } = fact;
    const { generatedBy } = sbom;
    const about = { repository: imageScope(subject), artifact: subject.digest, components: components.length };
    return { ...{ run, assurance, sbom }, ...about, ...(generatedBy !== undefined && { generatedBy }) };
  }
  const { run, subject, assurance } = fact;
  const { repository, commit, ref } = subject;
  const listed = { run, repository, commit, ref, assurance, components: components.length };
  if (fact instanceof EvidenceReceived) {
    const { sbom } = fact;
    return sbom && { ...listed, sbom, ...(sbom.artifact !== undefined && { artifact: sbom.artifact }) };
  }
  // What is only there to compare with is nobody's inventory.
  if (components.length === 0 || subject.baseline === true) return undefined;
  return { ...listed, generatedBy: `throughline ${fact.tool} ${fact.toolVersion}`.slice(0, 128) };
}
