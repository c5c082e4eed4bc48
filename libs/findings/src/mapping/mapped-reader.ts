import { csvRows } from '../csv/csv-rows.ts';
import { jsonItems, type Seen } from '../json/json-items.ts';
import { jsonLimits, jsonStreamLimits } from '../json/json-scanner.ts';
import { objectOf, rejected, textOf } from '../readers/fields.ts';
import { xmlItems, type SeenElements } from '../xml/xml-items.ts';
import type { Head } from '../readers/head.ts';
import type { OpenReport, ReadLine, ReportReader } from '../readers/reader.ts';
import { ReportRefused } from '../readers/report-refused.ts';
import { findingIn } from './finding-in.ts';
import type { Mapping } from './mapping.ts';
import { entriesAt, scalarText, valuesAt, type Path } from './path.ts';
import { textsBelow, valueOfElement } from './xpath.ts';

/** The reader of a format that a mapping declares. */
export function mappedReader(mapping: Mapping): ReportReader {
  const { name, title, finds, documents, recognise, nothing, tool } = mapping;
  return {
    ...{ name, title, finds, passes: 1 },
    ...(documents === 'many' && { many: true as const }),
    marks: [...recognise.flat(), ...tool],
    recognises: (head) => recognise.some((marks) => head.has(...marks)),
    ...(nothing.length > 0 && {
      nothing: (head: Head) => nothing.some((kind) => head.root === (kind === 'scalar' ? 'null' : kind)),
    }),
    ...(tool.length > 0 && { toolOf: (head: Head) => tool.map((path) => textOf(head.value(path), 64)).find((word) => word !== undefined) }),
    read: (open) => ways[mapping.syntax](mapping, open),
  };
}

async function* read(mapping: Mapping, open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const { report, root } = await withRoot(open());
  const results = selectorsFor(root, mapping.results);
  const { unread } = mapping;
  const limits = mapping.documents === 'many' ? jsonStreamLimits : jsonLimits;
  for await (const { selector, path, value } of jsonItems(report, [...results, ...unread.keys(), ...passedThrough(mapping, results)], {
    seen,
    limits,
  })) {
    if (unread.has(selector) && says(value, unread.get(selector))) yield { unread: {} };
    if (results.includes(selector)) yield* linesOf(mapping, path, value);
  }
  if (!isOfFormat(mapping, seen)) throw new ReportRefused(`this is no report of ${mapping.title}`, { pointer: '' });
}

async function* readXml(mapping: Mapping, open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  const { results, unread, holds } = mapping;
  const within = new Map(results.map((selector) => [selector, unreadWithin(unread, selector)]));
  for await (const { selector, path, element } of xmlItems(open(), [...results, ...unread.keys(), ...holds.map((one) => `${one}/@`)], {
    seen,
  })) {
    if (unread.has(selector) && says(element.text, unread.get(selector))) yield { unread: {} };
    const below = within.get(selector);
    if (below === undefined) continue;
    const result = valueOfElement(element);
    for (const [texts, words] of below) for (const text of valuesAt(texts, result)) if (says(text, words)) yield { unread: {} };
    yield* linesOf(mapping, path, result, `line ${element.line}: `);
  }
  if (!holds.some((path) => seen.has(path))) throw new ReportRefused(`this is no report of ${mapping.title}`, { line: 1, column: 1 });
}

/** Places within a result, as paths from it: what stands there comes with the result, not by itself. */
function unreadWithin(unread: Mapping['unread'], selector: string): readonly (readonly [Path, ReadonlySet<string> | undefined])[] {
  const inside = `${selector}/`;
  return [...unread].flatMap(([place, words]) =>
    place.startsWith(inside) ? [[textsBelow(place.slice(inside.length)), words] as const] : [],
  );
}

async function* readTable(mapping: Mapping, open: OpenReport): AsyncIterable<ReadLine> {
  const ofFormat = (columns: readonly string[]): void => {
    const marks = new Set(columns.map((column) => `,${column}`));
    if (!mapping.recognise.some((wanted) => wanted.every((mark) => marks.has(mark))))
      throw new ReportRefused(`this is no report of ${mapping.title}`, { line: 1, column: 1 });
  };
  for await (const { index, line, cells } of csvRows(open(), ofFormat)) yield* linesOf(mapping, [index], cells, `line ${line}: `);
}

function* linesOf(mapping: Mapping, path: readonly (string | number)[], value: unknown, place = ''): Iterable<ReadLine> {
  const parts = partsOf(mapping, value);
  if (parts === undefined) yield rejected(path, 'a result has no list of what it found');
  for (const part of parts ?? []) {
    if (mapping.leaveOut?.(part)) continue;
    const found = mapping.ignored?.(part) ? undefined : findingIn(mapping, part);
    if (found === undefined) yield { unread: {} };
    else if (typeof found === 'string') yield rejected(path, `${place}${found}`);
    else yield { finding: found };
  }
}

/** What a result lists, each beside what the result itself says; undefined when the list is not there. */
function partsOf({ each, syntax }: Mapping, value: unknown): readonly unknown[] | undefined {
  if (each === undefined) return [value];
  // An element without such parts has none.
  if (syntax === 'xml') return valuesAt(each, value).map((part) => ({ ...objectOf(part), '..': value }));
  return entriesAt(each, value)?.map(([key, part]) => ({ ...objectOf(value), key, each: part }));
}

function says(value: unknown, words: ReadonlySet<string> | undefined): boolean {
  return words === undefined || words.has(scalarText(value)?.toLowerCase() ?? '');
}

/** Paths that only have to be seen; what lies below them is wanted by others or by nobody. */
function passedThrough({ holds }: Mapping, results: readonly string[]): readonly string[] {
  return holds.filter((path) => path !== '$' && !results.some((selector) => selector === path || selector.startsWith(`${path}.`)));
}

/** A list or object lies where the results do: a report without it is none of the format, and never one without findings. */
function isOfFormat({ holds, results, mayBeNull }: Mapping, seen: Seen): boolean {
  return holds.some((path) => {
    const kind = seen.get(path);
    if (path === '$' && kind === 'object' && !results.includes('$')) return false;
    return kind === 'null' ? mayBeNull : kind === 'list' || kind === 'object';
  });
}

/** `$.*` beside others is a list of results, and `$` beside it a single one: members of an object are other things. */
function selectorsFor(root: number | undefined, results: readonly string[]): readonly string[] {
  const list = root === 0x5b;
  return results.length === 1 ? results : results.filter((selector) => (selector === '$.*' ? list : selector !== '$' || !list));
}

const ways = { json: read, csv: readTable, xml: readXml } as const;

const blank = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** The first byte that says something, and the report with it. */
async function withRoot(
  report: AsyncIterable<Uint8Array>,
): Promise<{ readonly report: AsyncIterable<Uint8Array>; readonly root: number | undefined }> {
  const chunks = report[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let root: number | undefined;
  while (root === undefined) {
    const next = await chunks.next();
    if (next.done) break;
    held.push(Buffer.from(next.value));
    root = next.value.find((byte) => !blank.has(byte));
  }
  return { report: again(held, chunks), root };
}

async function* again(held: readonly Uint8Array[], chunks: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* held;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
