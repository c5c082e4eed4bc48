import { describe, expect, it } from '@jest/globals';
import { memoryTree } from '../fixtures/reading.ts';
import type { RawFinding } from '../scanners/scanner.ts';
import { Masks } from './masks.ts';
import type { SecretRules } from './secret-rules.ts';
import { Settler } from './settle.ts';

/** Rules that know one word, and a key of three lines. */
const rules: SecretRules = async (_, content) =>
  [...content.matchAll(/s3cret-\d+|BEGIN KEY[^]*?END KEY/g)].map((match) => ({
    rule: 'r',
    kind: 'K',
    start: match.index,
    end: match.index + match[0].length,
  }));

const tree = memoryTree({
  'src/app.py': 'import os\nlogin("s3cret-12345",\n      user)\n\nx = 1\n',
  'key.pem': 'BEGIN KEY\nabcdefghijklmnop\nqrstuvwxyz012345\nEND KEY\n',
});
const settler = new Settler(tree, new Masks(tree, rules));
const finding = (more: Partial<RawFinding>): RawFinding => ({ class: 'code', rule: 'R', title: 't', severity: 'low', ...more });

describe('Settler', () => {
  it('makes the path relative to the tree and quotes the lines of the finding without white space and secrets', async () => {
    const settled = await settler.settle({ finding: finding({ path: '/tree/src/app.py', line: 2, endLine: 3 }) });

    expect(settled).toEqual({ finding: finding({ path: 'src/app.py', line: 2, snippet: 'login("•••", user)' }) });
  });

  it.each(['/etc/passwd', '../../etc/shadow', '/tree/../etc/passwd', 'src/missing.py', '/tree', ''])(
    'drops the place %j, which is none in the tree',
    async (path) => {
      const settled = await settler.settle({ finding: finding({ path, line: 1 }) });

      expect(settled).toEqual({ finding: finding({}) });
    },
  );

  it('hides one line of a key that has several', async () => {
    const settled = await settler.settle({ finding: finding({ path: 'key.pem', line: 2 }) });

    expect(JSON.stringify(settled)).not.toContain('abcdefghijklmnop');
  });

  it('hides what a scanner says must be hidden', async () => {
    const settled = await settler.settle({ finding: finding({ path: 'src/app.py', line: 1, hides: ['os'] }) });

    expect(settled).toMatchObject({ finding: { snippet: 'import •••' } });
    expect(settled).not.toHaveProperty('finding.hides');
  });

  it('quotes nothing when no rules can hide secrets', async () => {
    const settled = await new Settler(tree, undefined).settle({ finding: finding({ path: 'src/app.py', line: 5 }) });

    expect(settled).toEqual({ finding: finding({ path: 'src/app.py', line: 5 }) });
  });
});
