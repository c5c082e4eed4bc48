import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { spdx3 } from './spdx-3.ts';

const document = JSON.parse(readFileSync(new URL('fixtures/findings.json', import.meta.url), 'utf8')) as {
  readonly '@graph': readonly object[];
};

async function read(report: object): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from(JSON.stringify(report)));
  };
  for await (const line of readReport(spdx3, open)) lines.push(line);
  return lines;
}

describe('the security profile of SPDX 3.0', () => {
  it('has a finding for what is affected, not known yet or only associated, and none for what is fixed', async () => {
    const findings = (await read(document)).flatMap((line) => ('finding' in line ? [line.finding] : []));

    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['CVE-2026-1001', 'critical'],
      ['CVE-2026-1002', 'medium'],
      ['CVE-2026-1004', 'medium'],
    ]);
    expect(findings[0]).toMatchObject({
      help: 'https://advisories.example/CVE-2026-1001',
      vulnerability: { purl: 'pkg:npm/elliptic@6.5.2', version: '6.5.2', cvss: 9.3 },
    });
  });

  it('says the same in another order', async () => {
    const rules = (lines: readonly ReadLine[]): unknown[] => lines.map((line) => ('finding' in line ? line.finding.rule : line)).sort();

    expect(rules(await read({ ...document, '@graph': [...document['@graph']].reverse() }))).toEqual(rules(await read(document)));
  });

  it('rejects an assessment of nothing', async () => {
    const assessment = { type: 'security_VexAffectedVulnAssessmentRelationship', spdxId: 'urn:x', from: 'urn:v', to: [] };

    expect(await read({ ...document, '@graph': [...document['@graph'], assessment] })).toContainEqual({
      rejected: expect.objectContaining({ pointer: `/@graph/${document['@graph'].length}` }),
    });
  });

  it('is refused when its context is of something else', async () => {
    await expect(read({ ...document, '@context': 'https://schema.org' })).rejects.toMatchObject({ place: { pointer: '/@context' } });
  });
});
