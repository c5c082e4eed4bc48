import type { Mirror } from '../runner/git/mirror.ts';
import { changedFiles, filesWith } from '../runner/git/changed-files.ts';
import { textsOf } from '../runner/git/file-texts.ts';
import { listTree, type TreeFile, type TreeListing } from '../runner/git/tree-listing.ts';
import { isNamed, isReadable, suppressionsOf, words, type PlacedSuppression } from './reading.ts';

/** More files are not read one by one: they are searched for those that matter. */
const mostChanged = 2000;
const mostFiles = 5000;
const mostInTree = 2000;

/** What a commit has of suppressions, all of it or in some of its files. */
export async function suppressionsAt(
  mirror: Mirror,
  commit: string,
  { listing, only, salt, signal }: { listing: TreeListing; only?: ReadonlySet<string>; salt: string; signal?: AbortSignal },
): Promise<readonly PlacedSuppression[]> {
  const readable = listing.files.filter((file) => isReadable(file) && (only === undefined || only.has(file.path)));
  const files = only === undefined ? await worthReading(mirror, commit, readable) : readable;
  const found: PlacedSuppression[] = [];
  for await (const { file, text } of textsOf(mirror.git, files.slice(0, mostFiles), signal)) {
    found.push(...(await suppressionsOf(file.path, text, salt)));
    if (found.length >= mostInTree) break;
  }
  return found.slice(0, mostInTree);
}

/** What a change adds: what its target branch does not have in the same files. Nothing of it is applied. */
export async function suppressionsAdded(
  mirror: Mirror,
  { commit, base, tip, listing, salt }: { commit: string; base: string; tip: string; listing: TreeListing; salt: string },
): Promise<readonly PlacedSuppression[]> {
  const only = await changedFiles(mirror.git, base, commit, mostChanged);
  const here = await suppressionsAt(mirror, commit, { listing, ...(only && { only }), salt });
  if (here.length === 0) return [];
  const files = new Set(here.map(({ file }) => file));
  const before = await listTree(mirror.git, tip, [...files]);
  const known = new Set((await suppressionsAt(mirror, tip, { listing: before, only: files, salt })).map(({ key }) => key));
  return here.filter(({ key }) => !known.has(key));
}

async function worthReading(mirror: Mirror, commit: string, files: readonly TreeFile[]): Promise<readonly TreeFile[]> {
  const found = await filesWith(mirror.git, commit, words, mostFiles);
  return files.filter((file) => isNamed(file) || found?.has(file.path));
}
