import { cvssScore } from '@throughline/versions';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonStreamLimits } from '../../json/json-scanner.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
  objectOf,
  objectsOf,
  present,
  rejected,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  wholeOf,
  type Foreign,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `govulncheck -format json`: a stream of messages, or a list of them; also the one document of the versions before 1.0. */
export const govulncheck: ReportReader = {
  name: 'govulncheck',
  title: 'govulncheck JSON',
  finds: ['vulnerability'],
  passes: 2,
  many: true,
  marks: ['$.config.protocol_version', '$.*.config.protocol_version', '$.Calls.Functions', '$.Vulns', '$.Requires', '$.Modules'],
  recognises: (head) =>
    head.has('$.config.protocol_version') ||
    (head.root === 'list' && head.has('$.*.config.protocol_version')) ||
    head.has('$.Calls.Functions') ||
    head.has('$.Vulns', '$.Modules'),
  read,
};

/** What makes one vulnerability a finding: the module that has it, and how near the code comes to it. */
interface Use {
  readonly id: string;
  readonly module: string;
  readonly version?: string | undefined;
  readonly fixedIn?: string | undefined;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  /** `called`, `imported` or `required`. */
  readonly reach: string;
}

const ranks = ['required', 'imported', 'called'];

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const uses = new Map<string, Use>();
  const modules = new Map<string, string>();
  const messages = [
    '$.finding',
    '$.*.finding',
    '$.Requires.Modules.*',
    '$.Vulns.*',
    '$.config.protocol_version',
    '$.*.config.protocol_version',
  ];
  for await (const { selector, path, value } of jsonItems(open(), messages, { seen, limits: jsonStreamLimits })) {
    const item = objectOf(value) ?? {};
    if (selector.endsWith('protocol_version')) continue;
    if (selector === '$.Requires.Modules.*') {
      const version = textOf(item['Version'], 200);
      if (version !== undefined) modules.set(String(path.at(-1)), version);
      continue;
    }
    const use = selector === '$.Vulns.*' ? oldUseOf(item) : useOf(item);
    if (typeof use === 'string') yield rejected(path, use);
    else keep(uses, use);
  }
  const known =
    seen.has('$.config.protocol_version') || seen.has('$.*.config.protocol_version') || (seen.has('$.Vulns') && seen.has('$.Requires'));
  if (!known) throw new ReportRefused('this is no report of govulncheck', { pointer: '' });
  const records = await recordsOf(open(), new Set([...uses.values()].map(({ id }) => id)));
  for (const use of uses.values()) yield { finding: findingOf(use, records.get(use.id) ?? {}, modules) };
}

/** Advisories are printed whether or not a version is affected: only those that a finding names are one. */
async function recordsOf(report: AsyncIterable<Uint8Array>, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, Foreign>> {
  const records = new Map<string, Foreign>();
  const selectors = ['$.osv', '$.*.osv', '$.Vulns.*.OSV'];
  for await (const { value } of jsonItems(report, selectors, { limits: jsonStreamLimits })) {
    const record = objectOf(value) ?? {};
    const id = textOf(record['id'], 200);
    if (id !== undefined && wanted.has(id) && !records.has(id)) records.set(id, record);
  }
  return records;
}

/** Of several traces to one vulnerability in one module, the one that comes nearest to it stands. */
function keep(uses: Map<string, Use>, use: Use): void {
  const key = JSON.stringify([use.id, use.module]);
  const known = uses.get(key);
  if (!known || ranks.indexOf(known.reach) < ranks.indexOf(use.reach)) uses.set(key, use);
}

function useOf(finding: Foreign): Use | string {
  const id = textOf(finding['osv'], 200);
  const trace = objectsOf(finding['trace'], 1000);
  const module = textOf(trace[0]?.['module'], 300);
  if (id === undefined || module === undefined) return 'a finding names its advisory (osv) and the module (trace.module)';
  // The trace begins in the vulnerable module and ends in the code that was looked at.
  const own = trace.length > 1 ? objectOf(trace.at(-1)?.['position']) : undefined;
  return {
    id,
    module,
    version: textOf(trace[0]?.['version'], 200),
    fixedIn: textOf(finding['fixed_version'], 128),
    path: textOf(own?.['filename'], 1024),
    line: wholeOf(own?.['line'], 1),
    reach: trace[0]?.['function'] !== undefined ? 'called' : trace[0]?.['package'] !== undefined ? 'imported' : 'required',
  };
}

function oldUseOf(vulnerability: Foreign): Use | string {
  const id = textOf(at(vulnerability['OSV'], 'id'), 200);
  const module = textOf(vulnerability['ModPath'], 300);
  if (id === undefined || module === undefined) return 'a vulnerability has an advisory (OSV.id) and a module (ModPath)';
  const reach =
    (wholeOf(vulnerability['CallSink'], 1) && 'called') ?? (wholeOf(vulnerability['ImportSink'], 1) && 'imported') ?? 'required';
  return { id, module, version: String(wholeOf(vulnerability['RequireSink'], 0) ?? ''), reach: String(reach) };
}

function findingOf(use: Use, record: Foreign, modules: ReadonlyMap<string, string>): RawFinding {
  const { id, module, path, line, reach } = use;
  const ids = advisoryIds(id, record['aliases']);
  const affected = objectsOf(record['affected'], 100).filter((one) => at(one, 'package', 'name') === module);
  const vector = objectsOf(record['severity'], 5).flatMap((one) => textOf(one['score'], 300) ?? [])[0];
  const score = vector === undefined ? undefined : cvssScore(vector);
  const summary = textOf(record['summary'], 280);
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: id,
      title: summary ?? `${id} in ${module}`.slice(0, 300),
      description: textOf([`The vulnerable code is ${reach}.`, textOf(record['details'], 1900) ?? ''].join(' '), 2000),
      // govulncheck rates nothing by itself.
      severity: score?.severity ?? severityOf(record['severity'] ?? at(record, 'database_specific', 'severity')),
      help:
        webAddress(at(record, 'database_specific', 'url'), at(affected[0], 'database_specific', 'url')) ??
        `https://pkg.go.dev/vuln/${encodeURIComponent(id)}`,
      path,
      line,
    }),
    present({ name: module, version: modules.get(use.version ?? '') ?? use.version, ecosystem: 'Go' }),
    { ids: ids.length === 0 ? [id] : ids, fixedIn: use.fixedIn ?? fixesIn(affected), cvss: score?.base },
  );
}

function fixesIn(affected: readonly Foreign[]): string | undefined {
  const fixes = affected
    .flatMap((one) => objectsOf(one['ranges'], 50))
    .flatMap((range) => objectsOf(range['events'], 100))
    .flatMap((event) => textOf(event['fixed'], 64) ?? []);
  return fixes.length === 0 ? undefined : [...new Set(fixes)].join(', ').slice(0, 128);
}
