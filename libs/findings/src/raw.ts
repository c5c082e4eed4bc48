import type { FindingClass, Severity } from '@throughline/contracts';
import type { ReportedVulnerability } from './finding.ts';

/** The place of a value that was left out, and what the tool shows around it. Lines and columns count from one, columns in bytes. */
export interface Redacted {
  readonly before: string;
  readonly after: string;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What a tool says about one place, before paths, snippets and secrets were looked at. */
export interface RawFinding {
  readonly class: FindingClass;
  readonly rule: string;
  /** A text of the rule; never a text of the repository, which may hold a secret. */
  readonly title: string;
  readonly severity: Severity;
  readonly description?: string;
  readonly cwe?: readonly number[];
  readonly help?: string;
  /** As the tool wrote it: absolute in the tree that it read, or relative to it. */
  readonly path?: string;
  readonly line?: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly resource?: string;
  readonly confidence?: string;
  /** The secret that was found, in clear: it goes from the reading process to the runner in memory and no further. */
  readonly secret?: string;
  /** SHA-1 by which a tool names the secret; it goes no further than the reading process. */
  readonly sha1?: string;
  /** Where a tool wrote something else than the value it found; it goes no further than the reading process. */
  readonly redacted?: Redacted;
  /** Texts that no snippet may show. */
  readonly hides?: readonly string[];
  /** Source around the place as the report quotes it; masked before it goes anywhere. */
  readonly snippet?: string;
  readonly fingerprints?: Readonly<Record<string, string>>;
  readonly vulnerability?: ReportedVulnerability;
}
