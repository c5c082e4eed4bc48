import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readOsv } from './osv-record.ts';

const record = (over: object = {}): object => ({
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-01-01T00:00:00Z',
  summary: 'Prototype pollution',
  affected: [
    {
      package: { ecosystem: 'PyPI', name: 'Zope.Interface' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
    },
  ],
  ...over,
});
const v3 = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' };
const v4 = { type: 'CVSS_V4', score: 'CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N' };

describe('readOsv', () => {
  it('keeps ranges as they are given, under the canonical name of the package', () => {
    const { packages } = readOsv(record());

    expect(packages).toEqual([
      {
        ecosystem: 'PyPI',
        name: 'zope-interface',
        entries: [expect.objectContaining({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }] })],
      },
    ]);
  });

  it('rates by CVSS 4, else 3, else the word of the publisher', () => {
    expect(readOsv(record({ severity: [v3, v4] }))).toMatchObject({ cvssVector: v4.score, severityKnown: true });
    expect(readOsv(record({ severity: [v3], database_specific: { severity: 'LOW' } }))).toMatchObject({ severity: 'critical', cvss: 9.8 });
    expect(readOsv(record({ database_specific: { severity: 'MODERATE' } }))).toMatchObject({ severity: 'medium', severityKnown: true });
  });

  it('says when the severity is only assumed', () => {
    expect(readOsv(record())).toMatchObject({ severity: 'medium', severityKnown: false });
    expect(readOsv(record({ id: 'MAL-2026-1' }))).toMatchObject({ severity: 'critical', severityKnown: true });
    expect(readOsv(record({ severity: [{ type: 'CVSS_V3', score: 'much' }] }))).toMatchObject({ severityKnown: false });
  });

  it('finds a title where there is no summary', () => {
    expect(readOsv(record({ summary: undefined, details: 'First line\nsecond' })).summary).toBe('First line');
    expect(readOsv(record({ summary: '' })).summary).toBe('GHSA-aaaa-bbbb-cccc');
  });

  it('leaves out text that a database cannot keep', () => {
    expect(readOsv(record({ summary: 'a\0b', aliases: ['CVE-2026-0001', 7, '', 'GHSA-aaaa-bbbb-cccc'] }))).toMatchObject({
      summary: 'ab',
      aliases: ['CVE-2026-0001'],
    });
  });

  it.each<[string, unknown]>([
    ['', null],
    ['', []],
    ['/id', record({ id: '../x' })],
    ['/id', record({ id: 5 })],
    ['/modified', record({ modified: 'yesterday' })],
    ['/affected', record({ affected: {} })],
    ['/affected/0/package/name', record({ affected: [{ package: { ecosystem: 'npm' } }] })],
    ['/affected/0/ranges/0/type', record({ affected: [{ package: { ecosystem: 'npm', name: 'x' }, ranges: [{}] }] })],
    [
      '/affected/0/ranges/0/events/0',
      record({ affected: [{ package: { ecosystem: 'npm', name: 'x' }, ranges: [{ type: 'SEMVER', events: [{ from: '1' }] }] }] }),
    ],
    ['/aliases', record({ aliases: Array.from({ length: 1000 }, (_, index) => `A-${index}`) })],
  ])('points at %s', (pointer, value) => {
    expect(() => readOsv(value)).toThrow(expect.objectContaining({ pointer }));
  });

  it('reads the advisories of the demo', () => {
    const folder = new URL('../../../cli/demo/advisories/', import.meta.url);

    const ids = readdirSync(folder).map((file) => readOsv(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).id);

    expect(ids.length).toBeGreaterThan(0);
  });
});
