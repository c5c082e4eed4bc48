import type { Git } from '@throughline/git';
import { ask } from './checkout.ts';
import { isInside, recordsOf, TreeRefused, type TreeFile } from './tree-listing.ts';

/** A version of a file, with the commit that brought it. */
export interface HistoricFile extends TreeFile {
  readonly commit: string;
}

const mostVersions = 300_000;
const longestPath = 1024;
const listMs = 10 * 60_000;

/**
 * Every version of every file that is not in the history of `since`, once, the oldest first. Links and submodules are left out.
 * Throws `TreeRefused` when there are more than can be looked at.
 */
export async function listHistory(
  git: Git,
  commit: string,
  since: string | undefined,
  signal?: AbortSignal,
): Promise<readonly HistoricFile[]> {
  const range = since === undefined ? [commit] : [commit, `^${since}`];
  // Of a merge, what differs from each of its parents: the rest came by a commit of its own.
  const options = ['--raw', '--diff-merges=combined', '--no-renames', '--no-abbrev', '--no-color', '--topo-order', '--reverse', '-z'];
  const stream = git.stream(
    ['-c', 'log.showRoot=true', 'log', ...options, '--format=format:commit %H', '--end-of-options', ...range, '--'],
    {
      timeoutMs: listMs,
      ...(signal && { signal }),
    },
  );
  stream.input.end();
  const versions = new Map<string, Omit<HistoricFile, 'bytes'>>();
  try {
    for await (const version of versionsIn(stream.output)) {
      if (versions.has(version.object)) continue;
      versions.set(version.object, version);
      if (versions.size > mostVersions) throw new TreeRefused(`the history has more than ${mostVersions} versions of files`);
    }
  } finally {
    stream.stop();
  }
  await stream.done;
  return withSizes(git, [...versions.values()], signal);
}

/** `commit <id>` and a line break begin a commit; then a change and a path, each ended by NUL. */
async function* versionsIn(output: AsyncIterable<Uint8Array>): AsyncIterable<Omit<HistoricFile, 'bytes'>> {
  let commit = '';
  let change: { readonly mode: string; readonly object: string } | undefined;
  for await (const record of recordsOf(output)) {
    if (change) {
      const path = record.toString('utf8');
      const isFile = change.mode === '100644' || change.mode === '100755';
      if (isFile && record.length <= longestPath && isInside(path)) yield { path, object: change.object, commit };
      change = undefined;
      continue;
    }
    const text = record.toString('latin1');
    commit = /^commit ([0-9a-f]{40,64})(?:\n|$)/.exec(text)?.[1] ?? commit;
    change = changeIn(text);
  }
}

/** `:<modes> <objects> <status>`, with a colon for each parent; the last mode and object are those that the commit has. */
function changeIn(text: string): { readonly mode: string; readonly object: string } | undefined {
  const [, colons, words = ''] = /(?:^|\n)(:+)([0-9a-f ]+ [A-Z]+\d*)$/.exec(text) ?? [];
  const parts = words.split(' ');
  const parents = colons?.length ?? 0;
  return parents > 0 && parts.length === 2 * parents + 3 ? { mode: parts[parents]!, object: parts[2 * parents + 1]! } : undefined;
}

async function withSizes(
  git: Git,
  versions: readonly Omit<HistoricFile, 'bytes'>[],
  signal?: AbortSignal,
): Promise<readonly HistoricFile[]> {
  const stream = git.stream(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { timeoutMs: listMs, ...(signal && { signal }) });
  void ask(stream, versions);
  const sizes: number[] = [];
  let rest = '';
  try {
    for await (const chunk of stream.output) {
      const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
      rest = lines.pop()!;
      for (const line of lines) sizes.push(/^\d+$/.test(line) ? Number(line) : -1);
    }
  } finally {
    stream.stop();
  }
  await stream.done;
  return versions.flatMap((version, index) => ((sizes[index] ?? -1) < 0 ? [] : [{ ...version, bytes: sizes[index]! }]));
}
