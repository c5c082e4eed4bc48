import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readReport } from '../read-report.ts';
import { prowler } from './prowler.ts';

it('opens nothing for what Prowler was told to mute, and lets the report close nothing', async () => {
  const report = readFileSync(new URL('fixtures/findings.json', import.meta.url));
  const lines = [];

  for await (const line of readReport(prowler, () => Readable.from([report]))) lines.push(line);

  expect(lines).toEqual([
    { finding: expect.objectContaining({ rule: 's3_bucket_public_access', resource: 'arn:aws:s3:::shop' }) },
    { unread: {} },
  ]);
});
