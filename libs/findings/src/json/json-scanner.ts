import { pointerOf, ReportRefused } from '../readers/report-refused.ts';
import { below, type Selection } from './selection.ts';

/** A value that a selector matched. */
export interface JsonItem {
  readonly selector: string;
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** What a value is; `null` stands for nothing, which no other scalar does. */
export type JsonKind = 'list' | 'object' | 'null' | 'scalar';

export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxItems: number;
  /** Bytes of one selected value. */
  readonly maxItemBytes: number;
  readonly maxDepth: number;
  /** How many documents may follow each other, as in NDJSON; one unless it is said. */
  readonly maxDocuments?: number;
}

const MiB = 1024 * 1024;
export const jsonLimits: JsonLimits = { maxBytes: 512 * MiB, maxItems: 250_000, maxItemBytes: 16 * MiB, maxDepth: 128 };
/** Of JSON values that follow each other, on lines of their own or not. */
export const jsonStreamLimits: JsonLimits = { ...jsonLimits, maxDocuments: 1_000_000 };

/** What may come next. */
const next = { value: 0, valueOrEnd: 1, key: 2, keyOrEnd: 3, colon: 4, commaOrEnd: 5, nothing: 6 } as const;
/** Within what the last byte lay. */
const inside = { nothing: 0, text: 1, escape: 2, hex: 3, number: 4, word: 5 } as const;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const [tab, newline, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const numberBytes = new Set([...'0123456789+-.eE'].map((char) => char.charCodeAt(0)));
const escapes = new Set([...'"\\/bfnrtu'].map((char) => char.charCodeAt(0)));
const hexDigits = new Set([...'0123456789abcdefABCDEF'].map((char) => char.charCodeAt(0)));
const words: Readonly<Record<number, Buffer>> = { 0x74: Buffer.from('true'), 0x66: Buffer.from('false'), 0x6e: Buffer.from('null') };
const longestNumber = 1000;
const longestKey = 64 * 1024;

interface Frame {
  readonly list: boolean;
  readonly selection: Selection | undefined;
  index: number;
  key: string | undefined;
}

/**
 * Checks a JSON document byte by byte and hands out the selected values. What is not selected is checked and passed over:
 * a document may be far larger than what is held of it. Throws `ReportRefused` with the place.
 */
export class JsonScanner {
  private readonly frames: Frame[] = [];
  private expects: number = next.value;
  private within: number = inside.nothing;
  private readingKey = false;
  private keyBytes: Buffer[] | undefined;
  private keyLength = 0;
  private number = '';
  private word: Buffer = words[0x6e]!;
  private wordAt = 0;
  private hexLeft = 0;
  private selected: Selection | undefined;
  private selectedDepth = 0;
  private pieces: Buffer[] = [];
  private pieceBytes = 0;
  private from = 0;
  private items = 0;
  private begun = 0;
  private total = 0;
  private line = 1;
  private lineStart = 0;

  constructor(
    private readonly selection: Selection,
    private readonly found: (item: JsonItem) => void,
    private readonly limits: JsonLimits = jsonLimits,
    /** Told of each path that selectors lead through or to. */
    private readonly entered: (pattern: string, kind: JsonKind) => void = () => undefined,
  ) {}

  /** How many documents have begun. */
  get documents(): number {
    return this.begun;
  }

  write(chunk: Buffer): void {
    if (this.total + chunk.length > this.limits.maxBytes) throw this.refusal(`the report has more than ${this.limits.maxBytes} bytes`, 0);
    this.from = 0;
    let at = this.total === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    while (at < chunk.length) at = this.within === inside.nothing ? this.structure(chunk, at) : this.token(chunk, at);
    if (this.selected) this.keep(chunk, chunk.length);
    if (this.keyBytes) this.keepKey(chunk, chunk.length);
    this.total += chunk.length;
  }

  end(): void {
    if (this.within === inside.number) this.endNumber(Buffer.alloc(0), 0);
    if (this.expects !== next.nothing) throw this.refusal(this.total === 0 ? 'the report is empty' : 'the report ends in the middle', 0);
  }

  private structure(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (byte === newline) {
      this.line += 1;
      this.lineStart = this.total + at + 1;
    }
    if (byte === space || byte === newline || byte === tab || byte === carriageReturn) return at + 1;
    switch (this.expects) {
      case next.value:
      case next.valueOrEnd:
        if (byte === closeList && this.expects === next.valueOrEnd) return this.close(chunk, at);
        return this.open(chunk, at, byte);
      case next.key:
      case next.keyOrEnd:
        if (byte === closeObject && this.expects === next.keyOrEnd) return this.close(chunk, at);
        if (byte !== quote) throw this.refusal('a key is missing', at);
        return this.openKey(at);
      case next.colon:
        if (byte !== colon) throw this.refusal('a colon is missing', at);
        this.expects = next.value;
        return at + 1;
      case next.commaOrEnd:
        return this.commaOrEnd(chunk, at, byte);
      default:
        if (!this.many || this.begun >= this.limits.maxDocuments!) throw this.refusal('the report goes on after its end', at);
        this.expects = next.value;
        return this.open(chunk, at, byte);
    }
  }

  private get many(): boolean {
    return (this.limits.maxDocuments ?? 1) > 1;
  }

  private commaOrEnd(chunk: Buffer, at: number, byte: number): number {
    const frame = this.frames.at(-1)!;
    const { list } = frame;
    if (byte === (list ? closeList : closeObject)) return this.close(chunk, at);
    if (byte !== comma) throw this.refusal('a comma is missing', at);
    if (!list) frame.key = undefined;
    this.expects = list ? next.value : next.key;
    return at + 1;
  }

  private open(chunk: Buffer, at: number, byte: number): number {
    const frame = this.frames.at(-1);
    if (frame?.list) frame.index += 1;
    if (!frame) this.begun += 1;
    const selection = this.selected ? undefined : this.selectionHere(frame);
    if (selection) this.enter(selection, at, byte);
    if (byte === openObject || byte === openList) return this.openFrame(at, byte === openList, selection);
    if (byte === quote) {
      this.within = inside.text;
      this.readingKey = false;
      return at + 1;
    }
    const word = words[byte];
    if (word) {
      this.within = inside.word;
      this.word = word;
      this.wordAt = 1;
      return at + 1;
    }
    if (!numberBytes.has(byte)) throw this.refusal('the report is not JSON: a value is missing', at);
    this.within = inside.number;
    this.number = '';
    return at;
  }

  private selectionHere(frame: Frame | undefined): Selection | undefined {
    if (!frame) return this.selection;
    return below(frame.selection, frame.list ? frame.index : (frame.key ?? ''));
  }

  private enter(selection: Selection, at: number, byte: number): void {
    this.entered(selection.pattern, kindOf(byte));
    if (selection.selector === undefined) return;
    if (++this.items > this.limits.maxItems) throw this.refusal(`the report has more than ${this.limits.maxItems} items`, at);
    this.selected = selection;
    this.selectedDepth = this.frames.length;
    this.pieces = [];
    this.pieceBytes = 0;
    this.from = at;
  }

  private openFrame(at: number, list: boolean, selection: Selection | undefined): number {
    if (this.frames.length >= this.limits.maxDepth)
      throw this.refusal(`the report is nested deeper than ${this.limits.maxDepth} levels`, at);
    this.frames.push({ list, selection: this.selected ? undefined : selection, index: -1, key: undefined });
    this.expects = list ? next.valueOrEnd : next.keyOrEnd;
    return at + 1;
  }

  private openKey(at: number): number {
    this.within = inside.text;
    this.readingKey = true;
    if (this.frames.at(-1)!.selection) {
      this.keyBytes = [];
      this.keyLength = 0;
      this.from = at;
    }
    return at + 1;
  }

  private close(chunk: Buffer, at: number): number {
    this.frames.pop();
    this.endValue(chunk, at + 1);
    return at + 1;
  }

  private token(chunk: Buffer, at: number): number {
    switch (this.within) {
      case inside.text:
        return this.text(chunk, at);
      case inside.escape:
        return this.escape(chunk, at);
      case inside.hex:
        if (!hexDigits.has(chunk[at]!)) throw this.refusal('a text has an escape that is none', at);
        if (--this.hexLeft === 0) this.within = inside.text;
        return at + 1;
      case inside.number:
        if (!numberBytes.has(chunk[at]!)) return this.endNumber(chunk, at);
        this.number += String.fromCharCode(chunk[at]!);
        if (this.number.length > longestNumber) throw this.refusal('a number is too long', at);
        return at + 1;
      default:
        return this.wordByte(chunk, at);
    }
  }

  private text(chunk: Buffer, start: number): number {
    let at = start;
    for (let byte = chunk[at]; byte !== undefined; byte = chunk[++at]) {
      if (byte === quote) return this.endText(chunk, at);
      if (byte === backslash) {
        this.within = inside.escape;
        return at + 1;
      }
      if (byte < space) throw this.refusal('a text has a control character in it', at);
    }
    return at;
  }

  private escape(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (!escapes.has(byte)) throw this.refusal('a text has an escape that is none', at);
    this.hexLeft = 4;
    this.within = byte === 0x75 ? inside.hex : inside.text;
    return at + 1;
  }

  private endText(chunk: Buffer, at: number): number {
    this.within = inside.nothing;
    if (!this.readingKey) {
      this.endValue(chunk, at + 1);
      return at + 1;
    }
    this.expects = next.colon;
    if (this.keyBytes) {
      this.keepKey(chunk, at + 1);
      this.frames.at(-1)!.key = JSON.parse(Buffer.concat(this.keyBytes).toString('utf8')) as string;
      this.keyBytes = undefined;
    }
    return at + 1;
  }

  private wordByte(chunk: Buffer, at: number): number {
    if (chunk[at] !== this.word[this.wordAt]) throw this.refusal('the report is not JSON: a value is missing', at);
    if (++this.wordAt === this.word.length) {
      this.within = inside.nothing;
      this.endValue(chunk, at + 1);
    }
    return at + 1;
  }

  private endNumber(chunk: Buffer, at: number): number {
    if (!numberForm.test(this.number)) throw this.refusal('a number is not written as JSON has it', at);
    this.within = inside.nothing;
    this.endValue(chunk, at);
    return at;
  }

  private endValue(chunk: Buffer, after: number): void {
    this.expects = this.frames.length === 0 ? next.nothing : next.commaOrEnd;
    if (this.selected && this.frames.length === this.selectedDepth) this.handOut(chunk, after);
  }

  private handOut(chunk: Buffer, after: number): void {
    this.keep(chunk, after);
    const { selector } = this.selected!;
    this.selected = undefined;
    const value: unknown = JSON.parse(Buffer.concat(this.pieces).toString('utf8'));
    this.pieces = [];
    this.found({ selector: selector!, path: this.path(), value });
  }

  private keep(chunk: Buffer, until: number): void {
    this.pieceBytes += until - this.from;
    if (this.pieceBytes > this.limits.maxItemBytes)
      throw this.refusal(`an item of the report has more than ${this.limits.maxItemBytes} bytes`, until);
    // A copy: the chunk may be reused by whoever reads the stream.
    if (until > this.from) this.pieces.push(Buffer.from(chunk.subarray(this.from, until)));
  }

  private keepKey(chunk: Buffer, until: number): void {
    this.keyLength += until - this.from;
    if (this.keyLength > longestKey) throw this.refusal('a key is too long', until);
    this.keyBytes!.push(Buffer.from(chunk.subarray(this.from, until)));
  }

  private path(): (string | number)[] {
    return [...this.document(), ...this.frames.map(({ list, index, key }) => (list ? index : (key ?? '')))];
  }

  /** Where documents follow each other, paths begin with the number of theirs, counted from zero. */
  private document(): (string | number)[] {
    return this.many ? [Math.max(0, this.begun - 1)] : [];
  }

  private refusal(message: string, at: number): ReportRefused {
    const column = this.total + at - this.lineStart + 1;
    return new ReportRefused(message, { pointer: pointerOf(this.knownPath()), line: this.line, column: Math.max(1, column) });
  }

  private knownPath(): (string | number)[] {
    const path: (string | number)[] = this.document();
    for (const { list, index, key, selection } of this.frames) {
      if (!list && (key === undefined || !selection)) break;
      path.push(list ? Math.max(0, index) : key!);
    }
    return path;
  }
}

/** By its first byte. */
function kindOf(byte: number): JsonKind {
  if (byte === openList) return 'list';
  if (byte === openObject) return 'object';
  return byte === 0x6e ? 'null' : 'scalar';
}
