import { MinLength } from 'class-validator';
import { EpssSource, ExploitationListing, AdvisoryStatement, exploitations, type Exploitation } from './advisory-feeds.ts';
import { priorities, type Priority } from '../events/alert.ts';
import {
  detections,
  findingClasses,
  severities,
  triages,
  type Detection,
  type FindingClass,
  type Severity,
  type Triage,
} from '../events/finding.ts';
import { CommitId, Count, Counts, Digest, Flag, Fraction, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** The orders a list of findings has; a leading `-` turns one around. */
export const findingSorts = ['risk', 'due', 'severity', 'firstSeen', 'lastSeen'] as const;
export type FindingSort = (typeof findingSorts)[number];

const yesOrNo = ['true', 'false'] as const;

/** Filters of the list of findings: several values by comma, `!` before a value that must not be. */
export class FindingQuery extends PageQuery {
  /** Also sast, sca, iac and container. */
  @Maybe() @Text(200) class?: string;
  @Maybe() @Text(200) severity?: string;
  /** With `branch`: the state on that branch. */
  @Maybe() @Text(200) detection?: string;
  @Maybe() @Text(200) triage?: string;
  /** Any spelling of the clone URL. */
  @Maybe() @Text(4096) repository?: string;
  @Maybe() @Text(512) branch?: string;
  @Maybe() @Text(64) commit?: string;
  @Maybe() @Text(20) pullRequest?: string;
  /** Digest of an image: what its SBOMs have. */
  @Maybe() @Text(128) artifact?: string;
  @Maybe() @Text(1000) application?: string;
  @Maybe() @Text(1000) team?: string;
  /** By CODEOWNERS or of the application; `unowned` for what nobody owns. */
  @Maybe() @Text(1000) owner?: string;
  @Maybe() @Text(1000) tool?: string;
  @Maybe() @Text(2000) cve?: string;
  @Maybe() @Text(200) cwe?: string;
  @Maybe() @Text(2000) advisory?: string;
  /** With or without version. */
  @Maybe() @Text(1024) purl?: string;
  @Maybe() @OneOf(yesOrNo) kev?: 'true' | 'false';
  /** At least this probability. */
  @Maybe() @Text(20) epss?: string;
  @Maybe() @OneOf(yesOrNo) fixable?: 'true' | 'false';
  /** An exception covers it now. */
  @Maybe() @OneOf(yesOrNo) waived?: 'true' | 'false';
  @Maybe() @OneOf(yesOrNo) overdue?: 'true' | 'false';
  /** First seen at or after this time. */
  @Maybe() @Time() firstSeen?: string;
  /** A file, a folder, or a pattern with `*`. */
  @Maybe() @Text(1024) path?: string;
  /** Words, or how they begin, of title, rule, path, CVE, package URL and repository; all of them must be there. */
  @Maybe() @Text(200) q?: string;
  @Maybe() @OneOf([...findingSorts, ...findingSorts.map((sort) => `-${sort}`)]) sort?: FindingSort | `-${FindingSort}`;
  /** Ids of findings or of their aliases. */
  @Maybe() @Text(8000) id?: string;
}

/** How many findings of one class and severity a filter finds. */
export class FindingCount {
  @OneOf(findingClasses) class: FindingClass;
  @OneOf(severities) severity: Severity;
  @Count() count: number;
}

export class FindingRisk {
  @Fraction(0, 100) score: number;
  @OneOf(priorities) priority: Priority;
  @Time() due: string;
  /** Since then its clock stands: an exception covers it, it was settled, or it is not there. `due` moves by that time. */
  @Maybe() @Time() pausedSince?: string;
}

export class FindingComponent {
  /** Package URL with version. */
  @Text(1024) purl: string;
  @Text(256) version: string;
  @Maybe() @Text(256) fixedIn?: string;
}

export class FindingLocation {
  @Text(1024) path: string;
  @Maybe() @Count(1) line?: number;
}

/** A tool that saw a finding, and when. */
export class FindingAttribution {
  @Text(64) tool: string;
  @Time() first: string;
  @Time() last: string;
}

export class FindingOrigin {
  @CommitId() commit: string;
}

export class FindingFix {
  @Text(256) version: string;
}

/** The exception that covers a finding. */
export class FindingWaiver {
  @Text(64) id: string;
  /** As people name it, e.g. `W-31`. */
  @Text(32) label: string;
  @Time() until: string;
  /** Its page. */
  @Text(2048) url: string;
}

/** A finding in a list. */
export class FindingAnswer {
  @Text(64) id: string;
  @OneOf(findingClasses) class: FindingClass;
  @Text(200) rule: string;
  @Text(300) title: string;
  @OneOf(severities) severity: Severity;
  @OneOf(detections) detection: Detection;
  @OneOf(triages) triage: Triage;
  /** Where it was proven to be: source, artifact, registry, runtime. */
  @Texts(4, 16) presence: string[];
  @Nested(() => FindingRisk) risk: FindingRisk;
  @Maybe() @Text(32) cve?: string;
  @Maybe() @Counts(20) cwe?: number[];
  @Maybe() @Nested(() => FindingComponent) component?: FindingComponent;
  @Maybe() @Nested(() => FindingLocation) location?: FindingLocation;
  @ListOf(() => FindingAttribution, 50) attributions: FindingAttribution[];
  @Text(1024) repository: string;
  @Text(100) application: string;
  @Maybe() @Text(100) team?: string;
  /** The first by CODEOWNERS, else the first of its application; `unowned` when nobody is named. */
  @Text(200) owner: string;
  /** By CODEOWNERS of the default branch; empty where it says that nobody owns it. */
  @Maybe() @Texts(20, 200) codeOwners?: string[];
  @Time() firstSeen: string;
  @Time() lastSeen: string;
  /** The commit in which it was first seen. */
  @Nested(() => FindingOrigin) introducedBy: FindingOrigin;
  /** Advisory ids of its alias group. */
  @Texts(50, 128) aliases: string[];
  /** Only uploads have named it; nothing that runs here has seen it. */
  @Maybe() @Flag() claimed?: boolean;
  /** Listed as known to be exploited; absent when the class has no CVE. */
  @Maybe() @Flag() kev?: boolean;
  /** Whether anybody has looked at all; absent like `kev`. */
  @Maybe() @OneOf(exploitations) exploitation?: Exploitation;
  @Maybe() @Fraction(0, 1) epss?: number;
  @Maybe() @Nested(() => FindingFix) fix?: FindingFix;
  /** Its risk is accepted by this one; `triage` says so while it holds. */
  @Maybe() @Nested(() => FindingWaiver) waiver?: FindingWaiver;
  /** Id of the chain of the commit in which it was first seen. */
  @Text(64) chain: string;
  @Text(2048) url: string;
}

/** The state of a finding on one line of development. */
export class FindingLine {
  @Text(512) line: string;
  @Text(64) tool: string;
  @OneOf(detections) detection: Detection;
  @Time() since: string;
}

/** A finding with all that is known about it. */
export class FindingDetail extends FindingAnswer {
  /** Counts up with every triage: the ETag. */
  @Count(1) revision: number;
  @Maybe() @Text(2000) description?: string;
  @Maybe() @Text(1024) help?: string;
  @Maybe() @Text(512) resource?: string;
  /** Masked preview of a secret. */
  @Maybe() @Text(200) preview?: string;
  @Maybe() @Text(32) confidence?: string;
  @Maybe() @Text(128) advisory?: string;
  @Maybe() @Fraction(0, 10) cvss?: number;
  @ListOf(() => FindingLine, 100) lines: FindingLine[];
}

export class RiskFactorAnswer {
  @Fraction(0, 1) value: number;
  @Text(300) because: string;
}

export class RiskFactorsAnswer {
  @Nested(() => RiskFactorAnswer) base: RiskFactorAnswer;
  @Nested(() => RiskFactorAnswer) likelihood: RiskFactorAnswer;
  @Nested(() => RiskFactorAnswer) exposure: RiskFactorAnswer;
  @Nested(() => RiskFactorAnswer) impact: RiskFactorAnswer;
}

/** Risk with its factors: `100 × base × likelihood × exposure × impact`. */
export class RiskAnswer extends FindingRisk {
  @Text(100) formula: string;
  @Nested(() => RiskFactorsAnswer) factors: RiskFactorsAnswer;
}

/** Something that happened to a finding. */
export class FindingEvent {
  @Time() at: string;
  @OneOf(['detection', 'triage']) kind: 'detection' | 'triage';
  @Maybe() @Text(32) from?: string;
  @Text(32) to: string;
  @Maybe() @Text(64) tool?: string;
  @Maybe() @Text(64) commit?: string;
  @Maybe() @Text(512) line?: string;
  @Maybe() @Text(200) by?: string;
  @Maybe() @Text(2000) reason?: string;
}

/** Body of `PATCH /api/v1/findings/{id}`; needs `If-Match`. */
export class FindingTriage {
  @OneOf(triages) triage: Triage;
  /** Required unless the triage is `in_triage`. */
  @Maybe() @Text(2000) reason?: string;
}

/** Filters of the list of components. */
export class ComponentQuery extends PageQuery {
  /** With or without version. */
  @Maybe() @Text(1024) purl?: string;
  /** Range in VERS notation, `vers:npm/>=1.0.0|<2.0.0`. */
  @Maybe() @Text(1024) versions?: string;
  @Maybe() @Text(4096) repository?: string;
  @Maybe() @Text(200) q?: string;
}

/** Where a component is locked today. */
export class ComponentPlace {
  @Text(1024) repository: string;
  @Text(100) application: string;
  @Text(512) line: string;
  @CommitId() commit: string;
  @Text(1024) manifest: string;
  @Flag() direct: boolean;
  @Text(32) scope: string;
}

/** A version of a package that is in use. */
export class ComponentAnswer {
  @Text(1024) purl: string;
  @Text(64) ecosystem: string;
  @Text(300) name: string;
  @Text(256) version: string;
  @Maybe() @Text(200) licence?: string;
  /** Advisories that affect it. */
  @Count() advisories: number;
  /** The first 20 places. */
  @ListOf(() => ComponentPlace, 20) places: ComponentPlace[];
}

/** Query of `POST /api/v1/advisories`. */
export class AdvisoryImportQuery {
  /** Whose statements these are; `manual` when absent. */
  @Maybe() @Text(64) @MinLength(1) feed?: string;
}

export class RejectedRecord {
  /** Number of the record, then the place in it. */
  @Text(300) pointer: string;
  @Text(500) detail: string;
}

/** What became of the records of an import; comparing them with what is in use goes on behind the answer. */
export class AdvisoryImportAnswer {
  @Count() accepted: number;
  @Count() unchanged: number;
  @Count() rejectedTotal: number;
  /** The first hundred. */
  @ListOf(() => RejectedRecord, 100) rejected: RejectedRecord[];
}

/** Filters of the list of advisories. */
export class AdvisoryQuery extends PageQuery {
  @Maybe() @Text(200) severity?: string;
  @Maybe() @Text(64) ecosystem?: string;
  @Maybe() @Text(300) package?: string;
  @Maybe() @Text(64) feed?: string;
  /** Only those that affect what is in use. */
  @Maybe() @OneOf(yesOrNo) inUse?: 'true' | 'false';
}

/** An advisory in a list. */
export class AdvisorySummary {
  @Text(128) id: string;
  @Text(64) feed: string;
  @Text(300) summary: string;
  @OneOf(severities) severity: Severity;
  /** False when nobody rated it and `severity` is a guess. */
  @Flag() severityKnown: boolean;
  @Maybe() @Fraction(0, 10) cvss?: number;
  @Maybe() @Time() published?: string;
  @Time() modified: string;
  @Maybe() @Time() withdrawn?: string;
  @Maybe() @Time() retracted?: string;
  /** Versions in use that it affects. */
  @Count() components: number;
}

export class AdvisoryPackage {
  @Text(64) ecosystem: string;
  @Text(300) name: string;
  @Texts(50, 256) fixed: string[];
}

/** What the feeds say under one id. */
export class AdvisoryDetail extends AdvisorySummary {
  @Text(64_000) details: string;
  @Maybe() @Text(512) cvssVector?: string;
  @Maybe() @Text(32) cve?: string;
  @Texts(50, 128) aliases: string[];
  @Texts(20, 64) feeds: string[];
  @ListOf(() => AdvisoryPackage, 200) packages: AdvisoryPackage[];
  @Flag() kev: boolean;
  @OneOf(exploitations) exploitation: Exploitation;
  /** The catalogue that lists it as exploited, since when, and until when it is to be mended there. */
  @Maybe() @Nested(() => ExploitationListing) listed?: ExploitationListing;
  @Maybe() @Fraction(0, 1) epss?: number;
  @Maybe() @Nested(() => EpssSource) epssBy?: EpssSource;
  /** What each feed says under this id. */
  @ListOf(() => AdvisoryStatement, 20) statements: AdvisoryStatement[];
}

/** A package, service to service. */
export class AffectedPackageQuery {
  @Text(64) ecosystem: string;
  @Text(300) name: string;
}

/** Each advisory's OSV `affected` entries about the package, as JSON. */
export class AffectedVersions {
  @Texts(2000, 1_000_000) affected: string[];
}

/** Body of `POST /api/v1/advisories/{id}/retract` and `/restore`. */
export class AdvisoryRetraction {
  /** Only what this feed says; all feeds when absent. */
  @Maybe() @Text(64) feed?: string;
  @Text(300) @MinLength(3) reason: string;
}

/** Answer to a retraction, or to its end. */
export class AdvisoryRetracted {
  @Text(128) id: string;
  @Count() statements: number;
}

export class BlastRadiusQuery extends PageQuery {}

/** A repository that locks an affected version. */
export class BlastRadiusRepository {
  @Text(1024) repository: string;
  @Text(100) application: string;
  @Text(200) owner: string;
  @Texts(20, 512) lines: string[];
  @Texts(20, 1024) purls: string[];
  @Texts(20, 64) findings: string[];
}

/** An image whose latest SBOM lists an affected version. */
export class BlastRadiusArtifact {
  /** Repository of its commit, or `image:` and its name. */
  @Text(1024) repository: string;
  @Maybe() @Text(1024) image?: string;
  @Digest() digest: string;
  @Text(100) application: string;
  @Text(200) owner: string;
  @Texts(20, 1024) purls: string[];
  @Texts(20, 64) findings: string[];
}

/** What an advisory touches: counts first, repositories and images in pages that go on together. */
export class BlastRadiusAnswer {
  @Text(128) advisory: string;
  @Texts(50, 128) aliases: string[];
  @Count() components: number;
  @Count() repositoriesTotal: number;
  @ListOf(() => BlastRadiusRepository, 200) repositories: BlastRadiusRepository[];
  @Maybe() @Text(2048) next?: string | null;
  @Count() artifactsTotal: number;
  @ListOf(() => BlastRadiusArtifact, 200) artifacts: BlastRadiusArtifact[];
  @Texts(0) workloads: string[];
  @Texts(100, 200) owners: string[];
  @Time() asOf: string;
}

/** What became of a file of KEV or EPSS. */
export class IntelImportAnswer {
  @Count() accepted: number;
  @Count() rejected: number;
}
