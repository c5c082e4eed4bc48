import type { Assurance, FindingClass, Gate, Severity } from '@throughline/contracts';
import { severityRank } from './severity.ts';

/** A document holds at most so many findings; beyond it says `truncated`, which no policy may read as none. */
export const maxFindings = 5000;

/** What a gate judges: a commit, and on which line of development. */
export interface FactSubject {
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
  readonly pullRequest?: number;
  readonly base?: string;
}

/** A finding as it stands at the subject. Fields that do not apply to its class are absent. */
export interface FactFinding {
  readonly id: string;
  readonly class: FindingClass;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly tools: readonly string[];
  /** Not present at the base for the same tool and ruleset. */
  readonly new: boolean;
  readonly path?: string;
  readonly line?: number;
  readonly purl?: string;
  readonly fixedIn?: string;
  readonly advisory?: string;
  readonly cve?: string;
  readonly knownExploited: boolean;
  readonly epss?: number;
}

export const scanStates = ['planned', 'evaluated', 'failed', 'unavailable', 'not_applicable'] as const;
export type ScanState = (typeof scanStates)[number];

/** What was sent to us: how far it counts, and what it covers. */
export interface Upload {
  readonly assurance: Assurance;
  readonly scope: string;
  readonly complete: boolean;
  /** It came from a fork, a change request or a ref that is not protected. */
  readonly changeOnly?: boolean;
}

/** One item of the evidence plan and where it stands. */
export interface FactScan {
  readonly seq: number;
  readonly tool: string;
  readonly finds: readonly FindingClass[];
  readonly state: ScanState;
  readonly reason?: string;
  /** Parts that an evaluated run could not answer for, e.g. an ecosystem without advisories. */
  readonly notEvaluated: readonly { readonly what: string; readonly reason: string }[];
  /** Absent for our own runs. */
  readonly upload?: Upload;
}

/** Whether a gate takes an answer from it. What is only claimed may say that something is wrong, never that all is well. */
export function answers({ upload }: FactScan, gate: Gate): boolean {
  if (upload === undefined || upload.assurance === 'own' || upload.assurance === 'proven') return true;
  return upload.assurance === 'bound' && (gate === 'change' || (gate === 'build' && !upload.changeOnly));
}

/** How many components carry a licence, with some of them. */
export interface FactLicence {
  readonly licence: string;
  readonly components: number;
  readonly examples: readonly string[];
  readonly new: boolean;
}

/** What a gate knows about a subject. Nothing that follows from a decision is part of it. */
export interface Facts {
  readonly gate: Gate;
  readonly subject: FactSubject;
  /** Number of the last expected scan; absent while the plan is not known. */
  readonly throughSeq?: number;
  /** Why no evidence could be planned. */
  readonly planFailed?: string;
  /** What the gate could not learn when it was asked, as short texts, e.g. that a service is away. */
  readonly unknown?: readonly string[];
  readonly scans: readonly FactScan[];
  /** `none`: nothing to compare with, everything is new. `open`: the base is still being evaluated. */
  readonly base: 'none' | 'known' | 'open';
  /** Open findings, what the change adds first; at most `maxFindings`. */
  readonly findings: readonly FactFinding[];
  /** Open findings in all, and how many of them the change adds. */
  readonly total: number;
  readonly added: number;
  readonly licences: readonly FactLicence[];
  /** Age of the oldest advisory data that the facts lean on. */
  readonly dataAsOf?: string;
}

/** Some open findings are not in the document. */
export function truncated(facts: Facts): boolean {
  return facts.total > facts.findings.length;
}

/** The findings that the change adds. */
export function addedFindings(facts: Facts): readonly FactFinding[] {
  return facts.findings.filter((finding) => finding.new);
}

/** The order of findings in a document: what the change adds first, then known exploited, then by severity; ids break ties. */
export function worstFirst(findings: readonly FactFinding[]): readonly FactFinding[] {
  const flag = (a: boolean, b: boolean): number => Number(b) - Number(a);
  return [...findings].sort(
    (a, b) =>
      flag(a.new, b.new) ||
      flag(a.knownExploited, b.knownExploited) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}
