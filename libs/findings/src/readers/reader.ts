import type { FindingClass } from '@throughline/contracts';
import type { RawFinding } from '../raw.ts';
import type { Head } from './head.ts';

/** A result of a report that cannot be read as a finding. */
export interface Rejection {
  /** JSON pointer into the report; of XML the path of the element, each step with its number among its like (`/report/site[2]`). */
  readonly pointer: string;
  readonly detail: string;
}

/**
 * One thing that a report says: a finding, a result that is none as far as we can read it, or a part of the tree that the
 * tool could not look at.
 */
export type ReadLine =
  { readonly finding: RawFinding } | { readonly rejected: Rejection } | { readonly unread: { readonly path?: string } };

/** Opens the report from its beginning; may be called as often as the reader has passes. */
export type OpenReport = () => AsyncIterable<Uint8Array>;

/** A format that reports come in. */
export interface ReportReader {
  /** Unique, kebab-case, equal to the name of its folder and to the word of `format=`. */
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  /** Classes of finding that such a report can hold. */
  readonly finds: readonly FindingClass[];
  /** How often it must read the report: what a result refers to may come after it. */
  readonly passes: 1 | 2;
  /** JSON documents may follow each other, as in NDJSON. */
  readonly many?: true;
  /** Paths that tell the format from others (`$.runs.*.tool`, in XML `/report/site`). */
  readonly marks: readonly string[];
  /** Whether the beginning shows what only this format has. */
  readonly recognises: (head: Head) => boolean;
  /**
   * Whether a document that shows nothing (`[]`, `null`) is a report of it without results: believed only when the sender
   * names the format.
   */
  readonly nothing?: (head: Head) => boolean;
  /** The tool that made the report, where the beginning names it; else the format does. */
  readonly toolOf?: (head: Head) => string | undefined;
  /** Throws `ReportRefused` for what is no report of this format. */
  readonly read: (open: OpenReport) => AsyncIterable<ReadLine>;
}
