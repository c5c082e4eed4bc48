import type { MappingNode } from './node.ts';
import { pathOf, scalarText, valuesAt, type Path } from './path.ts';
import { xpathOf } from './xpath.ts';

/** What a mapping says a field is: read off one result. */
export type Value = (result: unknown) => readonly unknown[];

const longestText = 1_000;
const longestFilled = 8_000;
const mostAlternatives = 10;
const mostWords = 200;

/**
 * Reads what a field is: a path (`@.file`), a template (`{@.name} in {@.file}`), a text as it stands, a list of alternatives
 * of which the first that is there counts, or `{ from, words, else, … }`, which changes what it reads (see `changes`), or `{ all }`.
 */
export function valueOf(node: MappingNode): Value {
  if (node.isList) return firstOf(node.items(mostAlternatives).map(valueOf));
  if (node.isObject) return changed(node);
  if (typeof node.value === 'number' || typeof node.value === 'boolean') return constant(node.value);
  const text = node.text(longestText);
  if (begins(node).test(text)) return atPath(pathIn(node, text));
  return /\{@/.test(text) || (node.paths === 'xml' && /\{\.\.?\//.test(text)) ? template(node, text) : constant(text);
}

/** What a path begins with, and a text does not. */
export function begins({ paths }: MappingNode): RegExp {
  return paths === 'xml' ? /^(?:@|\.\.?\/)/ : /^@/;
}

function constant(value: unknown): Value {
  return () => [value];
}

function atPath(path: Path): Value {
  return (result) => valuesAt(path, result).filter((value) => value !== '' && !(Array.isArray(value) && value.length === 0));
}

function firstOf(values: readonly Value[]): Value {
  return (result) => {
    for (const value of values) {
      const found = value(result);
      if (found.length > 0) return found;
    }
    return [];
  };
}

function pathIn(node: MappingNode, text: string): Path {
  const path = node.paths === 'xml' ? xpathOf(text) : pathOf(text);
  if (path === undefined) node.refuse(`is no path that is understood: ${JSON.stringify(text.slice(0, 80))}`);
  return path ?? [];
}

/** All of a template must be there, or the whole is not. */
function template(node: MappingNode, text: string): Value {
  const parts = text
    .split(node.paths === 'xml' ? /(\{(?:@|\.\.?\/)[^{}]*\})/ : /(\{@[^{}]*\})/)
    .map((part): string | Path => (part.startsWith('{') && begins(node).test(part.slice(1)) ? pathIn(node, part.slice(1, -1)) : part));
  return (result) => {
    let filled = '';
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : scalarText(valuesAt(part, result)[0]);
      if (piece === undefined || (typeof part !== 'string' && piece === '')) return [];
      filled += piece;
      if (filled.length > longestFilled) return [filled.slice(0, longestFilled)];
    }
    return [filled];
  };
}

function changed(node: MappingNode): Value {
  const member = node.members(['from', 'all', 'else', ...Object.keys(changes)]);
  const all = member('all');
  if (all.present) {
    if (member('from').present) all.refuse('stands alone: what several places say is taken together');
    return together(all.items(mostAlternatives).map(valueOf));
  }
  if (!member('from').present) node.refuse('needs from: what the field is read from');
  let value = member('from').present ? valueOf(member('from')) : constant('');
  for (const [name, change] of Object.entries(changes)) if (member(name).present) value = change(value, member(name));
  const otherwise = member('else');
  return otherwise.present ? firstOf([value, valueOf(otherwise)]) : value;
}

/** A text to cut at, which may be a blank or the end of a line. */
function markOf(node: MappingNode): Value {
  const { value } = node;
  return typeof value === 'string' && value !== '' && value.length <= 20 && value.trim() === '' ? constant(value) : valueOf(node);
}

type Change = (value: Value, node: MappingNode) => Value;

/** What can be done to what is read, in this order, whatever order they are written in. */
const changes: Readonly<Record<string, Change>> = {
  base64: (value, node) => (node.oneOf(['maybe']) ? decoded(value) : value),
  // What does not begin so is not there.
  prefix: (value, node) => cut(value, markOf(node), (text, mark) => (text.startsWith(mark) ? text.slice(mark.length) : undefined)),
  // What does not hold it is not there.
  after: (value, node) =>
    cut(value, markOf(node), (text, mark) => (text.includes(mark) ? text.slice(text.indexOf(mark) + mark.length) : undefined)),
  afterLast: (value, node) =>
    cut(value, markOf(node), (text, mark) => (text.includes(mark) ? text.slice(text.lastIndexOf(mark) + mark.length) : undefined)),
  // What does not hold it is taken whole.
  until: (value, node) => untilFirst(value, node.several(mostAlternatives).map(markOf)),
  untilLast: (value, node) =>
    cut(value, markOf(node), (text, mark) => text.slice(0, text.includes(mark) ? text.lastIndexOf(mark) : undefined)),
  number: (value, node) => counted(value, node.oneOf(['from-zero', 'from-one']) === 'from-zero'),
  not: (value, node) => without(value, node),
  case: (value, node) => inCase(value, node.oneOf(['lower', 'upper'])),
  words: (value, node) => worded(value, wordsOf(node)),
  // Whatever it says, that it is there says this.
  as: (value, node) => instead(value, valueOf(node)),
};

function cut(value: Value, mark: Value, at: (text: string, mark: string) => string | undefined): Value {
  return (result) => {
    const marked = scalarText(mark(result)[0]);
    if (marked === undefined || marked === '') return value(result);
    return value(result).flatMap((one) => {
      const left = at(scalarText(one) ?? '', marked);
      return left === undefined || left === '' ? [] : [left];
    });
  };
}

/** All marks cut, so that the one that comes first counts. */
function untilFirst(value: Value, marks: readonly Value[]): Value {
  let left = value;
  for (const mark of marks) left = cut(left, mark, (text, marked) => text.split(marked, 1)[0]);
  return left;
}

function inCase(value: Value, to: 'lower' | 'upper'): Value {
  return (result) =>
    value(result)
      .flat()
      .flatMap((one) => {
        const text = scalarText(one);
        return text === undefined ? [] : [to === 'upper' ? text.toUpperCase() : text.toLowerCase()];
      });
}

function without(value: Value, node: MappingNode): Value {
  const words = new Set(node.several(mostWords).map((word) => (scalarText(word.value) ?? word.text(longestText)).toLowerCase()));
  return (result) => value(result).filter((one) => !words.has(scalarText(one)?.toLowerCase() ?? ''));
}

function instead(value: Value, other: Value): Value {
  return (result) => (value(result).length === 0 ? [] : other(result));
}

function together(values: readonly Value[]): Value {
  return (result) => values.flatMap((value) => value(result));
}

function wordsOf(node: MappingNode): ReadonlyMap<string, string> {
  return new Map(node.entries(mostWords).map(([word, to]) => [word.toLowerCase(), scalarText(to.value) ?? to.text(longestText)]));
}

/** What none of the words says is not there: `else` says what it is then. */
function worded(value: Value, words: ReadonlyMap<string, string>): Value {
  return (result) =>
    value(result).flatMap((one) => {
      const word = words.get(scalarText(one)?.toLowerCase().trim() ?? '');
      return word === undefined ? [] : [word];
    });
}

/** Some tools write numbers as texts, or ranges (`12-15`) of which the first counts; others count lines from zero. */
function counted(value: Value, fromZero: boolean): Value {
  return (result) =>
    value(result).flatMap((one) => {
      const digits = /^\s*(\d{1,9})(?!\d)/.exec(scalarText(one) ?? '')?.[1];
      return digits === undefined ? [] : [Number(digits) + (fromZero ? 1 : 0)];
    });
}

/** Only what decodes and encodes to the same is taken for base64: a secret may look like it. */
function decoded(value: Value): Value {
  return (result) =>
    value(result).map((one) => {
      if (typeof one !== 'string' || one.length % 4 !== 0 || !/^[A-Za-z0-9+/]{8,}={0,2}$/.test(one)) return one;
      const bytes = Buffer.from(one, 'base64');
      const text = bytes.toString('utf8');
      return bytes.toString('base64') === one && /^[\t\n\r\x20-\x7e]+$/.test(text) ? text : one;
    });
}
