import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { FindingAnswer, FindingExportFormat } from '@throughline/contracts';
import { parse } from 'csv-parse/sync';
import { readReport } from '../readers/read-report.ts';
import { recogniseReport } from '../readers/recognise.ts';
import { all, code, vulnerability } from './fixtures/findings.ts';
import { findingFormats } from './registry.ts';

/** In pages of two, as the server writes them. */
function written(name: FindingExportFormat, findings: readonly FindingAnswer[]): string {
  const writer = findingFormats[name].open({ at: '2026-11-23T00:00:00.000Z', filter: { severity: 'high,critical' } });
  const pages = [findings.slice(0, 2), findings.slice(2)].filter((page) => page.length > 0);
  return [writer.begin(), ...pages.map((page) => writer.page(page)), writer.end()].join('');
}

describe('findings as CSV', () => {
  it('are one line each, whatever a cell has in it', () => {
    const rows = parse<Record<string, string>>(written('csv', all), { columns: true });

    expect(rows.map(({ id }) => id)).toEqual(['f1', 'f2', 'f3', 'f4']);
    expect(rows[0]).toMatchObject({ path: 'src/100% sure?/Ä#1.py', line: '3', cwe: 'CWE-78 CWE-94', known_exploited: '', tools: 'bandit' });
    expect(rows[1]).toMatchObject({ title: 'Prototype pollution\nin minimist', fixed_in: '1.2.6', exception: 'W-31', epss: '0.01' });
    expect(written('csv', all).split('\r\n')).toHaveLength(6);
  });

  it('are no formulas to a spreadsheet', () => {
    const [row] = parse<Record<string, string>>(written('csv', [code]), { columns: true });

    expect([row!['title'], row!['owner']]).toEqual([`'${code.title}`, "'@acme/payments"]);
  });

  it('have their columns when there are none', () => {
    expect(written('csv', [])).toMatch(/^id,class,severity,risk,.*url\r\n$/);
  });
});

describe('findings as JSON lines', () => {
  it('are the answers of the list', () => {
    expect(
      written('json', all)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(all);
    expect(written('json', [])).toBe('');
  });
});

interface Log {
  readonly runs: {
    readonly tool: { readonly driver: { readonly rules: { readonly id: string }[] } };
    readonly results: { readonly ruleId: string; readonly ruleIndex: number; readonly locations: unknown[] }[];
    readonly versionControlProvenance?: { readonly repositoryUri: string }[];
  }[];
}

describe('findings as SARIF', () => {
  it('have a run for each repository, with the rules of its results', () => {
    const { runs } = JSON.parse(written('sarif', [...all.slice(0, 2), { ...code, id: 'f5' }, ...all.slice(2)])) as Log;

    expect(runs.map(({ results }) => results.length)).toEqual([3, 1, 1]);
    for (const { tool, results } of runs)
      for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    expect(runs.map(({ versionControlProvenance }) => versionControlProvenance?.[0]!.repositoryUri)).toEqual([
      'https://git.example/a/b',
      'https://git.example/a/c',
      undefined,
    ]);
  });

  it('name files by what a URI can hold', () => {
    const { runs } = JSON.parse(written('sarif', [code])) as Log;

    expect(runs[0]!.results[0]!.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/100%25%20sure%3F/%C3%84%231.py', uriBaseId: 'SRCROOT' },
          region: { startLine: 3 },
        },
      },
    ]);
  });

  it('are a log with one run when there are none', () => {
    expect(JSON.parse(written('sarif', []))).toMatchObject({
      version: '2.1.0',
      properties: { at: '2026-11-23T00:00:00.000Z', filter: { severity: 'high,critical' } },
      runs: [{ results: [], tool: { driver: { name: 'Throughline', rules: [] } } }],
    });
  });

  it('are read back as the same findings', async () => {
    const text = Buffer.from(written('sarif', [code, vulnerability]));
    const { reader } = recogniseReport(text, true, 'auto');
    const read = [];
    for await (const line of readReport(reader, () => Readable.from([text]))) if ('finding' in line) read.push(line.finding);

    expect(read).toMatchObject([
      { rule: 'B602', path: code.location!.path, line: 3, severity: 'high', cwe: [78, 94] },
      { rule: 'GHSA-xvch-5gv4-984h', path: 'package-lock.json', severity: 'critical', cwe: [1321] },
    ]);
  });
});

/** What the schema (OCSF 1.8.0, categories/findings and objects) requires of the objects that are written. */
const required: Readonly<Record<string, readonly string[]>> = {
  event: ['activity_id', 'category_uid', 'class_uid', 'finding_info', 'metadata', 'severity_id', 'time', 'type_uid'],
  finding_info: ['uid'],
  metadata: ['product', 'version'],
  analytic: ['type_id'],
  file: ['name', 'type_id'],
  affected_packages: ['name', 'version'],
  affected_code: ['file'],
  cve: ['uid'],
  cwe: ['uid'],
  advisory: ['uid'],
  epss: ['score'],
};

function lacking(value: unknown, name = 'event'): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => lacking(one, name));
  if (typeof value !== 'object' || value === null || name === 'unmapped') return [];
  const missing = (required[name] ?? []).filter((field) => !(field in value)).map((field) => `${name}.${field}`);
  return [...missing, ...Object.entries(value).flatMap(([key, child]) => lacking(child, key))];
}

interface Event {
  readonly class_uid: number;
  readonly type_uid: number;
  readonly severity_id: number;
  readonly status_id: number;
  readonly vulnerabilities?: Readonly<Record<string, unknown>>[];
  readonly compliance?: object;
  readonly application?: object;
}

describe('findings as OCSF', () => {
  const events = written('ocsf', all)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

  it('are events of the class that they belong to, with all that the schema requires', () => {
    expect(events.map(({ class_uid, type_uid }) => [class_uid, type_uid])).toEqual([
      [2007, 200701],
      [2002, 200201],
      [2002, 200203],
      [2003, 200301],
    ]);
    expect(lacking(events)).toEqual([]);
    expect(events[3]!.compliance).toMatchObject({ control: 'CKV_AWS_18', status_id: 3 });
    expect(events[0]!.application).toEqual({ name: 'shop' });
  });

  it('say how bad they are and how they stand', () => {
    expect(events.map(({ severity_id, status_id }) => [severity_id, status_id])).toEqual([
      [4, 1],
      [5, 3],
      [5, 4],
      [4, 1],
    ]);
  });

  it('name a vulnerability by exactly one of CVE, CWE and advisory', () => {
    const names = events.map(({ vulnerabilities = [] }) =>
      vulnerabilities.map((one) => ['cve', 'cwe', 'advisory'].filter((name) => name in one)),
    );

    expect(names).toEqual([[['cwe']], [['cve']], [['advisory']], []]);
    expect(events[1]!.vulnerabilities).toMatchObject([
      {
        cve: { uid: 'CVE-2021-44906', epss: { score: '0.01' } },
        affected_packages: [{ name: '@scope/minimist', fixed_in_version: '1.2.6' }],
      },
    ]);
  });
});
