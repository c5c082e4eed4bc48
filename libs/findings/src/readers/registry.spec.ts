import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findingClasses, severities } from '@throughline/contracts';
import { headBytes } from './head.ts';
import { recogniseReport } from './recognise.ts';
import { readReport } from './read-report.ts';
import type { ReadLine, ReportReader } from './reader.ts';
import { reportReaders } from './registry.ts';
import { ReportRefused } from './report-refused.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const named = reportReaders.map((reader): [string, ReportReader] => [reader.name, reader]);
const fixture = (name: string, file: string): string => {
  const fixtures = `${folder}${name}/fixtures/`;
  return readFileSync(`${fixtures}${readdirSync(fixtures).find((entry) => entry.startsWith(`${file}.`))}`, 'utf8');
};

/** Reads a report that comes in pieces of seven bytes; it may be opened as often as the reader says. */
async function read(reader: ReportReader, report: string): Promise<ReadLine[]> {
  let opened = 0;
  const bytes = Buffer.from(report);
  const open = async function* (): AsyncIterable<Uint8Array> {
    if (++opened > reader.passes) throw new Error(`${reader.name} says that it reads ${reader.passes} times`);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  };
  const lines: ReadLine[] = [];
  for await (const line of readReport(reader, open)) lines.push(line);
  return lines;
}

const refusal = { code: 'report_refused' };
const nowhere = /correct-horse-battery-staple/;

describe('the family of report readers', () => {
  it('has a folder for each, and no other', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map(({ name }) => name).sort()).toEqual(named.map(([name]) => name).sort());
  });

  it('has names in kebab case, each once', () => {
    for (const [name] of named) expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  });
});

describe.each(named)('the reader of %s', (name, reader) => {
  it('reads a clean report as one without findings', async () => {
    const lines = await read(reader, fixture(name, 'clean'));

    expect(lines.filter((line) => !('unread' in line))).toEqual([]);
  });

  it('reads findings with all that a finding needs', async () => {
    const findings = (await read(reader, fixture(name, 'findings'))).flatMap((line) => ('finding' in line ? [line.finding] : []));

    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(reader.finds).toContain(finding.class);
      expect(findingClasses).toContain(finding.class);
      expect(severities).toContain(finding.severity);
      expect(finding.rule).toMatch(/./);
      expect(finding.title).toMatch(/./);
    }
  });

  it('says no secret but where a secret belongs', async () => {
    const findings = (await read(reader, fixture(name, 'findings'))).flatMap((line) => ('finding' in line ? [line.finding] : []));

    for (const finding of findings) expect(JSON.stringify({ ...finding, secret: '', hides: [] })).not.toMatch(nowhere);
  });

  it('is the only one that its reports are recognised for', () => {
    const report = Buffer.from(fixture(name, 'findings'));

    expect(recogniseReport(report, true).reader.name).toBe(name);
  });

  it.each([
    ['empty', () => ''],
    ['truncated', (report: string) => report.trimEnd().slice(0, -20)],
    // Documents that may follow each other: not any that is none.
    ['followed by more', (report: string) => (reader.many === true ? `${report}{` : `${report}${report}`)],
    ['neither JSON nor XML', () => 'hello'],
    ['a page', () => '<html></html>'],
    ['nested too deeply', () => '['.repeat(10_000)],
    ['an object of something else', () => '{"hello":"world"}'],
    ['a list of something else', () => '[{"hello":"world"}]'],
    ['a list of numbers', () => '[1,2,3]'],
    ['a number', () => '7'],
    ['a text', () => '""'],
  ])('refuses a report that is %s', async (_, damage) => {
    await expect(read(reader, damage(fixture(name, 'findings')))).rejects.toMatchObject(refusal);
  });

  it.each(named.filter(([other]) => other !== name).map(([other]) => other))('refuses a report of %s', async (other) => {
    const report = fixture(other, 'findings');

    await expect(read(reader, report)).rejects.toMatchObject(refusal);
    expect(() => recogniseReport(Buffer.from(report), true, name)).toThrow(ReportRefused);
  });
});

describe('recognition', () => {
  it.each(['[]', 'null', '{"results":[]}'])('does not guess who says %s, but takes it from who names the format', (report) => {
    const bytes = Buffer.from(report);

    expect(() => recogniseReport(bytes, true)).toThrow(/name the format/);
    const takers = named.filter(([name]) => takes(name, bytes)).map(([name]) => name);
    expect(takers.length).toBeGreaterThan(0);
  });

  it('names the place at which a beginning is no JSON', () => {
    const report = Buffer.from('{\n "version": "2.1.0",\n "runs": [ oops ]\n}');

    expect(placeOfRefusal(report)).toEqual({ pointer: '/runs/0', line: 3, column: 12 });
  });

  it('looks at the first 64 KiB and at nothing behind them', () => {
    const head = Buffer.from(
      `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"ExampleLint"}},"results":[${' '.repeat(headBytes)}oops`,
    );

    expect(recogniseReport(head.subarray(0, headBytes), false)).toMatchObject({ reader: { name: 'sarif' }, tool: 'ExampleLint' });
  });

  it('says which formats there are when it is asked for another', () => {
    expect(() => recogniseReport(Buffer.from('{}'), true, 'nowhere')).toThrow(/there is no format "nowhere".*sarif/);
  });
});

function placeOfRefusal(report: Buffer): unknown {
  try {
    return recogniseReport(report, true);
  } catch (error) {
    return (error as ReportRefused).place;
  }
}

function takes(name: string, bytes: Buffer): boolean {
  try {
    return recogniseReport(bytes, true, name).reader.name === name;
  } catch {
    return false;
  }
}
