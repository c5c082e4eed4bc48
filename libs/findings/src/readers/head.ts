import { JsonScanner } from '../json/json-scanner.ts';
import { selectionOf } from '../json/selection.ts';
import { ReportRefused } from './report-refused.ts';

/** So much of a report is looked at before anything else is. */
export const headBytes = 64 * 1024;

/** What the beginning of a JSON document shows of itself. */
export class Head {
  private readonly seen = new Map<string, 'list' | 'object' | 'scalar'>();
  private readonly found = new Map<string, unknown[]>();

  /** `whole`: the document ends here. Throws `ReportRefused` for what is no JSON so far. */
  constructor(
    bytes: Buffer,
    readonly whole: boolean,
    selectors: readonly string[],
  ) {
    const scanner = new JsonScanner(
      selectionOf(selectors),
      ({ selector, value }) => void this.found.set(selector, [...(this.found.get(selector) ?? []), value]),
      undefined,
      (pattern, kind) => void (this.seen.has(pattern) || this.seen.set(pattern, kind)),
    );
    if (bytes.length === 0) throw new ReportRefused('the report is empty');
    scanner.write(bytes);
    if (whole) scanner.end();
  }

  get root(): 'list' | 'object' | 'scalar' | undefined {
    return this.kindOf('$');
  }

  /** What lies at a path, as far as it is one that a reader asked for. */
  kindOf(pattern: string): 'list' | 'object' | 'scalar' | undefined {
    return this.seen.get(pattern);
  }

  has(...patterns: readonly string[]): boolean {
    return patterns.every((pattern) => this.seen.has(pattern));
  }

  /** The first value at a selector, once the beginning holds all of it. */
  value(selector: string): unknown {
    return this.found.get(selector)?.[0];
  }
}
