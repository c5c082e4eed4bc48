import { describe, expect, it } from '@jest/globals';
import { fixture, readReport } from '../../fixtures/reading.ts';
import { zizmor } from './zizmor.ts';

describe('zizmor', () => {
  it('reports an action that is not pinned, although a comment says to ignore it', async () => {
    const [finding, ...others] = await readReport(zizmor, fixture('zizmor', 'findings.json'));

    expect(others).toEqual([]);
    expect(finding).toEqual({
      class: 'configuration',
      rule: 'unpinned-uses',
      title: 'Unpinned action reference',
      severity: 'high',
      confidence: 'high',
      help: 'https://docs.zizmor.sh/audits/#unpinned-uses',
      path: '/tree/.github/workflows/ci.yml',
      line: 10,
      endLine: 10,
      column: 15,
    });
  });

  it('says of a file that is no YAML that it was not checked', async () => {
    const findings = await readReport(zizmor, '[]', { '.github/workflows/bad.yml': 'a: [', '.github/workflows/good.yml': 'on: push' });

    expect(findings).toEqual([expect.objectContaining({ rule: 'file-not-read', path: '.github/workflows/bad.yml' })]);
  });

  it.each([
    ['.gitea/workflows/ci.yml', true],
    ['.github/workflows/ci.yml', true],
    ['.github/workflows/deep/ci.yml', false],
    ['tools/action.yaml', true],
    ['.github/dependabot.yml', true],
    ['ci.yml', false],
  ])('reads %s: %s', (path, read) => {
    expect(zizmor.reads(path)).toBe(read);
  });
});
