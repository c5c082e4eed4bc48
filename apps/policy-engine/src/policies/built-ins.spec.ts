import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readPolicy, runCases } from '@throughline/policy';

const folder = new URL('../../policies/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the built-in policies', () => {
  it('are the ten that every installation starts with', () => {
    expect(files.map((name) => name.replace('.yaml', '')).sort()).toEqual([
      'critical-fixable-added',
      'high-code-added',
      'known-exploited',
      'licence',
      'lock-file-missing',
      'privileged-workload',
      'root-container',
      'scanner-failed',
      'secret-added',
      'unpinned-action',
    ]);
  });

  it.each(files)('%s is named after its file, bites in one case, keeps quiet in another, and all its cases pass', (file) => {
    const policy = readPolicy(readFileSync(new URL(file, folder), 'utf8'), 1);

    const failed = runCases(policy).filter((outcome) => !outcome.passed);

    expect(failed).toEqual([]);
    expect(`${policy.document.name}.yaml`).toBe(file);
    expect(policy.document.cases.some((each) => each.expect === 'pass')).toBe(true);
    expect(policy.document.cases.some((each) => each.expect === 'deny' || each.expect === 'warn')).toBe(true);
    expect(policy.document.controls.length).toBeGreaterThan(0);
  });
});

it('the example of the documentation is a policy whose cases pass', () => {
  const page = readFileSync(new URL('../../../../docs/add-a-policy.md', import.meta.url), 'utf8');
  const example = /```yaml\n([^]*?)```/.exec(page)![1]!;

  expect(runCases(readPolicy(example, 1))).toEqual([{ name: 'eval is denied', passed: true }]);
});
