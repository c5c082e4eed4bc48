import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Blobs } from '@throughline/blobs';
import { PermanentFailure } from '@throughline/messaging';
import { readReport } from './report-content.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughline-reports-'));
const blobs = new Blobs(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stored = async (...lines: readonly unknown[]): Promise<string> => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return (await blobs.put(text)).digest;
};
const finding = { class: 'code', rule: 'R1', title: 'T', severity: 'high' };

describe('readReport', () => {
  it('reads findings, components and who needs whom', async () => {
    const component = {
      purl: 'pkg:npm/x@1',
      ecosystem: 'npm',
      name: 'x',
      version: '1',
      manifest: 'package-lock.json',
      direct: true,
      scope: 'runtime',
    };

    const dependency = { to: [0] };

    const report = await readReport(
      blobs,
      await stored({ kind: 'finding', finding }, { kind: 'component', component }, { kind: 'dependency', dependency }),
    );

    expect(report).toEqual({ findings: [finding], components: [component], dependencies: [dependency] });
  });

  it('cuts what is longer than facts allow and drops what a database cannot keep', async () => {
    const long = { ...finding, title: `\0${'x'.repeat(1000)}`, location: { path: 'p\0'.repeat(2000) } };

    const { findings } = await readReport(blobs, await stored({ kind: 'finding', finding: long }));

    expect(findings[0]!.title).toBe('x'.repeat(300));
    expect(findings[0]!.location!.path).toHaveLength(1024);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['an unknown kind', { kind: 'note' }],
    ['a finding of an unknown class', { kind: 'finding', finding: { ...finding, class: 'x' } }],
    ['a finding of an unknown severity', { kind: 'finding', finding: { ...finding, severity: 'x' } }],
    ['a component without a version', { kind: 'component', component: { purl: 'p', ecosystem: 'npm', name: 'x', manifest: 'm' } }],
    ['nothing', 'null'],
  ])('does not take %s for a clean report', async (_what, line) => {
    await expect(readReport(blobs, await stored({ kind: 'finding', finding }, line))).rejects.toThrow(PermanentFailure);
  });
});
