import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Git } from '@throughline/git';
import { TestRepository } from '../../fixtures/test-repository.ts';
import { listHistory } from './history-listing.ts';

const empty = mkdtempSync(join(tmpdir(), 'empty-'));
const repository = new TestRepository();

afterAll(() => {
  rmSync(empty, { recursive: true });
  repository.remove();
});

describe('the versions in a history', () => {
  it('are listed once, with the commit that brought them, also those of branches that were merged and of files that are gone', async () => {
    const git = new Git(join(repository.folder, '.git'), { empty });
    const first = repository.commit({ 'a b/ü\nx': 'one\n', gone: 'two\n' });
    repository.git('checkout', '--quiet', '-b', 'side');
    const side = repository.commit({ side: 'three\n' });
    repository.git('checkout', '--quiet', 'main');
    const second = repository.commit({ gone: undefined, copy: 'one\n', 'a b/ü\nx': 'four\n' });
    repository.git('merge', '--quiet', '--no-commit', '--no-ff', 'side');
    const head = repository.commit({ side: 'three and more\n', evil: 'only here\n' });

    const all = await listHistory(git, head, undefined);
    const since = await listHistory(git, head, second);

    expect(all.map(({ path, commit, bytes }) => [path, commit, bytes]).sort()).toEqual(
      [
        ['a b/ü\nx', first, 4],
        ['gone', first, 4],
        ['side', side, 6],
        ['a b/ü\nx', second, 5],
        ['side', head, 15],
        ['evil', head, 10],
      ].sort(),
    );
    expect(all[0]!.commit).toBe(first);
    expect(since.map(({ path, commit }) => [path, commit])).toEqual([
      ['side', side],
      ['evil', head],
      ['side', head],
    ]);
    expect(await listHistory(git, head, head)).toEqual([]);
  });
});
