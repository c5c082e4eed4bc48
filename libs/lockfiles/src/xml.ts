import { SaxesParser } from 'saxes';
import { LockFileRefused } from './lock-file.ts';

/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Text directly in it, without white space around it. */
  readonly text: string;
}

interface Open extends Element {
  readonly children: Element[];
  text: string;
}

const deepest = 100;
const mostElements = 500_000;

/** Reads XML without document types: there are no entities to expand but those of the language. Prefixes of names are dropped. */
export function readXml(text: string): Element {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  const reading = new Reading();
  parser.on('error', () => refuse('it is not XML', parser.line));
  parser.on('doctype', () => refuse('it has a document type, which is not read here', parser.line));
  parser.on('text', (part) => reading.take(part));
  parser.on('cdata', (part) => reading.take(part));
  // The name is known once the character behind it was read, which may be the end of its line.
  parser.on('opentagstart', () => reading.begin(parser.columnIndex === 0 ? parser.line - 1 : parser.line));
  parser.on('opentag', ({ name, attributes }) => reading.open(name, attributes));
  parser.on('closetag', () => reading.close());
  parser.write(text).close();
  return reading.root;
}

function refuse(reason: string, line: number): never {
  throw new LockFileRefused(`${reason}, see line ${line}`);
}

class Reading {
  readonly #document: Open = { name: '', line: 1, attributes: new Map(), children: [], text: '' };
  readonly #open: Open[] = [this.#document];
  #line = 1;
  #count = 0;

  get root(): Element {
    return this.#document.children[0]!;
  }

  begin(line: number): void {
    this.#line = line;
    if (++this.#count > mostElements || this.#open.length > deepest) refuse('it holds more elements than a manifest can have', line);
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const named = Object.entries(attributes).map(([key, value]) => [local(key), value] as const);
    const element: Open = { name: local(name), line: this.#line, attributes: new Map(named), children: [], text: '' };
    this.#open.at(-1)!.children.push(element);
    this.#open.push(element);
  }

  take(text: string): void {
    this.#open.at(-1)!.text += text;
  }

  close(): void {
    const element = this.#open.pop()!;
    element.text = element.text.trim();
  }
}

/** The first child of that name. */
export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((one) => one.name === name);
}

/** The text of the first child of that name; undefined when there is none or it is empty. */
export function childText(element: Element | undefined, name: string): string | undefined {
  const text = child(element, name)?.text;
  return text === '' ? undefined : text;
}

/** All elements of that name, at whatever depth. */
export function* descendants(element: Element, name: string): Iterable<Element> {
  for (const one of element.children) {
    if (one.name === name) yield one;
    yield* descendants(one, name);
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
