import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unifiedDiff } from './unified-diff.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-diff-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function applied(before: string, diff: string): string {
  writeFileSync(join(folder, 'file'), before);
  if (diff !== '') execFileSync('git', ['apply', '-p1', '--unidiff-zero', '--whitespace=nowarn', '-'], { cwd: folder, input: diff });
  return readFileSync(join(folder, 'file'), 'utf8');
}

describe('unifiedDiff', () => {
  it('shows what changed with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';

    expect(unifiedDiff('x', before, before.replace('e\n', 'E\n'))).toBe(
      '--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
    );
  });

  it('keeps two places that are far apart as two hunks', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
    const after = lines.map((line, index) => (index === 3 || index === 35 ? `new ${line}` : line));

    expect(unifiedDiff('x', lines.join(''), after.join('')).match(/^@@ /gm)).toHaveLength(2);
  });

  it('is empty for equal texts', () => {
    expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('');
  });

  it('is what git makes the new text of', () => {
    const text = fc
      .array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '  {\n'), { maxLength: 40 })
      .chain((lines) => fc.constantFrom(lines.join(''), `${lines.join('')}end`));

    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(before, unifiedDiff('file', before, after))).toBe(after);
      }),
      { numRuns: 60 },
    );
  });
});
