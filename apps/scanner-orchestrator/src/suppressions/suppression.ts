/** Where a finding has to lie. */
interface Lines {
  readonly from: number;
  readonly to: number;
  /** Only the last finding in them: the comment stands within what it speaks of. */
  readonly last?: boolean;
}

/** Which findings a suppression is about: those to which all that is named applies. */
export interface Covers {
  readonly class?: 'vulnerability' | 'code' | 'secret' | 'configuration';
  readonly rule?: string;
  readonly cve?: string;
  readonly advisory?: string;
  readonly purl?: string;
  /** A file, or a folder when it ends with `/`. */
  readonly path?: string;
  /** In the file `path`, as it is at the commit that was read. */
  readonly lines?: Lines;
}

/** A line by which a repository asks a scanner to say nothing. */
export interface Suppression {
  /** Whose findings it is about. */
  readonly tool: string;
  readonly line: number;
  /** The request itself, never the code beside it: that may hold a secret. */
  readonly mark: string;
  /** Absent when it asks for more than an exception can say. */
  readonly covers?: Covers;
  /** Why there is no `covers`. */
  readonly unread?: string;
  readonly reason?: string;
  /** ISO 8601. */
  readonly until?: string;
}

/** Reads one form of suppression from a file of strangers: the text is bounded, nothing of it is run, what is unknown is left out. */
export interface SuppressionReader {
  readonly name: string;
  readonly reads: (path: string) => boolean;
  /** Words without which a file holds none, in lower case; absent where the name of the file says enough. */
  readonly words?: readonly string[];
  readonly read: (text: string, path: string) => readonly Suppression[] | Promise<readonly Suppression[]>;
}

/** What is asked for about a vulnerability, by the id that the file names. */
export function aboutVulnerability(id: string): Covers {
  if (/^CVE-\d{4}-\d{4,}$/i.test(id)) return { class: 'vulnerability', cve: id.toUpperCase() };
  if (/^(?:GHSA|GO|PYSEC|RUSTSEC|OSV|MAL|RHSA|DSA|USN|ALAS)-[\w.:-]+$/i.test(id)) return { class: 'vulnerability', advisory: id };
  // Ids of other databases are the rules of the reports that name them.
  return { rule: id };
}

/** A path without wildcards; undefined where it has some. */
export function plainPath(pattern: string): string | undefined {
  const path = pattern.replace(/^\.?\//, '').replace(/\/\*\*(?:\/\*)?$/, '/');
  return path === '' || /[*?[\]{}!\\]/.test(path) ? undefined : path;
}

/** A day or a time as ISO 8601; undefined for what is neither. */
function timeOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value.trim() : '';
  const day = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/.exec(text)?.[1];
  const time = Date.parse(day === undefined ? text : `${day}T00:00:00Z`);
  if (Number.isNaN(time) || !/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  // A day is meant to its end.
  return new Date(day === undefined ? time : time + 86_400_000).toISOString();
}

/** What is given of reason and end, without the fields that are absent. */
export function terms(reason: unknown, until: unknown): Pick<Suppression, 'reason' | 'until'> {
  const text = typeof reason === 'string' ? reason.trim().slice(0, 500) : '';
  const time = timeOf(until);
  return { ...(text !== '' && { reason: text }), ...(time !== undefined && { until: time }) };
}

/** Finds the lines of values that a parser gave without their places: each is looked for below the one before it, then from the top. */
export class LineFinder {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  lineOf(value: string): number {
    const below = this.#lines.findIndex((line, index) => index >= this.#at && line.includes(value));
    const found = below >= 0 ? below : this.#lines.findIndex((line) => line.includes(value));
    if (found < 0) return Math.max(1, this.#at);
    this.#at = found + 1;
    return found + 1;
  }
}

/** What may be a list, as one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The text of a value that may be none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : undefined;
}
