import { GitFailed, type Git, type GitStream } from '@throughline/git';
import { recordsOf } from './tree-listing.ts';

const timeoutMs = 120_000;

/** Paths of the files that are new or other in `to` than in `from`; undefined when there are more than `most`. */
export async function changedFiles(git: Git, from: string, to: string, most: number): Promise<ReadonlySet<string> | undefined> {
  const options = ['-r', '-z', '--no-renames', '--name-only', '--no-commit-id'];
  return pathsIn(git.stream(['diff-tree', ...options, '--end-of-options', from, to], { timeoutMs }), most);
}

/** Paths of the text files of a commit in which one of some words stands, in any case; undefined when there are more than `most`. */
export async function filesWith(
  git: Git,
  commit: string,
  words: readonly string[],
  most: number,
): Promise<ReadonlySet<string> | undefined> {
  const patterns = words.flatMap((word) => ['-e', word]);
  const stream = git.stream(['grep', '-l', '-z', '-I', '-i', '-F', '--threads=1', ...patterns, commit, '--'], { timeoutMs });
  try {
    // Each path has the commit before it.
    return await pathsIn(stream, most, commit.length + 1);
  } catch (error) {
    if (error instanceof GitFailed && error.exit === 1) return new Set();
    throw error;
  }
}

async function pathsIn(stream: GitStream, most: number, prefix = 0): Promise<ReadonlySet<string> | undefined> {
  stream.input.end();
  const paths = new Set<string>();
  try {
    for await (const record of recordsOf(stream.output)) {
      paths.add(record.toString('utf8').slice(prefix));
      if (paths.size > most) return undefined;
    }
  } finally {
    stream.stop();
  }
  await stream.done;
  return paths;
}
