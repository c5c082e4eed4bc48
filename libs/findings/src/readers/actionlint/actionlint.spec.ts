import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { readReport } from '../read-report.ts';
import { actionlint } from './actionlint.ts';

async function read(...faults: readonly object[]) {
  const lines = [];
  for await (const line of readReport(actionlint, () => Readable.from([Buffer.from(JSON.stringify(faults))]))) lines.push(line);
  return lines;
}

const fault = { filepath: '.github/workflows/ci.yml', line: 3, column: 5, end_column: 9, snippet: 'x', kind: 'expression' };

describe('a report of actionlint', () => {
  it('tells what strangers can write into from what is merely wrong', async () => {
    const lines = await read(
      { ...fault, message: '"github.event.issue.title" is potentially untrusted. avoid using it' },
      { ...fault, message: 'undefined variable "unknown". available variables are' },
    );

    expect(lines).toEqual([
      {
        finding: expect.objectContaining({
          rule: 'untrusted-input',
          severity: 'high',
          cwe: [94],
          description: '"github.event.issue.title" is potentially untrusted',
        }),
      },
      { finding: expect.objectContaining({ rule: 'expression', severity: 'low', path: '.github/workflows/ci.yml', line: 3 }) },
    ]);
  });

  it('does not repeat what may be a secret', async () => {
    const [line] = await read({ ...fault, kind: 'runner-label', message: 'label "AKIAZ3MSPWQ6TGF4ZX7A" is unknown. available labels are' });

    expect(line).toEqual({
      finding: expect.objectContaining({ description: 'label "…" is unknown', title: expect.not.stringContaining('AKIA') }),
    });
  });
});
