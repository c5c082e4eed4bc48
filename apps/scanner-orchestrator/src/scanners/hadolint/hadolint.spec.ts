import { describe, expect, it } from '@jest/globals';
import { fixture, readReport } from '../../fixtures/reading.ts';
import { hadolint } from './hadolint.ts';

describe('hadolint', () => {
  it('reports what is wrong with a Dockerfile, with its place and the address of the rule', async () => {
    const findings = await readReport(hadolint, fixture('hadolint', 'findings.json'));

    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'DL3006',
        severity: 'low',
        path: '/tree/Dockerfile',
        line: 1,
        help: 'https://github.com/hadolint/hadolint/wiki/DL3006',
      }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'DL3002', severity: 'medium', line: 3 }));
  });

  it('does not repeat what it could not parse', async () => {
    const report = JSON.stringify([
      { code: 'DL1000', level: 'error', line: 1, column: 1, file: '/tree/Dockerfile', message: "unexpected 's3cret'" },
    ]);

    const [finding] = await readReport(hadolint, report);

    expect(finding).toMatchObject({ rule: 'DL1000', title: 'The Dockerfile cannot be parsed: it was not checked' });
  });

  it.each([
    ['Dockerfile', true],
    ['build/Dockerfile.alpine', true],
    ['api.dockerfile', true],
    ['Containerfile', true],
    ['Dockerfile.dockerignore', false],
    ['docs/dockerfiles.md', false],
  ])('reads %s: %s', (path, read) => {
    expect(hadolint.reads(path)).toBe(read);
  });
});
