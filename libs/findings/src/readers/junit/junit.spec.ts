import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readReport } from '../read-report.ts';
import type { ReadLine } from '../reader.ts';
import { junit } from './junit.ts';

async function read(report: string | Buffer): Promise<ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readReport(junit, () => Readable.from([Buffer.from(report)]))) lines.push(line);
  return lines;
}

describe('a report of JUnit', () => {
  it('has a finding for each test that failed or broke, in suites of any depth, and tells what was skipped', async () => {
    expect(await read(readFileSync(new URL('fixtures/findings.xml', import.meta.url)))).toEqual([
      { finding: expect.objectContaining({ rule: 'acceptance.login.locks an account', path: 'tests/login.py', line: 12 }) },
      { unread: {} },
      { finding: expect.objectContaining({ rule: 'acceptance.session.ends a session', description: 'Timeout' }) },
    ]);
  });

  it('may be a single suite', async () => {
    expect(await read('<testsuite><testcase name="a"><failure/></testcase></testsuite>')).toEqual([
      { finding: expect.objectContaining({ rule: 'a', title: 'Test failed: a' }) },
    ]);
  });

  it('closes nothing when a suite broke', async () => {
    expect(await read('<testsuites><testsuite><error message="no database"/></testsuite></testsuites>')).toEqual([{ unread: {} }]);
  });

  it('names the line of a test without a name', async () => {
    expect(await read('<testsuite>\n<testcase name="a"><failure/></testcase>\n<testcase><failure/></testcase></testsuite>')).toContainEqual(
      {
        rejected: { pointer: '/testsuite[1]/testcase[2]', detail: expect.stringMatching(/^line 3: /) },
      },
    );
  });

  it('is refused when its suites lie too deep to be read', async () => {
    const deep = `${'<testsuite>'.repeat(9)}<testcase name="a"><failure/></testcase>${'</testsuite>'.repeat(9)}`;

    await expect(read(deep)).rejects.toMatchObject({ code: 'report_refused', place: { line: 1 } });
  });
});
