import { assurances, type Assurance } from '../events/evidence.ts';
import { CommitId, Count, Digest, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** Filters of the list of SBOMs. */
export class SbomQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(4096) repository?: string;
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Digest() artifact?: string;
  /** Name of an image without host and tag. */
  @Maybe() @Text(512) image?: string;
}

/** An inventory of a commit or an image at one time; a later one stands beside it. */
export class SbomSummary {
  @Text(64) id: string;
  /** Absent for an image of which nobody said where it was built from. */
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @CommitId() commit?: string;
  @Maybe() @Text(512) ref?: string;
  @Maybe() @Digest() artifact?: string;
  @Maybe() @Text(512) image?: string;
  @Text(100) application: string;
  /** Of the document as it came: `CycloneDX`, `SPDX`; absent where none came. */
  @Maybe() @Text(32) format?: string;
  @Maybe() @Text(16) specVersion?: string;
  /** What the document says it is an inventory of. */
  @Maybe() @Text(300) name?: string;
  @Maybe() @Text(200) version?: string;
  /** Our scanner, where nobody sent a document and it was made from lock files. */
  @Maybe() @Text(128) generatedBy?: string;
  @OneOf(assurances) assurance: Assurance;
  @Count() components: number;
  @Time() createdAt: string;
  /** When the same content came last. */
  @Time() receivedAt: string;
}

export const sbomFormats = ['cyclonedx', 'original'] as const;

/** How an SBOM is wanted. */
export class SbomFormatQuery {
  /** CycloneDX 1.6 out of what is stored, or the document as it came. */
  @Maybe() @OneOf(sbomFormats) format?: (typeof sbomFormats)[number];
}

/** Which SBOMs are compared: each by its id, the digest of an image, or a commit, of which the latest counts. */
export class SbomDiffQuery {
  @Text(128) from: string;
  @Text(128) to: string;
}

export class DiffedComponent {
  @Text(1024) purl: string;
  @Maybe() @Text(200) licence?: string;
}

/** A package of which other versions are there than before. */
export class ChangedComponent {
  /** Package URL without version. */
  @Text(1024) purl: string;
  @Texts(100, 256) from: string[];
  @Texts(100, 256) to: string[];
}

/** What one SBOM has that the other has not; the lists end at 5,000 each, the counts do not. */
export class SbomDiff {
  @Nested(() => SbomSummary) from: SbomSummary;
  @Nested(() => SbomSummary) to: SbomSummary;
  @Count() addedTotal: number;
  @Count() removedTotal: number;
  @Count() changedTotal: number;
  @ListOf(() => DiffedComponent, 5000) added: DiffedComponent[];
  @ListOf(() => DiffedComponent, 5000) removed: DiffedComponent[];
  @ListOf(() => ChangedComponent, 5000) changed: ChangedComponent[];
}

/** Why a component is there. */
export class ComponentPathsQuery {
  /** With or without version. */
  @Text(1024) purl: string;
  /** Id of the SBOM, digest of an image, or a commit. */
  @Maybe() @Text(128) sbom?: string;
  /** The latest SBOM of the repository. */
  @Maybe() @Text(4096) repository?: string;
}

/** Names or package URLs from what needs it first to the component. */
export class ComponentPath {
  @Texts(200, 1024) steps: string[];
}

/** The shortest ways from what the SBOM is about to a component. */
export class ComponentPaths {
  @Text(1024) purl: string;
  @Flag() direct: boolean;
  /** The first ten of equal length; none where the SBOM does not say who needs it. */
  @ListOf(() => ComponentPath, 10) paths: ComponentPath[];
  /** There are more of that length. */
  @Flag() more: boolean;
}

/** Why a package is in an SBOM, for each of its versions there. */
export class ComponentPathsAnswer {
  @Nested(() => SbomSummary) sbom: SbomSummary;
  @ListOf(() => ComponentPaths, 50) components: ComponentPaths[];
}
