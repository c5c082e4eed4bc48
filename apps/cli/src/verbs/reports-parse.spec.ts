import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseReport } from './reports-parse.ts';

const leak = { RuleID: 'example-key', File: './config/app.env', StartLine: 3, Match: 'x', Description: 'Key correct-horse-battery-staple' };

describe('throughline reports parse', () => {
  let folder: string;
  let printed: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reports-parse-'));
    printed = '';
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  async function parse(content: string | Buffer, format = 'auto'): Promise<unknown[]> {
    const path = join(folder, 'report.json');
    await writeFile(path, content);
    await parseReport(path, { format });
    return printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  it('prints one finding a line and the counts last, plain or gzip', async () => {
    const report = JSON.stringify([{ ...leak, Secret: 'correct-horse-battery-staple' }]);

    const lines = await parse(gzipSync(report));

    expect(lines).toEqual([
      expect.objectContaining({
        class: 'secret',
        rule: 'example-key',
        location: { path: 'config/app.env', line: 3 },
        secret: 'corr… (28 characters)',
      }),
      { reported: 1, accepted: 1, rejected: [] },
    ]);
    expect(printed).not.toContain('correct-horse');
  });

  it('counts what cannot be read, with its place', async () => {
    const lines = await parse(JSON.stringify([leak, { RuleID: 'no file' }]), 'gitleaks');

    expect(lines.at(-1)).toEqual({ reported: 2, accepted: 1, rejected: [{ pointer: '/1', detail: expect.stringContaining('File') }] });
  });

  it.each([
    ['of nobody', '{"hello":1}', 'auto', /no format that is read here/],
    ['of another tool', JSON.stringify([leak]), 'semgrep', /a report of Gitleaks JSON, not Semgrep JSON/],
    ['that breaks off', '[{"RuleID": "a",\n "File": ', 'gitleaks', /line 2, column/],
    ['that is empty', '', 'gitleaks', /empty/],
  ])('refuses a report %s with exit 2', async (_, content, format, message) => {
    await expect(parse(content, format)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('prints no character that a terminal would obey', async () => {
    await parse(JSON.stringify([{ ...leak, RuleID: 'a\u009b31m\u202eb' }]));

    expect(printed).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});
