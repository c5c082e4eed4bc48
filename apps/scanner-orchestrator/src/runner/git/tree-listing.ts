import type { Git } from '@throughline/git';

/** A file of a commit. */
export interface TreeFile {
  readonly path: string;
  /** Object id of its content. */
  readonly object: string;
  readonly bytes: number;
}

/** What a commit holds, as far as it can be scanned. */
export interface TreeListing {
  /** In git's order. */
  readonly files: readonly TreeFile[];
  /** Paths of links and submodules: they are not followed. */
  readonly links: readonly string[];
}

/** Bounds of a tree, checked before anything of it is written. */
const limits = { maxEntries: 200_000, maxBytes: 4 * 1024 ** 3, maxDepth: 64, maxPathBytes: 1024 };

/** The tree of a commit cannot be scanned: it is too large, or it names places outside itself. */
export class TreeRefused extends Error {
  readonly code = 'tree_refused';
}

/** Lists a commit's tree as a stream, or what it has at some paths; a bomb is recognised while it is listed, and never unfolded. */
export async function listTree(git: Git, commit: string, paths: readonly string[] = []): Promise<TreeListing> {
  const stream = git.stream(['ls-tree', '-r', '-l', '-z', '--full-tree', '--', commit, ...paths], { timeoutMs: 120_000 });
  stream.input.end();
  const files: TreeFile[] = [];
  const links: string[] = [];
  const seen = { entries: 0, bytes: 0 };
  try {
    for await (const record of recordsOf(stream.output)) {
      const entry = entryOf(record);
      check(entry, seen);
      if (entry.kind === 'file') files.push({ path: entry.path, object: entry.object, bytes: entry.bytes });
      else links.push(entry.path);
    }
  } finally {
    stream.stop();
  }
  await stream.done;
  return { files, links };
}

interface Entry extends TreeFile {
  readonly kind: 'file' | 'link';
}

function check(entry: Entry, seen: { entries: number; bytes: number }): void {
  seen.entries += 1;
  seen.bytes += entry.bytes;
  if (seen.entries > limits.maxEntries) throw new TreeRefused(`the tree has more than ${limits.maxEntries} files`);
  if (seen.bytes > limits.maxBytes) throw new TreeRefused(`the tree has more than ${Math.round(limits.maxBytes / 1024 ** 2)} MiB`);
  if (Buffer.byteLength(entry.path) > limits.maxPathBytes)
    throw new TreeRefused(`the tree has a path of more than ${limits.maxPathBytes} bytes`);
  const parts = entry.path.split('/');
  if (parts.length > limits.maxDepth) throw new TreeRefused(`the tree is deeper than ${limits.maxDepth} folders`);
  if (!isInside(entry.path)) throw new TreeRefused('the tree names a place outside itself');
}

/** Whether every part of a path is the name of a file or folder that may be written. */
export function isInside(path: string): boolean {
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git' && Buffer.byteLength(part) <= 255);
}

/** `<mode> <type> <object> <size>\t<path>`. */
function entryOf(record: Buffer): Entry {
  const tab = record.indexOf(0x09);
  const [mode, type, object, size] = record.subarray(0, tab).toString('latin1').split(/ +/);
  if (tab < 0 || !mode || !type || !object || !size) throw new TreeRefused('the tree has an entry that cannot be read');
  const path = record.subarray(tab + 1).toString('utf8');
  const isFile = type === 'blob' && mode !== '120000';
  return { path, object, bytes: isFile ? Number(size) : 0, kind: isFile ? 'file' : 'link' };
}

/** What is ended by NUL. */
export async function* recordsOf(output: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > 64 * 1024) throw new TreeRefused('the tree has an entry that cannot be read');
  }
}
