import type { Git } from '@throughline/git';

/** Who wrote a line, as git tells it: anybody may call themselves anything. */
export interface Authorship {
  readonly author: string;
  readonly email: string;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}

const mostLines = 200;
const timeoutMs = 60_000;

/** Who wrote some lines of a file as it is at a commit. Lines beyond the first two hundred have nobody. */
export async function blame(
  git: Git,
  commit: string,
  path: string,
  lines: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Authorship>> {
  const asked = [...new Set(lines)].slice(0, mostLines).flatMap((line) => ['-L', `${line},${line}`]);
  if (asked.length === 0) return new Map();
  const text = await git.text(['blame', '--line-porcelain', ...asked, commit, '--', path], { timeoutMs, ...(signal && { signal }) });
  const found = new Map<number, Authorship>();
  let line = 0;
  let id = '';
  let said: Record<string, string> = {};
  for (const row of text.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(row);
    if (head && !row.startsWith('\t')) {
      [id, line, said] = [head[1]!, Number(head[2]), {}];
    } else if (row.startsWith('\t')) {
      found.set(line, authorshipOf(id, said));
    } else {
      const space = row.indexOf(' ');
      if (space > 0) said[row.slice(0, space)] ??= row.slice(space + 1);
    }
  }
  return found;
}

function authorshipOf(commit: string, said: Readonly<Record<string, string>>): Authorship {
  const seconds = Number(said['author-time'] ?? 0);
  const time = Number.isSafeInteger(seconds) && Math.abs(seconds) < 1e11 ? seconds : 0;
  return {
    author: plain(said['author'] ?? '').slice(0, 150) || 'unknown',
    email: plain((said['author-mail'] ?? '').replace(/^<|>$/g, '')).slice(0, 200),
    commit,
    at: new Date(time * 1000).toISOString(),
  };
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '').trim();
}
