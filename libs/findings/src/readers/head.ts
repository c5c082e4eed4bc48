import { JsonBytes, utf16Of } from '../json/json-bytes.ts';
import { JsonScanner, jsonLimits, jsonStreamLimits, type JsonKind } from '../json/json-scanner.ts';
import { selectionOf } from '../json/selection.ts';
import { XmlScanner } from '../xml/xml-scanner.ts';
import { csvHeaderOf } from '../csv/csv-header.ts';
import { looksLikeXml, XmlText } from '../xml/xml-text.ts';
import { ReportRefused } from './report-refused.ts';

/** So much of a report is looked at before anything else is. */
export const headBytes = 64 * 1024;

type Kind = JsonKind | 'element';

/** What the beginning of a document shows of itself: of JSON by paths such as `$.runs`, of XML by such as `/report/site`, of CSV by columns such as `,Host`. */
export class Head {
  /** How many JSON documents follow each other, as far as the beginning shows. */
  readonly documents: number;
  readonly syntax: 'json' | 'xml' | 'csv';
  private readonly seen = new Map<string, Kind>();
  private readonly found = new Map<string, unknown[]>();

  /** `whole`: the report ends here. Throws `ReportRefused` for what is neither JSON, XML nor CSV so far. */
  constructor(
    bytes: Buffer,
    readonly whole: boolean,
    selectors: readonly string[],
    /** Whether documents may follow each other. */
    many = true,
  ) {
    if (bytes.length === 0) throw new ReportRefused('the report is empty');
    // Tables are read in UTF-8 only.
    const table = utf16Of(bytes) ? undefined : csvHeaderOf(bytes);
    this.syntax = table ? 'csv' : looksLikeXml(bytes) ? 'xml' : 'json';
    const own = selectors.filter((selector) => selector.startsWith(this.syntax === 'xml' ? '/' : '$'));
    for (const column of table?.columns ?? []) this.see(`,${column}`, 'scalar');
    this.documents = table ? 1 : this.syntax === 'xml' ? this.readXml(bytes, own) : this.readJson(bytes, own, many);
  }

  get root(): Kind | undefined {
    return this.kindOf('$');
  }

  /** What lies at a path, as far as it is one that a reader asked for. */
  kindOf(pattern: string): Kind | undefined {
    return this.seen.get(pattern);
  }

  has(...patterns: readonly string[]): boolean {
    return patterns.every((pattern) => this.seen.has(pattern));
  }

  /** The first value at a selector, once the beginning holds all of it; of XML the element. */
  value(selector: string): unknown {
    return this.found.get(selector)?.[0];
  }

  private readJson(bytes: Buffer, selectors: readonly string[], many: boolean): number {
    const scanner = new JsonScanner(
      selectionOf(selectors),
      ({ selector, value }) => this.keep(selector, value),
      many ? jsonStreamLimits : jsonLimits,
      (pattern, kind) => this.see(pattern, kind),
    );
    try {
      const text = new JsonBytes();
      scanner.write(text.write(bytes));
      scanner.write(text.end(this.whole));
      if (this.whole) scanner.end();
    } catch (error) {
      // In the only document the place is said without its number.
      if (many && scanner.documents <= 1) return this.readJson(bytes, selectors, false);
      throw error;
    }
    return scanner.documents;
  }

  private readXml(bytes: Buffer, selectors: readonly string[]): number {
    const scanner = new XmlScanner(
      selectionOf(selectors, '/'),
      ({ selector, element }) => this.keep(selector, element),
      undefined,
      (pattern) => this.see(pattern, 'element'),
    );
    const text = new XmlText();
    scanner.write(text.write(bytes));
    scanner.write(text.end(this.whole));
    if (this.whole) scanner.end();
    return 1;
  }

  private see(pattern: string, kind: Kind): void {
    if (!this.seen.has(pattern)) this.seen.set(pattern, kind);
  }

  private keep(selector: string, value: unknown): void {
    this.found.set(selector, [...(this.found.get(selector) ?? []), value]);
  }
}
