import { describe, expect, it } from '@jest/globals';
import { FindingKey, FindingKeys } from './finding-key.ts';
import { ReportIntake } from './report-intake.ts';
import { passingNames, traceOf } from './secret-names.ts';

const key = new FindingKey(Buffer.alloc(32, 1));
const canary = { path: 'canary.py', expects: 'B602' };
const canaryLine = { finding: { class: 'code', rule: 'B602', title: 't', severity: 'high', path: 'canary.py', line: 2 } };
const plain = { class: 'code', rule: 'B101', title: 'An assert', severity: 'low', path: 'a.py', line: 3 };

async function take(lines: readonly unknown[]): Promise<{ intake: ReportIntake; lines: unknown[] }> {
  async function* output(): AsyncIterable<Uint8Array> {
    for (const line of lines) yield Buffer.from(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
  }
  const intake = new ReportIntake((secret) => traceOf(secret, new FindingKeys(key), passingNames), canary);
  const chunks: Uint8Array[] = [];
  for await (const chunk of intake.read(output(), [])) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    intake,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown),
  };
}

describe('ReportIntake', () => {
  it('gives report lines and totals, and takes the canary out', async () => {
    const component = { ecosystem: 'npm', name: '@s/a', version: '1.0.0', manifest: 'package-lock.json', direct: true, scope: 'runtime' };

    const { intake, lines } = await take([canaryLine, { finding: plain }, { component }, { end: 3 }]);

    expect(lines).toEqual([
      {
        kind: 'finding',
        finding: { class: 'code', rule: 'B101', title: 'An assert', severity: 'low', location: { path: 'a.py', line: 3 } },
      },
      { kind: 'component', component: { ...component, purl: 'pkg:npm/%40s/a@1.0.0' } },
    ]);
    expect(intake.totals).toEqual({ findings: 1, components: 1, ecosystems: ['npm'] });
  });

  it('keeps digest and preview of a secret, and nothing else of it', async () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

    const { lines } = await take([canaryLine, { finding: { ...plain, class: 'secret', secret } }, { end: 2 }]);

    expect(lines[0]).toMatchObject({
      finding: { secret: { ...key.digest(secret), preview: 'ghp_… (40 characters)' } },
    });
    expect(JSON.stringify(lines)).not.toContain('0123456789');
  });

  it.each([
    ['broke off', [canaryLine]],
    ['lost lines', [canaryLine, { end: 7 }]],
    ['goes on after its end', [canaryLine, { end: 1 }, { finding: plain }]],
    ['misses the canary', [{ finding: plain }, { end: 1 }]],
    ['has another finding in the canary', [{ finding: { ...canaryLine.finding, rule: 'B101' } }, { end: 1 }]],
    ['has a line that is no JSON', [canaryLine, 'oops', { end: 2 }]],
    ['has a line that is neither', [canaryLine, { other: 1 }, { end: 2 }]],
    ['has an unknown class', [canaryLine, { finding: { ...plain, class: 'joke' } }, { end: 2 }]],
    ['has an unknown severity', [canaryLine, { finding: { ...plain, severity: '__proto__' } }, { end: 2 }]],
    ['says that it failed', [{ failed: 'this is no report of bandit' }]],
  ])('refuses a report that %s', async (_, lines) => {
    await expect(take(lines)).rejects.toMatchObject({ code: 'scan_refused' });
  });

  it('bounds every text, and drops addresses that are not https', async () => {
    const huge = 'x'.repeat(10_000);

    const { lines } = await take([
      canaryLine,
      { finding: { ...plain, title: huge, description: huge, snippet: huge, help: 'javascript:alert(1)', cwe: [79, 'x', -1], line: 1.5 } },
      { end: 2 },
    ]);

    const { finding } = lines[0] as { finding: Record<string, unknown> };
    expect((finding['title'] as string).length).toBe(300);
    expect((finding['location'] as { snippet: string }).snippet.length).toBe(500);
    expect(finding).toMatchObject({ cwe: [79] });
    expect(finding).not.toHaveProperty('help');
    expect(finding['location']).not.toHaveProperty('line');
  });

  it('refuses a line that is longer than any of ours', async () => {
    await expect(take([{ finding: { ...plain, title: 'x'.repeat(100_000) } }])).rejects.toMatchObject({ code: 'lines_refused' });
  });
});
