import { randomUUID } from 'node:crypto';
import { GitFailed } from '@throughline/git';
import { blame, type Authorship } from '../runner/git/blame.ts';
import { changedFiles } from '../runner/git/changed-files.ts';
import type { Mirror } from '../runner/git/mirror.ts';
import { listTree } from '../runner/git/tree-listing.ts';
import type { AuthoredSuppression, ReadingRow } from './reading-rows.ts';
import type { PlacedSuppression } from './reading.ts';
import { readersVersion } from './registry.ts';
import { suppressionsAt } from './tree-suppressions.ts';

const mostChanged = 2000;
const mostLines = 1000;
const mostFilesBlamed = 200;

/** Reads what a default branch asks for: what changed since it was read before, or all of it. */
export async function readBranch(
  mirror: Mirror,
  commit: string,
  before: ReadingRow | undefined,
  signal: AbortSignal,
): Promise<Pick<ReadingRow, 'version' | 'salt' | 'lines'>> {
  const former = before?.version === readersVersion && (await mirror.has(before.commit)) ? before : undefined;
  const salt = before?.salt ?? randomUUID();
  const changed = former && (await changedFiles(mirror.git, former.commit, commit, mostChanged));
  const listing = await listTree(mirror.git, commit);
  const read = await suppressionsAt(mirror, commit, { listing, ...(changed && { only: changed }), salt, signal });
  const kept = changed === undefined ? [] : former!.lines.filter(({ file }) => !changed.has(file));
  const known = new Map((before?.lines ?? []).flatMap(({ key, by }) => (by === undefined ? [] : [[key, by] as const])));
  const lines = [...kept, ...(await authored(mirror, commit, read, known, signal))].slice(0, mostLines);
  return { version: readersVersion, salt, lines };
}

/** A line that is the same as before was written by the same person. */
async function authored(
  mirror: Mirror,
  commit: string,
  read: readonly PlacedSuppression[],
  known: ReadonlyMap<string, Authorship>,
  signal: AbortSignal,
): Promise<readonly AuthoredSuppression[]> {
  const written = new Map<string, Authorship>(known);
  const news = Map.groupBy(
    read.filter(({ key }) => !known.has(key)),
    ({ file }) => file,
  );
  for (const [file, lines] of [...news].slice(0, mostFilesBlamed)) {
    const found = await authorsOf(mirror, commit, file, lines, signal);
    for (const { key, line } of lines) if (found.has(line)) written.set(key, found.get(line)!);
  }
  return read.map((each) => ({ ...each, ...(written.has(each.key) && { by: written.get(each.key)! }) }));
}

/** A history that git takes too long to read leaves lines without an author; they are told so. */
async function authorsOf(
  mirror: Mirror,
  commit: string,
  file: string,
  lines: readonly PlacedSuppression[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Authorship>> {
  try {
    return await blame(
      mirror.git,
      commit,
      file,
      lines.map(({ line }) => line),
      signal,
    );
  } catch (error) {
    if (error instanceof GitFailed && !signal.aborted) return new Map();
    throw error;
  }
}
