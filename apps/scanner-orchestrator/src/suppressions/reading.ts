import { createHmac } from 'node:crypto';
import type { TreeFile } from '../runner/git/tree-listing.ts';
import { suppressionReaders } from './registry.ts';
import type { Suppression } from './suppression.ts';

/** A suppression with the file in which it stands. */
export interface PlacedSuppression extends Suppression {
  readonly file: string;
  /** The same as long as the line is the same, wherever in its file it stands. */
  readonly key: string;
}

/** Larger files are not read: nobody writes them by hand. */
const largestFile = 1024 * 1024;
const mostInFile = 500;
const longestPath = 1000;

const named = suppressionReaders.filter(({ words }) => words === undefined);
const searched = suppressionReaders.filter(({ words }) => words !== undefined);

/** The words by which files that may hold suppressions are found. */
export const words: readonly string[] = [...new Set(searched.flatMap((reader) => reader.words ?? []))];

/** A file whose name says that it holds suppressions. */
export function isNamed({ path }: Pick<TreeFile, 'path'>): boolean {
  return named.some((reader) => reader.reads(path));
}

/** Whether it can be read at all. */
export function isReadable({ path, bytes }: TreeFile): boolean {
  return bytes <= largestFile && path.length <= longestPath;
}

/**
 * The suppressions of a file. `salt` is a secret of ours: the text of a line is part of its key, and may hold a secret that
 * nobody must be able to guess from there.
 */
export async function suppressionsOf(path: string, text: string, salt: string): Promise<readonly PlacedSuppression[]> {
  const lines = text.split('\n');
  const seen = new Map<string, number>();
  const found: PlacedSuppression[] = [];
  for (const suppression of await read(path, text)) {
    if (found.length === mostInFile) break;
    const { tool, mark, line, covers, until } = suppression;
    const said = [path, tool, mark, covers?.rule, covers?.path, covers?.purl, until, lines[line - 1]?.trim()];
    const base = createHmac('sha256', salt).update(JSON.stringify(said)).digest('hex').slice(0, 32);
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    found.push({ ...wellFormed(suppression), file: path, key: count === 1 ? base : `${base}.${count}` });
  }
  return found;
}

async function read(path: string, text: string): Promise<readonly Suppression[]> {
  const found: Suppression[] = [];
  const lower = text.toLowerCase();
  for (const reader of suppressionReaders) {
    if (!reader.reads(path) || (reader.words && !reader.words.some((word) => lower.includes(word)))) continue;
    try {
      found.push(...(await reader.read(text, path)));
    } catch {
      // Its parser quotes the text, which is told to nobody.
      found.push({ tool: reader.name, line: 1, mark: path.slice(-100), unread: 'the file cannot be read' });
    }
  }
  return found;
}

/** Neither Postgres nor JSON takes every text of a stranger. */
function wellFormed(suppression: Suppression): Suppression {
  return JSON.parse(JSON.stringify(suppression, (_, value: unknown) => (typeof value === 'string' ? plain(value) : value))) as Suppression;
}

function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}]+/gu, ' ')
    .trim();
}
