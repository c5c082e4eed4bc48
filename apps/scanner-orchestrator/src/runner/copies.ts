import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Git } from '@throughline/git';
import type { Finding } from '@throughline/findings';
import type { Scanner } from '../scanners/scanner.ts';
import { CopyFolder } from './copy-folder.ts';
import { checkOut } from './git/checkout.ts';
import type { TreeFile, TreeListing } from './git/tree-listing.ts';
import type { PlacedCanary } from './report-intake.ts';
import { ScanRefused } from './scan-refused.ts';

/** What a scanner gets to see of a tree, decided from the listing alone. */
export interface Selection {
  readonly files: readonly TreeFile[];
  /** Findings about what it does not get to see. */
  readonly also: readonly Finding[];
  /** Digest of all that decides its result: equal selections have equal results. */
  readonly digest: string;
}

/** A scanned copy on disk. */
export interface Copy {
  readonly folder: string;
  readonly files: readonly string[];
  readonly canary: PlacedCanary;
}

const largestFile = 16 * 1024 * 1024;
const mostFindings = 1000;
const sliceLength = 5000;

/** Picks what the scanner reads; its own configuration in the tree is left out and reported. */
export async function select(scanner: Scanner, listing: TreeListing): Promise<Selection> {
  const files: TreeFile[] = [];
  const also: Finding[] = [];
  const digest = createHash('sha256');
  for (const [index, file] of listing.files.entries()) {
    // A listing may be long, and others wait for this thread.
    if (index % sliceLength === sliceLength - 1) await setImmediate();
    const obeyed = scanner.obeys?.(file.path) === true;
    const read = scanner.reads(file.path);
    if (!obeyed && !read) continue;
    digest.update(`${file.path}\0${file.object}\n`);
    if (obeyed) also.push(notHonoured(scanner, file));
    if (!read) continue;
    if (file.bytes > largestFile) also.push(tooLarge(scanner, file));
    else files.push(file);
  }
  return { files, also: also.slice(0, mostFindings), digest: `sha256:${digest.digest('hex')}` };
}

/** Writes the selection and a canary with a random name into `folder`/tree. */
export async function makeCopy(git: Git, scanner: Scanner, selection: Selection, folder: string, signal?: AbortSignal): Promise<Copy> {
  const tree = await CopyFolder.make(join(folder, 'tree'));
  await checkOut(git, selection.files, tree, signal);
  return withCanary(
    scanner,
    tree,
    selection.files.map(({ path }) => path),
  );
}

/** A copy that holds nothing but a canary. */
export async function canaryAlone(scanner: Scanner, folder: string): Promise<Copy> {
  return withCanary(scanner, await CopyFolder.make(join(folder, 'tree')), []);
}

async function withCanary(scanner: Scanner, tree: CopyFolder, files: readonly string[]): Promise<Copy> {
  const path = scanner.canary.path(`canary-${randomBytes(12).toString('hex')}`);
  await tree.write(path, [Buffer.from(scanner.canary.content())]).catch((error: NodeJS.ErrnoException) => {
    // `.github/workflows` may be a file in a hostile tree.
    throw new ScanRefused(`the canary cannot be put into the tree: ${error.code ?? error.name}`);
  });
  return { folder: tree.path, files: [...files, path], canary: { path, expects: scanner.canary.expects } };
}

function notHonoured(scanner: Scanner, { path }: TreeFile): Finding {
  return {
    class: 'configuration',
    rule: 'scanner-configuration-not-honoured',
    title: `This configuration of ${scanner.name} has no effect here`,
    description: 'A change cannot switch its own scanners off. Exceptions are granted as waivers, with a reason and an end.',
    severity: 'info',
    location: { path },
    resource: path,
  };
}

function tooLarge(scanner: Scanner, { path, bytes }: TreeFile): Finding {
  return {
    class: 'configuration',
    rule: 'file-not-read',
    title: `The file is too large for ${scanner.name}: it was not checked`,
    description: `It has ${Math.round(bytes / 1024 / 1024)} MiB, files of at most ${largestFile / 1024 / 1024} MiB are checked.`,
    severity: 'low',
    location: { path },
    resource: path,
  };
}
