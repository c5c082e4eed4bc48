import { describe, expect, it } from '@jest/globals';
import { waives, type WaivableFinding, type Waiver } from './waiver.ts';

const finding: WaivableFinding = {
  id: 'f1',
  class: 'vulnerability',
  rule: 'GHSA-1',
  cve: 'CVE-1',
  purl: 'pkg:npm/left@1.0.0',
  path: 'web/package-lock.json',
  application: 'shop',
  repository: 'git.example.org/acme/shop',
};
const waiver: Waiver = { id: 'w1', matches: { cve: 'CVE-1' }, from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' };
const during = '2026-01-15T00:00:00Z';

describe('waives', () => {
  it.each([
    [{ finding: 'f1' }, true],
    [{ findings: ['f0', 'f1'] }, true],
    [{ findings: [] }, false],
    [{ cve: 'CVE-1', class: 'vulnerability' }, true],
    [{ cve: 'CVE-1', class: 'code' }, false],
    [{ purl: 'pkg:npm/left' }, true],
    [{ purl: 'pkg:npm/lef' }, false],
    [{ purl: 'pkg:npm/left@1.0.1' }, false],
    [{ path: 'web/' }, true],
    [{ path: 'web' }, false],
    [{ anyOf: [{ cve: 'CVE-0' }, { cve: 'CVE-1', path: 'web/' }] }, true],
    [{ anyOf: [{ cve: 'CVE-0' }, {}] }, false],
    [{ anyOf: [] }, false],
    [{ class: 'code', anyOf: [{ cve: 'CVE-1' }] }, false],
    [{ anyOf: [{ cve: 'CVE-1', until: during }] }, false],
    [{ anyOf: [{ cve: 'CVE-1', until: '2026-01-16T00:00:00Z' }] }, true],
    [{}, false],
  ])('with %j: %s', (matches, expected) => {
    expect(waives({ ...waiver, matches }, finding, during)).toBe(expected);
  });

  it('holds from its first moment to before its last one', () => {
    const at = ['2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z', '2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z'];

    expect(at.map((time) => waives(waiver, finding, time))).toEqual([false, true, true, false]);
  });

  it('ends when it is ended, and never holds with a time that cannot be read', () => {
    expect(waives({ ...waiver, endedAt: '2026-01-10T00:00:00Z' }, finding, during)).toBe(false);
    expect(waives({ ...waiver, until: 'never' }, finding, during)).toBe(false);
  });

  it('does not cover what is exploited or fixed, where it ends by that', () => {
    const exploited = { ...finding, knownExploited: true };
    const fixed = { ...finding, fixedIn: '1.0.1' };
    const covered = (endsWhen: Waiver['endsWhen']) =>
      [finding, exploited, fixed].map((each) => waives({ ...waiver, ...(endsWhen && { endsWhen }) }, each, during));

    expect(covered(undefined)).toEqual([true, true, true]);
    expect(covered(['known_exploited'])).toEqual([true, false, true]);
    expect(covered(['known_exploited', 'fix_available'])).toEqual([true, false, false]);
  });

  it('keeps to its application and repository', () => {
    expect(waives({ ...waiver, application: 'shop', repository: finding.repository }, finding, during)).toBe(true);
    expect(waives({ ...waiver, application: 'other' }, finding, during)).toBe(false);
    expect(waives({ ...waiver, repository: 'git.example.org/acme/other' }, finding, during)).toBe(false);
  });
});
