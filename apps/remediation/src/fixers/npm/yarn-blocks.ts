import { FixRefused } from '../version-change.ts';

/** One entry of a yarn.lock: its key line, and its fields as they are indented below. */
export interface YarnBlock {
  /** `name@range` of everybody who is served by it. */
  descriptors: readonly string[];
  fields: YarnFields;
  /** The lines as they stand; undefined as soon as something changed. */
  raw: string | undefined;
}

/** A value, or fields of its own. */
export type YarnFields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The two ways in which yarn writes the file. */
export interface YarnDialect {
  readonly key: (descriptors: readonly string[]) => string;
  readonly field: (name: string, value: string, indent: string, inner: boolean) => string;
  /** `name value` or `name: value`. */
  readonly line: RegExp;
}

/** Yarn 1: a format of its own. */
export const classic: YarnDialect = {
  key: (descriptors) => `${descriptors.map(quotedIfNeeded).join(', ')}:`,
  field: (name, value, indent) => `${indent}${quotedIfNeeded(name)} ${quotedIfNeeded(value)}`,
  line: /^(\s+)("(?:[^"\\]|\\.)*"|[^\s"]+) (.+)$/,
};

/** Later yarns: YAML, always written in the same way. */
export const berry: YarnDialect = {
  key: (descriptors) => `"${descriptors.join(', ')}":`,
  field: (name, value, indent, inner) =>
    `${indent}${/^[\w.-]+$/.test(name) ? name : `"${name}"`}: ${inner || !/^[\w./-]+$/.test(value) ? `"${value}"` : value}`,
  line: /^(\s+)("(?:[^"\\]|\\.)*"|[^\s":]+): (.+)$/,
};

/** What stands before the first entry, and the entries. Throws `FixRefused` for a line that it does not know. */
export function readBlocks(text: string, dialect: YarnDialect): { readonly head: string; readonly blocks: YarnBlock[] } {
  const parts = text.replaceAll('\r\n', '\n').split(/\n\n+(?=[^\s#])/);
  const first = parts.findIndex((part) => /^[^\s#][^\n]*:\n {2}\S/.test(part.replace(/^(?:#[^\n]*\n|\n)*/, '')));
  if (first < 0) return { head: text, blocks: [] };
  const [comment, opening] = splitComment(parts[first]!);
  const head = [...parts.slice(0, first), comment].filter((part) => part !== '').join('\n\n');
  return { head, blocks: [opening, ...parts.slice(first + 1)].map((part) => blockOf(part.trimEnd(), dialect)) };
}

export function textOfBlocks(head: string, blocks: readonly YarnBlock[], dialect: YarnDialect): string {
  const written = blocks.map((block) => block.raw ?? writtenBlock(block, dialect));
  return `${head.trimEnd()}\n${dialect === classic ? '\n' : ''}\n${written.join('\n\n')}\n`;
}

function splitComment(part: string): readonly [string, string] {
  const match = /^((?:#[^\n]*\n|\n)*)([\s\S]*)$/.exec(part)!;
  return [match[1]!.trimEnd(), match[2]!];
}

function blockOf(raw: string, dialect: YarnDialect): YarnBlock {
  const [key, ...lines] = raw.split('\n');
  const fields: Record<string, string | Record<string, string>> = {};
  let inner: Record<string, string> | undefined;
  for (const line of lines) {
    const open = /^ {2}("(?:[^"\\]|\\.)*"|[^\s"]+):$/.exec(line);
    const match = dialect.line.exec(line);
    if (open) fields[unquoted(open[1]!)] = inner = {};
    else if (match && match[1]!.length === 2) fields[unquoted(match[2]!)] = unquoted(match[3]!);
    else if (match && inner) inner[unquoted(match[2]!)] = unquoted(match[3]!);
    else if (/^ {4,}\S+:?$/.test(line) && inner) inner[line.trim()] = '';
    else throw new FixRefused('yarn.lock has a line that cannot be read');
  }
  return { descriptors: descriptorsOf(key!), fields, raw };
}

function writtenBlock({ descriptors, fields }: YarnBlock, dialect: YarnDialect): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => {
    if (typeof value === 'string') return [dialect.field(name, value, '  ', false)];
    const inner = Object.entries(value).map(([key, one]) => (one === '' ? `    ${key}` : dialect.field(key, one, '    ', name !== 'bin')));
    return inner.length === 0 ? [] : [`  ${name}:`, ...inner];
  });
  return [dialect.key([...descriptors].sort(byCode)), ...lines].join('\n');
}

function descriptorsOf(key: string): readonly string[] {
  const list = key.replace(/:\s*$/, '');
  const parts = /^".*, .*"$/.test(list) && !/"\s*,/.test(list) ? unquoted(list).split(/,\s*/) : list.split(/,\s*/);
  return parts.map((part) => unquoted(part.trim()));
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new FixRefused('yarn.lock has a text that cannot be read');
  }
}

/** As yarn 1 decides it. */
function quotedIfNeeded(text: string): string {
  return /^(?:true|false)|[:\s\n\\",[\]]|^[^a-zA-Z]/.test(text) ? JSON.stringify(text) : text;
}

export function byCode(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
