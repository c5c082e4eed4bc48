import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aliasGroups, type Named } from './alias-groups.ts';

const advisory = (id: string, ...aliases: string[]): Named => ({ id, names: [id, ...aliases] });
const sorted = (advisories: readonly Named[]): string[] =>
  aliasGroups(advisories)
    .map(({ cve, members }) => `${cve ?? '-'}: ${[...members].sort().join(' ')}`)
    .sort();

describe('aliasGroups', () => {
  it('joins what names the same CVE, directly or through another advisory', () => {
    expect(sorted([advisory('PYSEC-1', 'GHSA-1'), advisory('GHSA-1', 'CVE-2024-0001'), advisory('SNYK-1', 'CVE-2024-0001')])).toEqual([
      'CVE-2024-0001: GHSA-1 PYSEC-1 SNYK-1',
    ]);
  });

  it('keeps advisories without a CVE together by their names', () => {
    expect(sorted([advisory('MAL-1', 'GHSA-1'), advisory('GHSA-1'), advisory('MAL-2')])).toEqual(['-: GHSA-1 MAL-1', '-: MAL-2']);
  });

  it('lets a record with two CVEs belong to both without joining them', () => {
    const bundle = advisory('RHSA-1', 'CVE-2024-0001', 'CVE-2024-0002');

    expect(sorted([bundle, advisory('GHSA-1', 'CVE-2024-0001'), advisory('GHSA-2', 'CVE-2024-0002')])).toEqual([
      'CVE-2024-0001: GHSA-1 RHSA-1',
      'CVE-2024-0002: GHSA-2 RHSA-1',
    ]);
  });

  it('does not let a record without a CVE bridge two', () => {
    const bridge = advisory('X-1', 'GHSA-1', 'GHSA-2');

    expect(sorted([advisory('GHSA-1', 'CVE-2024-0001'), bridge, advisory('GHSA-2', 'CVE-2024-0002')])).toEqual([
      'CVE-2024-0001: GHSA-1 X-1',
      'CVE-2024-0002: GHSA-2 X-1',
    ]);
  });

  it('comes to the same groups whatever became known first', () => {
    const names = ['CVE-2024-0001', 'CVE-2024-0002', 'GHSA-1', 'GHSA-2', 'PYSEC-1'];
    const known = fc
      .uniqueArray(fc.constantFrom('GHSA-1', 'GHSA-2', 'PYSEC-1', 'SNYK-1', 'X-1'), { minLength: 1 })
      .chain((ids) =>
        fc.tuple(
          ...ids.map((id) => fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }).map((aliases) => advisory(id, ...aliases))),
        ),
      );

    fc.assert(
      fc.property(
        known.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([one, other]) => {
          expect(sorted(other)).toEqual(sorted(one));
        },
      ),
    );
  });
});
