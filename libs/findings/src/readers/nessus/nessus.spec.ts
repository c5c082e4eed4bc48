import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readReport } from '../read-report.ts';
import type { ReadLine } from '../reader.ts';
import { nessus } from './nessus.ts';

async function read(report: string | Buffer): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(nessus, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

const finding = (fields: object): object => ({ finding: expect.objectContaining(fields) });

it('has a finding for each advisory of a plugin, at the port of its own host', async () => {
  const poodle = { resource: '10.0.0.5:443/tcp', severity: 'medium', cwe: [310], help: 'https://docs.example/poodle' };

  expect(await read(readFileSync(new URL('fixtures/findings.xml', import.meta.url)))).toEqual([
    finding({ rule: 'CVE-2014-3566', ...poodle }),
    finding({ rule: 'CVE-2014-8730', ...poodle }),
    finding({ rule: 'nessus-19506', severity: 'info', resource: '10.0.0.5:0/tcp' }),
    finding({ rule: 'nessus-33850', severity: 'critical', resource: '10.0.0.6:22/tcp' }),
  ]);
});

it('has all advisories of an update that mends many', async () => {
  const cves = Array.from({ length: 30 }, (_, at) => `<cve>CVE-2020-${1000 + at}</cve>`).join('');
  const item = `<ReportItem port="1" protocol="tcp" severity="3" pluginID="1" pluginName="Update">${cves}</ReportItem>`;

  expect(await read(`<NessusClientData_v2><Report><ReportHost name="a">${item}</ReportHost></Report></NessusClientData_v2>`)).toHaveLength(
    30,
  );
});

it('names the line of an item without a plugin', async () => {
  const items = '<ReportItem pluginID="1" severity="1"/>\n<ReportItem severity="1"/>';

  expect(
    await read(`<NessusClientData_v2><Report><ReportHost name="a">${items}</ReportHost></Report></NessusClientData_v2>`),
  ).toContainEqual({
    rejected: { pointer: '/NessusClientData_v2[1]/Report[1]/ReportHost[1]/ReportItem[2]', detail: expect.stringMatching(/^line 2: /) },
  });
});
