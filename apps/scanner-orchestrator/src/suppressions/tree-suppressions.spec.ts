import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestRepository } from '../fixtures/test-repository.ts';
import { Mirror } from '../runner/git/mirror.ts';
import { listTree } from '../runner/git/tree-listing.ts';
import { suppressionsAdded, suppressionsAt } from './tree-suppressions.ts';

jest.setTimeout(60_000);

const main = 'refs/heads/main';
const dir = mkdtempSync(join(tmpdir(), 'suppressions-'));
mkdirSync(join(dir, 'empty'));
const repositories: TestRepository[] = [];

afterAll(() => {
  rmSync(dir, { recursive: true });
  for (const repository of repositories) repository.remove();
});

function newRepository(): { repository: TestRepository; mirror: Mirror } {
  const repository = new TestRepository();
  repositories.push(repository);
  return { repository, mirror: new Mirror(repository.folder, { dir, home: { empty: join(dir, 'empty') }, maxBytes: 2 ** 26 }) };
}

async function bring(mirror: Mirror, repository: TestRepository, commit: string, ...refs: string[]): Promise<void> {
  await mirror.bring({ commit, refs }, () => Promise.resolve({ url: repository.url, files: dir }));
}

/** One silencer of each tool, as a file or within one. */
const silencers: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['.gitleaks.toml', { '.gitleaks.toml': "[allowlist]\npaths = ['''.*''']\n" }],
  ['gitleaks:allow', { 'a.env': 'TOKEN=1 # gitleaks:allow\n' }],
  ['.gitleaksignore', { '.gitleaksignore': 'a.env:github-pat:1\n' }],
  ['# nosec', { 'a.py': 'eval(x)  # nosec\n' }],
  ['.bandit', { '.bandit': '[bandit]\nskips: B307\n' }],
  ['zizmor.yml', { 'zizmor.yml': 'rules:\n  unpinned-uses:\n    disable: true\n' }],
  ['# secretlint-disable', { 'a.env': '# secretlint-disable\nTOKEN=1\n' }],
  ['nosemgrep', { 'a.py': 'eval(x)  # nosemgrep\n' }],
  ['checkov:skip', { 'main.tf': 'resource "a" "b" {\n  #checkov:skip=CKV_AWS_20:ours\n}\n' }],
  ['.trivyignore', { '.trivyignore': 'CVE-2020-8203\n' }],
  ['osv-scanner.toml', { 'osv-scanner.toml': '[[IgnoredVulns]]\nid = "CVE-2020-8203"\n' }],
  ['.snyk', { '.snyk': "ignore:\n  SNYK-JS-LODASH-567746:\n    - '*':\n        reason: ours\n" }],
  ['.secrets.baseline', { '.secrets.baseline': '{"results": {"a.env": [{"type": "x", "line_number": 1}]}}\n' }],
  ['.semgrepignore', { '.semgrepignore': 'src/old/\n' }],
  ['.nsprc', { '.nsprc': '{"GHSA-p6mc-m468-83gw": {"active": true}}\n' }],
  ['.grype.yaml', { '.grype.yaml': 'ignore:\n  - vulnerability: CVE-2020-8203\n' }],
];

describe('suppressions of a branch', () => {
  it.each(silencers)('%s is new in the branch that adds it, and nothing new once it is on the base', async (_, files) => {
    const { repository, mirror } = newRepository();
    const start = repository.commit({ 'other.py': 'eval(y)  # nosec\n' });
    repository.git('checkout', '--quiet', '-b', 'feature');
    const head = repository.commit(files);
    await bring(mirror, repository, head, 'refs/heads/feature', main);
    const listing = await listTree(mirror.git, head);

    const added = await suppressionsAdded(mirror, { commit: head, base: start, tip: start, listing, salt: 'x' });
    const again = await suppressionsAdded(mirror, { commit: head, base: start, tip: head, listing, salt: 'x' });
    const all = await suppressionsAt(mirror, head, { listing, salt: 'x' });

    expect(added.map(({ file }) => file)).toEqual(Object.keys(files));
    expect(again).toEqual([]);
    expect(all.map(({ file }) => file).sort()).toEqual([...Object.keys(files), 'other.py'].sort());
  });

  it('a line that only moved, and one that came to the base by another way, are not new', async () => {
    const { repository, mirror } = newRepository();
    const start = repository.commit({ 'a.py': 'eval(x)  # nosec\n', 'b.py': '' });
    repository.git('checkout', '--quiet', '-b', 'feature');
    const head = repository.commit({
      'a.py': 'import os\n\neval(x)  # nosec\n',
      'b.py': 'eval(b)  # nosec\n',
      'c.py': 'eval(c)  # nosec\n',
    });
    repository.git('checkout', '--quiet', 'main');
    const tip = repository.commit({ 'b.py': 'import os\neval(b)  # nosec\n' });
    await bring(mirror, repository, head, 'refs/heads/feature', main);
    await bring(mirror, repository, tip, main);

    const added = await suppressionsAdded(mirror, { commit: head, base: start, tip, listing: await listTree(mirror.git, head), salt: 'x' });

    expect(added.map(({ file, line }) => `${file}:${line}`)).toEqual(['c.py:1']);
  });

  it('passes over what is no text, and over links', async () => {
    const { repository, mirror } = newRepository();
    repository.git('config', 'core.symlinks', 'true');
    const head = repository.commit({ 'a.png': '\0 gitleaks:allow\n', 'b.env': 'A=1 # gitleaks:allow\n' });
    await bring(mirror, repository, head, main);

    const all = await suppressionsAt(mirror, head, { listing: await listTree(mirror.git, head), salt: 'x' });

    expect(all.map(({ file }) => file)).toEqual(['b.env']);
  });
});
