import type { Component } from '../finding.ts';
import type { Head } from '../readers/head.ts';
import type { OpenReport } from '../readers/reader.ts';

/** What a document says about itself. */
export interface SbomHead {
  readonly format: 'CycloneDX' | 'SPDX';
  readonly specVersion: string;
  /** What it is an inventory of. */
  readonly name?: string;
  readonly version?: string;
  /** The tool that wrote it. */
  readonly tool?: string;
  /** It says itself that something is missing: what is absent from it may still be there. */
  readonly incomplete?: boolean;
}

/** Who needs whom. Both name places in the list of components. */
export interface Dependency {
  /** Absent: what the inventory is about. */
  readonly from?: number;
  readonly to: readonly number[];
}

/** A software bill of materials in the one form that it has here, whatever order its author chose. */
export interface Sbom {
  readonly head: SbomHead;
  /** In the order of their package URLs. */
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/** A component as a document has it, before it is known what its references lead to. */
export interface Part {
  /** Names it within the document. */
  readonly ref: string | undefined;
  readonly component: Omit<Component, 'direct'>;
}

/** What a document holds. */
export interface Draft {
  readonly head: SbomHead;
  readonly parts: readonly Part[];
  /** References of what the inventory is about. */
  readonly roots: ReadonlySet<string>;
  /** From reference to references. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
}

/** A format that SBOMs come in. */
export interface SbomFormat {
  /** Unique, kebab-case. */
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  /** Whether the beginning shows what only this format has; undefined: it is neither JSON nor XML. */
  readonly recognises: (head: Head | undefined, text: string) => boolean;
  /** Throws `ReportRefused` for what is no document of this format. */
  readonly read: (open: OpenReport) => Promise<Draft>;
}

/** Larger inventories than this are refused. */
export const mostComponents = 100_000;
/** Of all components together. */
export const mostDependencies = 1_000_000;
