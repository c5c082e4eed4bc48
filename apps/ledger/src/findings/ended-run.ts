import {
  EvidenceReceived,
  Lineage,
  make,
  SbomReceived,
  ScanCompleted,
  SourceSubject,
  type Assurance,
  type ScanFailed,
} from '@throughline/contracts';
import { imageScope } from '../inventory/sboms/image-scope.ts';

/** A run of ours or a report that somebody sent, as the ledger applies it. */
export interface EndedRun {
  readonly subject: SourceSubject;
  readonly seq: number;
  readonly run: string;
  readonly tool: string;
  readonly finds: string[];
  readonly lineage: Lineage;
  readonly assurance: Assurance;
  /** It counts at the change gate only. */
  readonly changeOnly: boolean;
  /** Part of the target that it covered; only equal ones compare. */
  readonly scope: string;
  readonly completed: boolean;
  /** It covers all of its scope: what is absent may be closed. */
  readonly closes: boolean;
  /** A person agreed to what it closes, or nobody has to. */
  readonly agreed: boolean;
  readonly ecosystems: string[];
  readonly reason: string | null;
}

export function endedRun(fact: ScanCompleted | ScanFailed | EvidenceReceived | SbomReceived): EndedRun {
  if (fact instanceof SbomReceived) return aboutImage(fact);
  const { subject, seq, run, tool, finds, lineage } = fact;
  const common = { subject, seq, run, tool, finds, lineage };
  const ours = { assurance: 'own', changeOnly: false, scope: '', ecosystems: [], reason: null, agreed: true } as const;
  if (fact instanceof EvidenceReceived) {
    const { assurance, changeOnly = false, coverage, confirmed, sbom } = fact;
    return {
      ...common,
      ...ours,
      ecosystems: sbom?.ecosystems ?? [],
      assurance,
      changeOnly,
      scope: coverage.scope,
      completed: true,
      closes: coverage.complete,
      agreed: confirmed,
    };
  }
  if (!(fact instanceof ScanCompleted)) return { ...common, ...ours, ecosystems: [], completed: false, closes: false, reason: fact.reason };
  const { assurance, ecosystems } = fact;
  return { ...common, ...ours, ecosystems, assurance, completed: true, closes: assurance !== 'claimed' };
}

/** Of an image alone: its name stands where a repository does, its digest where a commit does, its tag where a branch does. */
function aboutImage({ subject, seq, run, tool, position, complete, assurance, sbom }: SbomReceived): EndedRun {
  const { digest, tag } = subject;
  const line = tag === undefined ? digest : `tag:${tag}`;
  return {
    subject: make(SourceSubject, { repository: imageScope(subject), commit: digest.slice('sha256:'.length), ref: line }),
    ...{ seq, run, tool, assurance, finds: ['vulnerability'] },
    lineage: make(Lineage, { line, tool, ruleset: 'upload-sbom', position }),
    ...{ changeOnly: false, scope: '', completed: true, closes: complete, ecosystems: sbom.ecosystems, reason: null },
    // A tag is replaced as a whole: nobody has to agree to what its former image had.
    agreed: true,
  };
}
