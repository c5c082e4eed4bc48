import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { searchPath } from './config.ts';
import { Refused } from './exit.ts';

const run = promisify(execFile);
const author = { name: 'Throughline', email: 'throughline@localhost' };

/** Runs git without the user's configuration, hooks and prompts; throws `Refused` with git's own words. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return gitOn(undefined, folder, ...args);
}

/** The same on another index than the repository's own: git gives hooks that of the commit it is making. */
export async function gitOn(index: string | undefined, folder: string, ...args: readonly string[]): Promise<string> {
  const env = {
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
    PATH: searchPath(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
  const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'safe.directory=*'];
  try {
    const { stdout } = await run('git', [...safe, ...args], { cwd: folder, env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 });
    return stdout.trim();
  } catch (error) {
    throw new Refused(
      'usage',
      `git ${args[0]} failed in ${folder}: ${(error as { stderr?: string }).stderr?.trim() ?? (error as Error).message}`,
    );
  }
}
