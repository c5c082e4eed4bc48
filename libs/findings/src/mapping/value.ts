import type { MappingNode } from './node.ts';
import { pathOf, scalarText, valuesAt, type Path } from './path.ts';

/** What a mapping says a field is: read off one result. */
export type Value = (result: unknown) => readonly unknown[];

const longestText = 1_000;
const longestFilled = 8_000;
const mostAlternatives = 10;
const mostWords = 200;

/**
 * Reads what a field is: a path (`@.file`), a template (`{@.name} in {@.file}`), a text as it stands, a list of alternatives
 * of which the first that is there counts, or `{ from, words, else, base64, number, all }`.
 */
export function valueOf(node: MappingNode): Value {
  if (node.isList) return firstOf(node.items(mostAlternatives).map(valueOf));
  if (node.isObject) return changed(node);
  if (typeof node.value === 'number' || typeof node.value === 'boolean') return constant(node.value);
  const text = node.text(longestText);
  if (text.startsWith('@')) return atPath(pathIn(node, text));
  return text.includes('{@') ? template(node, text) : constant(text);
}

function constant(value: unknown): Value {
  return () => [value];
}

function atPath(path: Path): Value {
  return (result) => valuesAt(path, result).filter((value) => value !== '');
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
  const path = pathOf(text);
  if (path === undefined) node.refuse(`is no path that is understood: ${JSON.stringify(text.slice(0, 80))}`);
  return path ?? [];
}

/** All of a template must be there, or the whole is not. */
function template(node: MappingNode, text: string): Value {
  const parts = text.split(/(\{@[^{}]*\})/).map((part): string | Path => (part.startsWith('{@') ? pathIn(node, part.slice(1, -1)) : part));
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
  const member = node.members(['from', 'words', 'else', 'base64', 'number', 'all']);
  const all = member('all');
  if (all.present) {
    if (member('from').present) all.refuse('stands alone: what several places say is taken together');
    return together(all.items(mostAlternatives).map(valueOf));
  }
  if (!member('from').present) node.refuse('needs from: what the field is read from');
  let value = member('from').present ? valueOf(member('from')) : constant('');
  if (member('base64').present && member('base64').oneOf(['maybe'])) value = decoded(value);
  if (member('number').present && member('number').oneOf(['from-zero', 'from-one']))
    value = counted(value, member('number').value === 'from-zero');
  if (member('words').present) value = worded(value, wordsOf(member('words')));
  const otherwise = member('else');
  return otherwise.present ? firstOf([value, valueOf(otherwise)]) : value;
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
