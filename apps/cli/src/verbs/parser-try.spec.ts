import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { tryMapping } from './parser-try.ts';

const mapping = `name: example-lint
title: Example
finds: code
recognise: [$.results]
results: $.results.*
needs: [rule, path]
finding:
  class: code
  rule: '@.id'
  title: '@.text'
  path: '@.file'
`;

describe('throughline parser try', () => {
  let folder: string;
  let printed: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parser-try-'));
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

  async function attempt(declared: string, report: string): Promise<unknown[]> {
    const [first, second] = [join(folder, 'mapping.yaml'), join(folder, 'report.json')];
    await writeFile(first, declared);
    await writeFile(second, report);
    await tryMapping(first, second);
    return printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  it('prints what would be read, and what was rejected with its place', async () => {
    const lines = await attempt(mapping, '{"results":[{"id":"a","text":"Bad","file":"./src/a.ts"},{"id":"b"}]}');

    expect(lines).toEqual([
      expect.objectContaining({ class: 'code', rule: 'a', title: 'Bad', location: { path: 'src/a.ts' } }),
      { reported: 2, accepted: 1, rejected: [{ pointer: '/results/1', detail: 'a result says its path' }] },
    ]);
  });

  it('names every flaw of the mapping by its line', async () => {
    const wrong = mapping.replace("'@.id'", "'@..id'").replace('class: code', 'class: code\n  colour: red');

    await expect(attempt(wrong, '{}')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/line 9: \/finding\/colour is not known here[^]*line 10: \/finding\/rule is no path/),
    });
  });

  it('refuses a report that is not of the format', async () => {
    await expect(attempt(mapping, '{"hello":"world"}')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no report of Example'),
    });
  });

  it('says when the mapping cannot be read', async () => {
    await expect(tryMapping(join(folder, 'none.yaml'), 'none.json')).rejects.toMatchObject({ exitCode: 2 });
  });
});
