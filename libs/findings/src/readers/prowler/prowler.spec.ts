import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readReport } from '../read-report.ts';
import type { ReadLine } from '../reader.ts';
import { prowler } from './prowler.ts';

async function read(report: string | Buffer): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(prowler, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

it('opens nothing for what Prowler was told to mute, and lets the report close nothing', async () => {
  expect(await read(readFileSync(new URL('fixtures/findings.json', import.meta.url)))).toEqual([
    { finding: expect.objectContaining({ rule: 's3_bucket_public_access', resource: 'arn:aws:s3:::shop' }) },
    { unread: {} },
  ]);
});

describe('a table of Prowler', () => {
  const version4 = 'ACCOUNT_UID;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;MUTED;SEVERITY;RESOURCE_UID;REGION';
  const version3 = 'CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;SEVERITY;ACCOUNT_ID;REGION;RESOURCE_ID;RESOURCE_ARN';

  it('is read as the list of the same results, what is muted too', async () => {
    const rows = ['42;rdp_open;No RDP;FAIL;Open;False;critical;rule-1;eu', '42;rdp_open;No RDP;PASS;Shut;False;critical;rule-2;eu'];

    expect(await read([version4, ...rows, '42;rdp_open;No RDP;FAIL;Open;True;critical;rule-3;eu', ''].join('\n'))).toEqual([
      { finding: expect.objectContaining({ rule: 'rdp_open', title: 'No RDP', severity: 'critical', resource: '42/eu/rule-1' }) },
      { unread: {} },
    ]);
  });

  it('says once what it holds twice, word for word', async () => {
    const row = '42;rdp_open;No RDP;FAIL;Open;False;critical;rule-1;eu';

    expect(await read([version4, row, row, row.replace('rule-1', 'rule-2'), ''].join('\n'))).toHaveLength(2);
  });

  it('of version 3 names the resource by its ARN', async () => {
    expect(await read(`${version3}\ns3_public;No public bucket;FAIL;Public;high;42;eu;shop;arn:aws:s3:::shop\n`)).toEqual([
      { finding: expect.objectContaining({ resource: 'arn:aws:s3:::shop', severity: 'high' }) },
    ]);
  });

  it('has its line named where a row says nothing', async () => {
    const rows = ['42;rdp_open;No RDP;FAIL;Open;False;critical;rule-1;eu', '42;;No RDP;FAIL;Open;False;critical;rule-1;eu'];

    expect(await read([version4, ...rows, ''].join('\n'))).toContainEqual({
      rejected: { pointer: '/1', detail: expect.stringMatching(/^line 3: /) },
    });
  });
});
