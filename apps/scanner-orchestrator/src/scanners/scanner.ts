import type { FindingClass } from '@throughline/contracts';
import type { Component, RawFinding } from '@throughline/findings';
import type { Tool } from '../tools/tool.ts';

export { ReportRefused, type RawFinding } from '@throughline/findings';

/** A locked package; its package URL is made by the runner. */
export type RawComponent = Omit<Component, 'purl'>;

export type RawLine = { readonly finding: RawFinding } | { readonly component: RawComponent };

/** The scanned copy of a tree, seen from inside the box. */
export interface Tree {
  readonly root: string;
  /** Paths of all files, relative, with `/`. */
  readonly files: readonly string[];
  /** The file as text; undefined when it is larger than `maxBytes` or binary. */
  text(path: string, maxBytes: number): Promise<string | undefined>;
}

/** A file that must give a finding: put into every scanned copy under a random name, and taken out of the results again. */
export interface Canary {
  readonly path: (random: string) => string;
  readonly content: () => string;
  /** The rule it must trip, or `ecosystem/name@version` of the component it must give. */
  readonly expects: string;
}

interface Described {
  /** Unique, kebab-case, equal to the name of its folder. */
  readonly name: string;
  /** Classes of finding that it answers for. */
  readonly finds: readonly FindingClass[];
  /** Third-party program that it needs; such a scanner runs only in a sandbox. */
  readonly tool?: Tool;
  /** Folder of the operator's own rules for it; without a rule there it is not run. */
  readonly rules?: string;
  /** Ruleset family: two runs compare only when it is equal. */
  readonly ruleset: string;
  /** Raised whenever equal input may give another answer: cached results of the former are not used. */
  readonly adapter: number;
  /** Whether a file belongs into its scanned copy. */
  readonly reads: (path: string) => boolean;
  /** Why it does not apply to a tree without such a file. */
  readonly nothing: string;
  /** Files from which the tool would take configuration or exceptions: they are kept out of its copy and reported. */
  readonly obeys?: (path: string) => boolean;
  readonly canary: Canary;
}

/** What a command may refer to, all as paths inside the box. */
export interface ScanTarget {
  readonly tree: string;
  /** Absolute paths of the files of the copy, the canary among them. */
  readonly files: readonly string[];
  /** Folder of the installed tool. */
  readonly tool: string;
  /** Interpreter of Python tools. */
  readonly python: string;
  /** Folder with the operator's rules, and one of ours for the canary. */
  readonly rules: string;
}

/** A program that writes its report to standard output. */
export interface ProgramScanner extends Described {
  readonly kind: 'program';
  readonly command: (target: ScanTarget) => readonly string[];
  readonly environment?: (target: ScanTarget) => Readonly<Record<string, string>>;
  /** Exit codes with which it has done its work. */
  readonly success: readonly number[];
  /** Reads the report on a tree; throws `ReportRefused` for one that is not this tool's or beyond a limit. */
  readonly read: (report: AsyncIterable<Uint8Array>, tree: Tree) => AsyncIterable<RawLine>;
}

/** Code of ours that looks at the tree itself. */
export interface OwnScanner extends Described {
  readonly kind: 'own';
  readonly scan: (tree: Tree, toolFolder: string | undefined) => AsyncIterable<RawLine>;
}

export type Scanner = ProgramScanner | OwnScanner;
