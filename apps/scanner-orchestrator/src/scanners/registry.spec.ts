import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collect, fixture, memoryTree, readReport } from '../fixtures/reading.ts';
import { scanners } from './registry.ts';
import type { ProgramScanner, Scanner } from './scanner.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = scanners.filter((scanner): scanner is ProgramScanner => scanner.kind === 'program');
/** Whose reports it writes, where they are not named after it. */
const formats: Readonly<Record<string, string>> = { njsscan: 'semgrep' };
const formatOf = (name: string): string => formats[name] ?? name;
const named = (list: readonly Scanner[]): [string, Scanner][] => list.map((scanner) => [scanner.name, scanner]);

describe('the family of scanners', () => {
  it('has a folder for each, and no other', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map(({ name }) => name).sort()).toEqual(scanners.map(({ name }) => name).sort());
  });

  it.each(named(scanners))('%s has a name in kebab case, finds something, and reads its own canary', (name, scanner) => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(scanner.finds.length).toBeGreaterThan(0);
    expect(scanner.reads(scanner.canary.path('canary-0123456789abcdef'))).toBe(true);
    expect(scanner.obeys?.(scanner.canary.path('canary-0123456789abcdef')) ?? false).toBe(false);
  });

  it.each(named(scanners.filter(({ tool }) => tool)))('%s names lock files with digests for its tool', (_, { tool }) => {
    const file = { npm: 'package-lock.json', pip: 'requirements.txt', go: 'go.sum' }[tool!.installer];

    expect(existsSync(`${folder}../../tools/${tool!.name}/${file}`)).toBe(true);
  });
});

describe.each(named(programs))('the report reader of %s', (name, scanner) => {
  const program = scanner as ProgramScanner;

  it('reads clean reports as empty', async () => {
    expect(await readReport(program, fixture(formatOf(name), 'clean.json'))).toEqual([]);
  });

  it('reads findings of a class that it answers for, in the copy, with title and rule', async () => {
    const findings = await readReport(program, fixture(formatOf(name), 'findings.json'));

    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect([...program.finds, 'configuration']).toContain(finding.class);
      expect(finding).toMatchObject({
        rule: expect.stringMatching(/./),
        title: expect.stringMatching(/./),
        path: expect.stringMatching(/./),
      });
    }
  });

  it('refuses an empty report', async () => {
    await expect(readReport(program, '')).rejects.toMatchObject({ code: 'report_refused' });
  });

  it.each(programs.map((other) => other.name).filter((other) => formatOf(other) !== formatOf(name)))(
    'refuses a report of %s',
    async (other) => {
      await expect(readReport(program, fixture(formatOf(other), 'findings.json'))).rejects.toMatchObject({ code: 'report_refused' });
    },
  );

  it.each([
    ['truncated', (report: string) => report.slice(0, -20)],
    ['followed by more', (report: string) => `${report}${report}`],
    ['not JSON', () => '<html>'],
    ['nested too deeply', () => '['.repeat(100_000)],
  ])('refuses a report that is %s', async (_, damage) => {
    await expect(readReport(program, damage(fixture(formatOf(name), 'findings.json')))).rejects.toMatchObject({ code: 'report_refused' });
  });
});

describe.each(named(scanners.filter(({ kind, tool }) => kind === 'own' && !tool)))('our own scan %s', (_, scanner) => {
  it('finds its canary, and nothing in an empty tree', async () => {
    if (scanner.kind !== 'own') throw new Error('no own scan');
    const path = scanner.canary.path('canary-1');

    const found = JSON.stringify(await collect(scanner.scan(memoryTree({ [path]: scanner.canary.content() }), undefined)));

    const expected = scanner.canary.expects.split('/').at(-1)!.split('@')[0]!;
    expect(found).toContain(expected);
    expect(await collect(scanner.scan(memoryTree({}), undefined))).toEqual([]);
  });
});
