import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';

/** A commit of a repository, and on which line of development it was seen. */
export class SourceSubject {
  @Text(1024) repository: string;
  @CommitId() commit: string;
  /** Full ref on which the evidence was asked for. */
  @Text(512) ref: string;
  /** Number of the change request, when one is judged. */
  @Maybe() @Count(1) pullRequest?: number;
  /** Merge base (change request) or former head (push): what counts as *new* is what is not there. */
  @Maybe() @CommitId() base?: string;
  /** The subject is a base that is only scanned to compare with; it is not judged. */
  @Maybe() @Flag() baseline?: boolean;
}

/** Facts about evidence are ordered per subject. */
const aboutSubject = {
  topic: 'evidence',
  writer: 'scanner-orchestrator',
  key: (fact: { readonly subject: SourceSubject }) => commitSubject(fact.subject.repository, fact.subject.commit),
  subject: (fact: { readonly subject: SourceSubject }) => commitSubject(fact.subject.repository, fact.subject.commit),
  ordered: true,
} as const;

/** A run ends in one of two facts, which stand at the same place of the chain. */
const aboutScan = {
  ...aboutSubject,
  makes: (fact: ScanCompleted | ScanFailed) => [keys.scan(fact.subject.repository, fact.subject.commit, fact.seq)],
  madeFrom: (fact: ScanCompleted | ScanFailed) => [keys.plan(fact.subject.repository, fact.subject.commit)],
};

/** One expected piece of evidence. Its number never changes; states only move forward. */
export class PlannedItem {
  @Count(1) seq: number;
  /** Scanner or report reader. */
  @Text(64) tool: string;
  /** Classes of finding it answers for. */
  @Texts(8, 32) finds: string[];
  @OneOf(['planned', 'unavailable', 'not_applicable']) state: 'planned' | 'unavailable' | 'not_applicable';
  @Maybe() @Text(500) reason?: string;
}

/** Which evidence a subject needs, through which number. Published before the first result, again when an item is added. */
@Fact<EvidencePlanned>({
  type: 'evidence.planned',
  ...aboutSubject,
  makes: (fact) => [keys.plan(fact.subject.repository, fact.subject.commit)],
  madeFrom: (fact) => [keys.commit(fact.subject.repository, fact.subject.commit)],
})
export class EvidencePlanned {
  @Nested(() => SourceSubject) subject: SourceSubject;
  @Count(0) throughSeq: number;
  @ListOf(() => PlannedItem, 200) items: PlannedItem[];
  /** Why nothing could be planned (the commit cannot be fetched, the tree is a bomb); the subject is then undecided. */
  @Maybe() @Text(500) failed?: string;
}

/** Where a run stands in the history of comparable runs: only equal lineages may close each other's findings. */
export class Lineage {
  /** Branch or tag line, e.g. `refs/heads/main`. */
  @Text(512) line: string;
  @Text(64) tool: string;
  /** Ruleset family of the tool; changes when its rules change meaning. */
  @Text(128) ruleset: string;
  /** Position of the subject on its line: a later head has a higher number. */
  @Count(0) position: number;
}

/** A run finished; what it found lies in the blob `report` as NDJSON of `ReportLine` (libs/findings). */
@Fact<ScanCompleted>({
  type: 'scan.completed',
  ...aboutScan,
})
export class ScanCompleted {
  @Nested(() => SourceSubject) subject: SourceSubject;
  @Count(1) seq: number;
  @Text(64) run: string;
  @Text(64) tool: string;
  @Text(64) toolVersion: string;
  @Texts(8, 32) finds: string[];
  @Nested(() => Lineage) lineage: Lineage;
  @Digest() report: string;
  @Count() findings: number;
  @Count() components: number;
  /** Ecosystems (OSV names) of the components in the report. */
  @Texts(30, 64) ecosystems: string[];
  @OneOf(['own', 'proven', 'bound', 'claimed']) assurance: 'own' | 'proven' | 'bound' | 'claimed';
  /** Sandbox level in which it ran. */
  @Text(32) sandbox: string;
  /** Taken from the result cache: no scanner ran. */
  @Flag() cached: boolean;
  @Count() durationMs: number;
  @Time() finishedAt: string;
}

/** A run failed for good. Its old findings become `not_evaluated`, none is closed. */
@Fact<ScanFailed>({
  type: 'scan.failed',
  ...aboutScan,
})
export class ScanFailed {
  @Nested(() => SourceSubject) subject: SourceSubject;
  @Count(1) seq: number;
  @Text(64) run: string;
  @Text(64) tool: string;
  @Texts(8, 32) finds: string[];
  @Nested(() => Lineage) lineage: Lineage;
  @Text(500) reason: string;
  @Count(1) attempts: number;
  @Time() finishedAt: string;
}
