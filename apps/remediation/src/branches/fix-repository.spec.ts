import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unifiedDiff } from '../editing/unified-diff.ts';
import { EditRefused, FixRepository, type WantedCommit } from './fix-repository.ts';

const branch = 'throughline/left-pad-1.0.1-0a1b2c3d';
const { signal } = new AbortController();
const before = '{"dependencies":{"left-pad":"1.0.0"}}\n';
const after = before.replace('1.0.0', '1.0.1');

let home: string;
let origin: { url: string };
let base: string;

const git = (...args: readonly string[]): string => {
  const settings = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@x',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@x',
  };
  return execFileSync('git', args, { cwd: home, env: { PATH: process.env['PATH'], HOME: home, ...settings }, encoding: 'utf8' }).trim();
};
const wanted = (over: Partial<WantedCommit> = {}): WantedCommit => ({
  base,
  diff: unifiedDiff('package.json', before, after),
  files: ['package.json'],
  message: 'fix(deps): raise left-pad\n',
  ...over,
});

/** A repository of ours, with the line fetched. */
const within = <T>(work: (repository: FixRepository) => Promise<T>): Promise<T> =>
  FixRepository.within('sha1', async (repository) => {
    expect(await repository.fetch(origin, 'refs/heads/main', signal)).toBe(base);
    return work(repository);
  });

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'fix-repository-'));
  git('init', '--quiet', '--bare', 'origin.git');
  git('init', '--quiet', '--initial-branch=main', 'tree');
  writeFileSync(join(home, 'tree/package.json'), before);
  writeFileSync(join(home, 'tree/.gitattributes'), '* filter=evil text eol=crlf\n');
  git('-C', 'tree', 'add', '.');
  git('-C', 'tree', 'commit', '--quiet', '-m', 'first');
  git('-C', 'tree', 'push', '--quiet', '../origin.git', 'main');
  base = git('-C', 'tree', 'rev-parse', 'HEAD');
  origin = { url: pathToFileURL(join(home, 'origin.git')).href };
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a fix in git', () => {
  it('is a commit on the base, the same one however often it is made', async () => {
    const first = await within((repository) => repository.commit(wanted()));
    const second = await within((repository) => repository.commit(wanted()));

    expect(first).toMatch(/^[0-9a-f]{40}$/);
    expect(second).toBe(first);
  });

  it('goes into its branch, byte by byte and by the approved edit alone', async () => {
    const made = await within(async (repository) => {
      const commit = await repository.commit(wanted());
      await repository.push(origin, { branch, head: undefined }, commit, signal);
      expect(await repository.headOf(origin, branch, signal)).toBe(commit);
      return commit;
    });

    expect(git('-C', 'origin.git', 'show', `${made}:package.json`)).toBe(after.trim());
    expect(git('-C', 'origin.git', 'diff-tree', '-r', '--name-only', base, made)).toBe('package.json');
    expect(git('-C', 'origin.git', 'show', '-s', '--format=%an <%ae> %s', made)).toBe(
      'Throughline <fixes@throughline.invalid> fix(deps): raise left-pad',
    );
  });

  it('moves a branch only from where we left it', async () => {
    const other = git('-C', 'tree', 'commit-tree', '-m', 'by somebody else', `${base}^{tree}`);
    git('-C', 'tree', 'push', '--quiet', '--force', '../origin.git', `${other}:refs/heads/${branch}`);

    await within(async (repository) => {
      const commit = await repository.commit(wanted({ message: 'another\n' }));
      await expect(repository.push(origin, { branch, head: undefined }, commit, signal)).rejects.toMatchObject({
        code: 'git_failed',
        exit: 1,
      });
      await expect(repository.remove(origin, { branch, head: commit }, signal)).rejects.toMatchObject({ code: 'git_failed', exit: 1 });
      expect(await repository.headOf(origin, branch, signal)).toBe(other);
      await repository.remove(origin, { branch, head: other }, signal);
      expect(await repository.headOf(origin, branch, signal)).toBeUndefined();
    });
  });

  it('never reaches another branch', async () => {
    await within(async (repository) => {
      const commit = await repository.commit(wanted());

      await expect(repository.push(origin, { branch: 'main', head: base }, commit, signal)).rejects.toThrow(/no branch of ours/);
      await expect(repository.remove(origin, { branch: 'main', head: base }, signal)).rejects.toThrow(/no branch of ours/);
    });
    expect(git('-C', 'origin.git', 'rev-parse', 'main')).toBe(base);
  });

  it.each<[string, () => Partial<WantedCommit>]>([
    ['was made for other text', () => ({ diff: unifiedDiff('package.json', before.replace('left', 'right'), after) })],
    ['changes a file that it does not name', () => ({ files: ['package-lock.json'] })],
    ['adds a file', () => ({ diff: '--- /dev/null\n+++ b/.npmrc\n@@ -0,0 +1 @@\n+registry=https://evil.example\n', files: ['.npmrc'] })],
    ['leaves the tree', () => ({ diff: unifiedDiff('../../etc/passwd', before, after) })],
  ])('is refused when the edit %s', async (_what, over) => {
    await within(async (repository) => expect(repository.commit(wanted(over()))).rejects.toBeInstanceOf(EditRefused));
  });

  it('runs no hook of ours and checks nothing out', async () => {
    const mark = join(home, 'mark');
    for (const hook of ['pre-push', 'reference-transaction', 'post-index-change']) {
      writeFileSync(join(home, 'origin.git/hooks', hook), `#!/bin/sh\ntouch ${mark}-${hook}\n`);
      chmodSync(join(home, 'origin.git/hooks', hook), 0o755);
    }

    await within((repository) => repository.commit(wanted()));

    expect(existsSync(`${mark}-pre-push`)).toBe(false);
    expect(existsSync(`${mark}-post-index-change`)).toBe(false);
  });
});
