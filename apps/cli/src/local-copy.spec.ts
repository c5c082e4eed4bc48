import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyOf, copyOfStaged } from './local-copy.ts';

describe('a copy for the platform', () => {
  let home: string;
  let tree: string;
  const run = (folder: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@shop.example', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      env: process.env,
    }).trim();
  const files = (copy: string, ref: string): string[] => run(copy, 'ls-tree', '-r', '--name-only', ref).split('\n');

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    tree = mkdtempSync(join(tmpdir(), 'tree-'));
    process.env['THROUGHLINE_HOME'] = home;
    run(tree, 'init', '--quiet', '--initial-branch=main');
    writeFileSync(join(tree, 'a.txt'), 'a');
    run(tree, 'add', '--all');
    run(tree, 'commit', '--quiet', '-m', 'first');
  });

  afterEach(() => {
    delete process.env['THROUGHLINE_HOME'];
    delete process.env['GIT_INDEX_FILE'];
    for (const folder of [home, tree]) rmSync(folder, { recursive: true });
  });

  it('holds what was committed, of a folder that is no repository what lies there', async () => {
    writeFileSync(join(tree, 'b.txt'), 'b');
    expect(files((await copyOf(tree)).folder, 'HEAD')).toEqual(['a.txt']);

    rmSync(join(tree, '.git'), { recursive: true });
    expect(files((await copyOf(tree)).folder, 'HEAD')).toEqual(['a.txt', 'b.txt']);
  });

  it('of what is staged is one commit on top, and leaves the work tree as it was', async () => {
    writeFileSync(join(tree, 'staged.txt'), 's');
    run(tree, 'add', 'staged.txt');
    writeFileSync(join(tree, 'not.txt'), 'n');
    const before = [run(tree, 'status', '--porcelain'), run(tree, 'for-each-ref')];
    mkdirSync(join(tree, 'below'));

    const { folder, ref } = await copyOfStaged(join(tree, 'below'));

    expect(files(folder, ref!)).toEqual(['a.txt', 'staged.txt']);
    expect(run(folder, 'rev-parse', `${ref}^`)).toBe(run(tree, 'rev-parse', 'HEAD'));
    expect([run(tree, 'status', '--porcelain'), run(tree, 'for-each-ref')]).toEqual(before);
  });

  it('follows the work tree from one to the next', async () => {
    await copyOfStaged(tree);
    run(tree, 'checkout', '--quiet', '-b', 'feature');
    writeFileSync(join(tree, 'c.txt'), 'c');
    run(tree, 'add', '--all');
    run(tree, 'commit', '--quiet', '-m', 'second');
    run(tree, 'branch', '-D', 'main');

    const { folder, ref } = await copyOfStaged(tree);

    expect(run(folder, 'symbolic-ref', 'HEAD')).toBe('refs/heads/feature');
    expect(run(folder, 'branch', '--format=%(refname:short)').split('\n').sort()).toEqual(['feature', ref]);
    run(tree, 'checkout', '--quiet', '--detach');
    expect(files((await copyOfStaged(tree)).folder, ref!)).toEqual(['a.txt', 'c.txt']);
  });

  it('takes the index of the commit that git is making', async () => {
    process.env['GIT_INDEX_FILE'] = join(tree, '.git/next-index');
    run(tree, 'read-tree', '--empty');
    writeFileSync(join(tree, 'only.txt'), 'o');
    run(tree, 'add', 'only.txt');

    const { folder, ref } = await copyOfStaged(tree);
    expect(files(folder, ref!)).toEqual(['only.txt']);
  });

  it('needs something to compare with', async () => {
    run(tree, 'checkout', '--quiet', '--orphan', 'empty');
    await expect(copyOfStaged(tree)).rejects.toThrow('there is no commit yet');
  });
});
