import { describe, expect, it } from '@jest/globals';
import { fixture, readReport } from '../../fixtures/reading.ts';
import { bandit } from './bandit.ts';

describe('bandit', () => {
  it('reports weaknesses with place, CWE and confidence', async () => {
    const findings = await readReport(bandit, fixture('bandit', 'findings.json'));

    expect(findings).toContainEqual(
      expect.objectContaining({
        class: 'code',
        rule: 'B602',
        severity: 'high',
        confidence: 'high',
        cwe: [78],
        path: '/tree/src/app.py',
        line: 3,
      }),
    );
  });

  it('repeats a password neither in the title nor in any snippet', async () => {
    const findings = await readReport(bandit, fixture('bandit', 'findings.json'));

    expect(findings.map(({ title }) => title).join()).not.toContain('correct horse');
    const issues = findings.filter(({ rule }) => rule !== 'file-not-read');
    expect(issues.every(({ hides }) => hides?.includes('correct horse'))).toBe(true);
  });

  it('reports a file that Python cannot parse as not checked', async () => {
    const findings = await readReport(bandit, fixture('bandit', 'findings.json'));

    expect(findings).toContainEqual(expect.objectContaining({ class: 'configuration', rule: 'file-not-read', path: '/tree/src/old.py' }));
  });

  it('has nothing to say about clean source', async () => {
    expect(await readReport(bandit, fixture('bandit', 'clean.json'))).toEqual([]);
  });
});
