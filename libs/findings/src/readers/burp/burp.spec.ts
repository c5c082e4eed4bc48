import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { ReadLine } from '../reader.ts';
import { readReport } from '../read-report.ts';
import { recogniseReport } from '../recognise.ts';
import { burp } from './burp.ts';

async function read(report: string): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(burp, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

const issue = {
  ...{ name: 'SQL injection', type_index: 1049088, origin: 'https://shop.example', path: '/cart', caption: '/cart?sid=1 [id parameter]' },
  ...{ severity: 'high', confidence: 'certain', description: '<p>It is asked.</p>' },
};
const json = (...issues: readonly unknown[]): string =>
  JSON.stringify({ issue_events: issues.map((one) => ({ type: 'issue_found', issue: one })) });
const xml = (fields: string): string => `<issues burpVersion="1"><issue><serialNumber>1</serialNumber>${fields}</issue></issues>`;

describe('a report of Burp Suite', () => {
  it('is an issue at its place, without what was sent and answered', async () => {
    const [first, second] = await read(readFileSync(new URL('fixtures/findings.xml', import.meta.url), 'utf8'));

    expect(first).toEqual({
      finding: {
        ...{ class: 'code', rule: 'burp-2097920', title: 'Cross-site scripting (reflected)', severity: 'high', cwe: [79, 80] },
        description: 'Data is copied into the answer as it came.\nEncode it on output.',
        ...{ resource: 'https://shop.example/search [q parameter]', confidence: 'certain' },
      },
    });
    expect(second).toMatchObject({ finding: { severity: 'info', resource: 'https://shop.example/' } });
  });

  it('says the same as JSON', async () => {
    const fields =
      '<type>1049088</type><name>SQL injection</name><host>https://shop.example</host><location>/cart?sid=1 [id parameter]</location>';
    const rest =
      '<severity>High</severity><confidence>Certain</confidence><issueBackground>&lt;p&gt;It is asked.&lt;/p&gt;</issueBackground>';

    expect(await read(json(issue))).toEqual(await read(xml(fields + rest)));
  });

  it('keeps what a person called a false positive as such', async () => {
    expect(await read(json({ ...issue, severity: 'false_positive' }))).toMatchObject([{ finding: { confidence: 'false positive' } }]);
  });

  it('names the place of an issue that cannot be read, and reads the others', async () => {
    expect(await read(json({ ...issue, origin: undefined }, issue, 7))).toMatchObject([
      { rejected: { pointer: '/issue_events/0' } },
      { finding: { rule: 'burp-1049088' } },
      { rejected: { pointer: '/issue_events/2' } },
    ]);
  });

  it('without issues is recognised where its name is said, since others have that root too', async () => {
    const empty = Buffer.from('<issues burpVersion="2025.1" exportTime="now"></issues>');

    expect(() => recogniseReport(empty, true)).toThrow('name the format');
    expect(recogniseReport(empty, true, 'burp').reader).toBe(burp);
    expect(await read(empty.toString())).toEqual([]);
    await expect(read('{"issue_events":{}}')).rejects.toThrow('no report of Burp Suite');
  });
});
