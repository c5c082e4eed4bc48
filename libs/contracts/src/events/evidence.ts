import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';

/** How far a statement counts, from the strongest: our own run, a signature, a bound principal, anybody else. */
export const assurances = ['own', 'proven', 'bound', 'claimed'] as const;
export type Assurance = (typeof assurances)[number];

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
  /** The first look at a repository: its findings are kept as they are, and not judged until somebody asks. */
  @Maybe() @Flag() silent?: boolean;
}

/** Facts about evidence are ordered per subject. */
const aboutSubject = {
  topic: 'evidence',
  writer: 'scanner-orchestrator',
  key: (fact: { readonly subject: SourceSubject }) => commitSubject(fact.subject.repository, fact.subject.commit),
  subject: (fact: { readonly subject: SourceSubject }) => commitSubject(fact.subject.repository, fact.subject.commit),
  ordered: true,
} as const;

/** What all facts about an item of evidence have. */
interface AboutItem {
  readonly subject: SourceSubject;
  readonly seq: number;
}

/** A run ends in one of two facts, an upload too; they stand at the same place of the chain. */
const aboutScan = {
  ...aboutSubject,
  makes: (fact: AboutItem) => [keys.scan(fact.subject.repository, fact.subject.commit, fact.seq)],
  madeFrom: (fact: AboutItem) => [keys.plan(fact.subject.repository, fact.subject.commit)],
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
  /** Of an upload; absent: our own run. */
  @Maybe() @OneOf(assurances) assurance?: Assurance;
  /** Of a fork, a change request or a ref that is not protected: it counts at the change gate only. */
  @Maybe() @Flag() changeOnly?: boolean;
}

/** A line by which a repository asks a scanner to say nothing. */
export class AddedSuppression {
  /** Whose findings it is about. */
  @Text(64) tool: string;
  /** Where it stands; a long path is shortened. */
  @Text(300) path: string;
  @Count(1) line: number;
  @Text(100) mark: string;
}

/** What a change adds of it. Nothing of that is applied: only what stands on the default branch can become an exception. */
export class AddedSuppressions {
  @Count(1) total: number;
  @ListOf(() => AddedSuppression, 10) named: AddedSuppression[];
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
  /** Absent when it adds none, and when it was not looked at. */
  @Maybe() @Nested(() => AddedSuppressions) suppressions?: AddedSuppressions;
}

/**
 * What the default branch asks scanners not to say was read. It carries none of it: who decides about it reads it at its owner
 * (`GET /internal/suppressions`).
 */
@Fact<SuppressionsRead>({
  type: 'suppressions.read',
  ...aboutSubject,
  madeFrom: (fact) => [keys.commit(fact.subject.repository, fact.subject.commit)],
})
export class SuppressionsRead {
  @Nested(() => SourceSubject) subject: SourceSubject;
  /** Lines that ask for something. */
  @Count() lines: number;
  /** Files in which they stand. */
  @Count() files: number;
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
  @OneOf(assurances) assurance: Assurance;
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

/** What an upload says that it covered. */
export class Coverage {
  /** Part of the target that was looked at (path, service), and which target; empty: all of the repository. Only equal ones compare. */
  @Text(2048) scope: string;
  /** The report covers all of its scope: what is absent is gone. */
  @Flag() complete: boolean;
}

/** What an SBOM says about itself, and where the document lies. */
export class ReceivedSbom {
  /** `CycloneDX` or `SPDX`. */
  @Text(32) format: string;
  @Text(16) specVersion: string;
  /** What it is an inventory of. */
  @Maybe() @Text(300) name?: string;
  @Maybe() @Text(200) version?: string;
  /** The image that it describes. */
  @Maybe() @Digest() artifact?: string;
  /** Its name without host and tag. */
  @Maybe() @Text(512) image?: string;
  /** Blob with the document as it came. */
  @Digest() document: string;
  @Count() components: number;
  /** Ecosystems (OSV names) of the components that advisories know. */
  @Texts(30, 64) ecosystems: string[];
  /** Nobody sent it: what made it here. */
  @Maybe() @Text(128) generatedBy?: string;
}

/** A foreign report was read; what it says lies in the blob `report` as NDJSON of `ReportLine` (libs/findings). */
@Fact<EvidenceReceived>({ type: 'evidence.received', ...aboutScan })
export class EvidenceReceived {
  @Nested(() => SourceSubject) subject: SourceSubject;
  @Count(1) seq: number;
  /** Id of the uploaded report. */
  @Text(64) run: string;
  @Text(64) tool: string;
  @Text(64) format: string;
  @Texts(8, 32) finds: string[];
  @Nested(() => Lineage) lineage: Lineage;
  @Nested(() => Coverage) coverage: Coverage;
  @OneOf(assurances) assurance: Assurance;
  /** Of a fork, a change request or a ref that is not protected: it counts at the change gate only. */
  @Maybe() @Flag() changeOnly?: boolean;
  @Digest() report: string;
  @Count() findings: number;
  /** A person looked at what it closes and agreed. */
  @Flag() confirmed: boolean;
  /** The report is an SBOM: what it lists is compared with advisories, today's and later ones. */
  @Maybe() @Nested(() => ReceivedSbom) sbom?: ReceivedSbom;
  @Time() finishedAt: string;
}

/** An image of which nobody has said from which repository it was built. */
export class ArtifactSubject {
  @Digest() digest: string;
  /** Its name without host and tag: images of one name share their findings, wherever they are pushed. */
  @Maybe() @Text(512) image?: string;
  /** Tag under which it was seen; later digests of the tag follow it. */
  @Maybe() @Text(128) tag?: string;
}

/** An SBOM of an image was read; its components lie in the blob `report` as NDJSON of `ReportLine` (libs/findings). */
@Fact<SbomReceived>({
  type: 'sbom.received',
  topic: 'evidence',
  writer: 'scanner-orchestrator',
  key: ({ subject }) => subject.digest,
  subject: ({ subject }) => subject.digest,
  ordered: true,
  madeFrom: ({ subject }) => [keys.artifact(subject.digest)],
})
export class SbomReceived {
  @Nested(() => ArtifactSubject) subject: ArtifactSubject;
  /** Numbers what was said about the image. */
  @Count(1) seq: number;
  /** Id of the upload. */
  @Text(64) run: string;
  @Text(64) tool: string;
  /** Counts up: a later SBOM of a tag says what is true of it. */
  @Count() position: number;
  /** It lists everything: what is absent is gone. */
  @Flag() complete: boolean;
  @OneOf(assurances) assurance: Assurance;
  @Digest() report: string;
  @Nested(() => ReceivedSbom) sbom: ReceivedSbom;
  @Time() finishedAt: string;
}

/** A foreign report could not be read. Nothing is closed or opened by it. */
@Fact<EvidenceRefused>({ type: 'evidence.refused', ...aboutScan })
export class EvidenceRefused {
  @Nested(() => SourceSubject) subject: SourceSubject;
  @Count(1) seq: number;
  @Text(64) run: string;
  @Text(64) tool: string;
  @Text(64) format: string;
  @Texts(8, 32) finds: string[];
  @OneOf(assurances) assurance: Assurance;
  /** Of a fork, a change request or a ref that is not protected: it counts at the change gate only. */
  @Maybe() @Flag() changeOnly?: boolean;
  @Text(500) reason: string;
  @Time() finishedAt: string;
}
