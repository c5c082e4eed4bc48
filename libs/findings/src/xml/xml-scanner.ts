import { SaxesParser } from 'saxes';
import { below, type Selection } from '../json/selection.ts';
import { pointerOf, ReportRefused } from '../readers/report-refused.ts';
import type { XmlElement } from './xml-element.ts';

/** An element that a selector matched. */
export interface XmlItem {
  readonly selector: string;
  /** Names of the elements from the root to it, each with its number among its like: `site[2]`. */
  readonly path: readonly string[];
  readonly element: XmlElement;
}

export interface XmlLimits {
  readonly maxBytes: number;
  readonly maxItems: number;
  /** Characters of names, attributes and texts of one selected element. */
  readonly maxItemLength: number;
  /** Elements in one selected element. */
  readonly maxItemElements: number;
  /** Characters of one text, or of one tag with its attributes. */
  readonly maxTokenLength: number;
  readonly maxDepth: number;
}

const MiB = 1024 * 1024;
export const xmlLimits: XmlLimits = {
  maxBytes: 512 * MiB,
  maxItems: 250_000,
  maxItemLength: 16 * MiB,
  maxItemElements: 250_000,
  maxTokenLength: 8 * MiB,
  maxDepth: 128,
};

/** A document type may declare what elements there are. What it takes from elsewhere or puts in place of names is refused. */
const active = /<!ENTITY|<!NOTATION|\bSYSTEM\b|\bPUBLIC\b|%/i;
const pieceLength = 64 * 1024;

interface Frame {
  readonly selection: Selection | undefined;
  readonly step: string;
  readonly counts: Map<string, number>;
}

interface Growing extends XmlElement {
  readonly children: Growing[];
  text: string;
}

/**
 * Checks an XML document and hands out the selected elements; a selector that ends in `@` selects elements as they begin, with
 * their attributes only. What is not selected is checked and passed over. Nothing is fetched and no entity is expanded but
 * the five of the language. Throws `ReportRefused` with the place.
 */
export class XmlScanner {
  private readonly parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  private readonly frames: Frame[];
  private growing: Growing[] = [];
  private selector = '';
  private selectedPath: readonly string[] = [];
  private length = 0;
  private elements = 0;
  private items = 0;
  private line = 1;
  private written = 0;
  private lastToken = 0;
  private ended = false;

  constructor(
    selection: Selection,
    private readonly found: (item: XmlItem) => void,
    private readonly limits: XmlLimits = xmlLimits,
    /** Told of each path that selectors lead through or to. */
    private readonly entered: (pattern: string) => void = () => undefined,
  ) {
    this.frames = [{ selection, step: '', counts: new Map() }];
    const { parser } = this;
    parser.on('error', () => this.refuse(this.ended ? 'the report ends in the middle' : 'the report is not XML'));
    parser.on('doctype', (text) => {
      if (active.test(text)) this.refuse('the report has a document type with entities or of another file, which is not read here');
      this.token();
    });
    parser.on('text', (text) => this.take(text));
    parser.on('cdata', (text) => this.take(text));
    parser.on('comment', () => this.token());
    parser.on('processinginstruction', () => this.token());
    // The name is known once the character behind it was read, which may be the end of its line.
    parser.on('opentagstart', () => {
      this.line = parser.columnIndex === 0 ? parser.line - 1 : parser.line;
    });
    parser.on('opentag', ({ name, attributes }) => this.open(name, attributes));
    parser.on('closetag', () => this.close());
  }

  write(text: string): void {
    for (let at = 0; at < text.length; at += pieceLength) {
      const piece = text.slice(at, at + pieceLength);
      this.parser.write(piece);
      this.written += piece.length;
      if (this.written - this.lastToken > this.limits.maxTokenLength)
        this.refuse(`a text or tag of the report has more than ${this.limits.maxTokenLength} characters`);
    }
  }

  end(): void {
    if (this.written === 0) this.refuse('the report is empty');
    this.ended = true;
    this.parser.close();
  }

  private open(qualified: string, attributes: Readonly<Record<string, string>>): void {
    this.token();
    if (this.frames.length > this.limits.maxDepth) this.refuse(`the report is nested deeper than ${this.limits.maxDepth} levels`);
    const name = local(qualified);
    const within = this.growing.at(-1);
    const parent = this.frames.at(-1)!;
    const selection = within ? undefined : below(parent.selection, name);
    this.frames.push({ selection, step: selection ? stepOf(parent, name) : name, counts: new Map() });
    if (selection) this.enter(selection, name, attributes);
    else if (within) this.grow(name, attributes);
  }

  private enter(selection: Selection, name: string, attributes: Readonly<Record<string, string>>): void {
    this.entered(selection.pattern);
    const beginning = selection.fixed.get('@');
    if (beginning?.selector !== undefined) {
      this.entered(beginning.pattern);
      this.count();
      this.found({ selector: beginning.selector, path: this.path(), element: this.elementOf(name, attributes) });
    }
    if (selection.selector === undefined) return;
    this.count();
    this.selector = selection.selector;
    this.selectedPath = this.path();
    this.length = 0;
    this.elements = 0;
    this.grow(name, attributes);
  }

  private grow(name: string, attributes: Readonly<Record<string, string>>): void {
    if (++this.elements > this.limits.maxItemElements)
      this.refuse(`an item of the report has more than ${this.limits.maxItemElements} elements`);
    const element = this.elementOf(name, attributes);
    this.lengthen(name.length + Object.entries(element.attributes).reduce((sum, [key, value]) => sum + key.length + value.length, 0));
    this.growing.at(-1)?.children.push(element);
    this.growing.push(element);
  }

  private elementOf(name: string, attributes: Readonly<Record<string, string>>): Growing {
    const named = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key === 'xmlns' ? key : local(key), value]));
    return { name, line: this.line, attributes: named, children: [], text: '' };
  }

  private take(text: string): void {
    this.token();
    const element = this.growing.at(-1);
    if (!element) return;
    this.lengthen(text.length);
    element.text += text;
  }

  private close(): void {
    this.token();
    this.frames.pop();
    const element = this.growing.pop();
    if (!element) return;
    element.text = element.text.trim();
    if (this.growing.length === 0) this.found({ selector: this.selector, path: this.selectedPath, element });
  }

  private token(): void {
    this.lastToken = this.written;
  }

  private count(): void {
    if (++this.items > this.limits.maxItems) this.refuse(`the report has more than ${this.limits.maxItems} items`);
  }

  private lengthen(by: number): void {
    this.length += by;
    if (this.length > this.limits.maxItemLength) this.refuse(`an item of the report has more than ${this.limits.maxItemLength} characters`);
  }

  private path(): readonly string[] {
    return this.frames.slice(1).map(({ step }) => step);
  }

  private refuse(message: string): never {
    const known = this.frames.slice(1).filter(({ selection }) => selection);
    throw new ReportRefused(message, {
      pointer: pointerOf(known.map(({ step }) => step)),
      line: Math.max(1, this.parser.line),
      column: Math.max(1, this.parser.column),
    });
  }
}

function stepOf({ counts }: Frame, name: string): string {
  const number = (counts.get(name) ?? 0) + 1;
  counts.set(name, number);
  return `${name}[${number}]`;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
