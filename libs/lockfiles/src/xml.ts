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

const token = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>]+)\s*>|<([^\s/<>!?]+)((?:[^<>"']|"[^"]*"|'[^']*')*)>/y;

/** Reads XML without document types: there are no entities to expand but the five of the language. Prefixes of names are dropped. */
export function readXml(text: string): Element {
  const reading = new Reading();
  let end = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', end)) {
    reading.take(text.slice(end, at));
    token.lastIndex = at;
    const match = token.exec(text);
    // Each place is tried once, so that a hostile file costs no more than its length.
    if (!match) throw new LockFileRefused(`it is not XML that is read here, see line ${reading.line}`);
    reading.mark(match);
    end = token.lastIndex;
  }
  return reading.end();
}

class Reading {
  line = 1;
  readonly #root: Open = { name: '', line: 1, attributes: new Map(), children: [], text: '' };
  readonly #open: Open[] = [this.#root];
  #count = 0;

  take(text: string): void {
    this.#open.at(-1)!.text += decode(text);
    this.line += newlines(text);
  }

  mark([whole, data, closed, opened, rest = '']: RegExpExecArray): void {
    if (data !== undefined) this.#open.at(-1)!.text += data;
    if (closed !== undefined) this.#closeElement(local(closed));
    if (opened !== undefined) this.#openElement(local(opened), rest);
    this.line += newlines(whole);
  }

  end(): Element {
    const [element] = this.#root.children;
    if (this.#open.length !== 1 || !element) throw new LockFileRefused('it is not XML');
    return element;
  }

  #openElement(name: string, rest: string): void {
    if (++this.#count > mostElements || this.#open.length > deepest)
      throw new LockFileRefused('it holds more elements than a manifest can have');
    const element: Open = { name, line: this.line, attributes: attributesOf(rest), children: [], text: '' };
    this.#open.at(-1)!.children.push(element);
    if (!rest.endsWith('/')) this.#open.push(element);
  }

  #closeElement(name: string): void {
    const top = this.#open.pop();
    if (this.#open.length === 0 || top?.name !== name) throw new LockFileRefused(`it is not XML, see line ${this.line}`);
    top.text = top.text.trim();
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

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [local(name!), decode(a ?? b ?? '')]),
  );
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.includes('&') ? text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => entities[name]!) : text;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
