import { EvidenceReceived, ScanCompleted, type Assurance, type Lineage, type ScanFailed, type SourceSubject } from '@throughline/contracts';

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

export function endedRun(fact: ScanCompleted | ScanFailed | EvidenceReceived): EndedRun {
  const { subject, seq, run, tool, finds, lineage } = fact;
  const common = { subject, seq, run, tool, finds, lineage };
  const ours = { assurance: 'own', changeOnly: false, scope: '', ecosystems: [], reason: null, agreed: true } as const;
  if (fact instanceof EvidenceReceived) {
    const { assurance, changeOnly = false, coverage, confirmed } = fact;
    return {
      ...common,
      ...ours,
      ecosystems: [],
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
