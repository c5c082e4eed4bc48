import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { clair4 } from './clair-4.ts';

async function read(report: string): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(clair4, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

const report = readFileSync(new URL('fixtures/findings.json', import.meta.url), 'utf8');
const changed = (over: object): string => JSON.stringify({ ...(JSON.parse(report) as object), ...over });

describe('a report of Clair 4', () => {
  it('joins vulnerabilities with the packages that have them, whatever comes first', async () => {
    const lines = await read(report);
    const reversed = Object.fromEntries(Object.entries(JSON.parse(report) as object).reverse());

    expect(lines).toMatchObject([
      {
        finding: {
          ...{ rule: 'CVE-2026-1001', title: 'CVE-2026-1001 in openssl', severity: 'high', help: 'https://security.example/CVE-2026-1001' },
          vulnerability: { purl: 'pkg:deb/openssl@1.1.1n-0%2Bdeb11u3', ids: ['CVE-2026-1001'], fixedIn: '1.1.1n-0+deb11u4' },
        },
      },
      {
        finding: {
          ...{ rule: 'GHSA-m2qf-hxjv-5gpq', severity: 'medium', path: 'usr/lib/python3/site-packages' },
          vulnerability: { purl: 'pkg:pypi/flask@2.0.0', cvss: 7.5 },
        },
      },
    ]);
    expect(lines[1]).not.toHaveProperty('finding.vulnerability.fixedIn');
    expect(await read(JSON.stringify(reversed))).toEqual(lines);
  });

  it('rejects what refers to a package that is not there, and what has no name', async () => {
    const { packages, vulnerabilities } = JSON.parse(report) as Record<'packages' | 'vulnerabilities', Readonly<Record<string, object>>>;
    const lines = await read(changed({ packages: { 11: packages['11'] } }));
    const nameless = await read(changed({ vulnerabilities: { 77: { normalized_severity: 'High' }, 78: vulnerabilities['78'], 79: 5 } }));

    expect(lines).toMatchObject([{ rejected: { pointer: '/vulnerabilities/77' } }, { finding: {} }]);
    expect(nameless).toMatchObject([
      { rejected: { pointer: '/vulnerabilities/77' } },
      { finding: {} },
      { rejected: { pointer: '/vulnerabilities/79' } },
    ]);
  });

  it('is refused without the parts that say what has which', async () => {
    await expect(read(changed({ package_vulnerabilities: undefined }))).rejects.toThrow('no report of Clair 4');
    await expect(read(changed({ vulnerabilities: [] }))).rejects.toThrow('no report of Clair 4');
  });
});
