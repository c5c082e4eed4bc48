import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
  cwesIn,
  objectOf,
  objectsOf,
  present,
  rejected,
  scoreOf,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  type Foreign,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/** `npm audit --json`: version 2 (npm 7 and later) and the one before, which pnpm writes too. */
export const npmAudit: ReportReader = {
  name: 'npm-audit',
  title: 'npm audit JSON',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.auditReportVersion', '$.advisories.*.module_name', '$.metadata.vulnerabilities', '$.metadata.dependencies'],
  recognises: (head) =>
    head.has('$.auditReportVersion') || head.has('$.advisories') || head.has('$.metadata.vulnerabilities', '$.metadata.dependencies'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { selector, path, value } of jsonItems(open(), ['$.advisories.*', '$.vulnerabilities.*', '$.error'], { seen })) {
    if (selector === '$.error') throw new ReportRefused('npm could not audit: the report holds its error', { pointer: '/error' });
    const entry = objectOf(value);
    if (!entry) yield rejected(path, 'an entry must be an object');
    else if (selector === '$.advisories.*') yield advisory(entry, path);
    else yield* vulnerability(entry, path);
  }
  const known = [seen.get('$.advisories'), seen.get('$.vulnerabilities')];
  if (!known.includes('object')) throw new ReportRefused('this is no report of npm audit', { pointer: '' });
}

/** The older form: one entry for each advisory. */
function advisory(entry: Foreign, path: readonly (string | number)[]): ReadLine {
  const name = textOf(entry['module_name'], 300);
  const title = textOf(entry['title'], 300);
  if (name === undefined || title === undefined) return rejected(path, 'an advisory has a title and names its package (module_name)');
  const url = webAddress(entry['url']);
  const ids = advisoryIds(entry['github_advisory_id'], ghsaIn(url), entry['cves']);
  return {
    finding: vulnerable(
      common({ rule: ids[0] ?? `npm-${String(entry['id'])}`, title, url, entry, path: undefined }),
      present({ name, version: textOf(objectsOf(entry['findings'], 1)[0]?.['version'], 200), ecosystem: 'npm' }),
      { ids, fixedIn: firstVersion(textOf(entry['patched_versions'], 128)), cvss: scoreOf(at(entry['cvss'], 'score')) },
    ),
  };
}

/**
 * Version 2: one entry for each package, with the advisories about it. A package that only depends on vulnerable ones is
 * reported too, without an advisory of its own.
 */
function* vulnerability(entry: Foreign, path: readonly (string | number)[]): Iterable<ReadLine> {
  const name = textOf(entry['name'], 300) ?? textOf(path[1], 300);
  if (name === undefined || !Array.isArray(entry['via'])) {
    yield rejected(path, 'a vulnerability names its package (name) and why it is one (via)');
    return;
  }
  const own = objectsOf(entry['via'], 1000);
  for (const via of own) yield { finding: ofAdvisory(via, entry, name) };
  if (own.length > 0) return;
  const through = entry['via'].slice(0, 5).flatMap((step) => textOf(step, 100) ?? []);
  const title = `${name} depends on a vulnerable version of ${through.join(', ')}`.slice(0, 300);
  const place = nodeOf(entry);
  yield {
    finding: vulnerable(
      common({ rule: 'vulnerable-dependency', title, url: undefined, entry, path: place }),
      { name, ecosystem: 'npm' },
      { ids: [] },
    ),
  };
}

function ofAdvisory(via: Foreign, entry: Foreign, name: string): RawFinding {
  const url = webAddress(via['url']);
  const ids = advisoryIds(ghsaIn(url), via['cves']);
  const title = textOf(via['title'], 300) ?? `Vulnerable version of ${name}`;
  return vulnerable(
    common({ rule: ids[0] ?? `npm-${String(via['source'])}`.slice(0, 200), title, url, entry: via, path: nodeOf(entry) }),
    { name: textOf(via['name'], 300) ?? name, ecosystem: 'npm' },
    { ids, fixedIn: undefined, cvss: scoreOf(at(via['cvss'], 'score')) },
  );
}

interface Common {
  readonly rule: string;
  readonly title: string;
  readonly url: string | undefined;
  readonly entry: Foreign;
  readonly path: string | undefined;
}

function common({ rule, title, url, entry, path }: Common): Omit<RawFinding, 'class' | 'rule'> & { rule: string } {
  return present<Omit<RawFinding, 'class' | 'rule'> & { rule: string }>({
    rule,
    title,
    description: textOf(entry['overview'], 2000),
    severity: severityOf(entry['severity']),
    cwe: cwesIn(entry['cwe']),
    help: url,
    path,
  });
}

function nodeOf(entry: Foreign): string | undefined {
  return Array.isArray(entry['nodes']) ? textOf(entry['nodes'][0], 1024) : undefined;
}

function ghsaIn(url: string | undefined): string | undefined {
  return /GHSA(?:-[0-9a-z]{4}){3}/i.exec(url ?? '')?.[0];
}

/** `>=4.17.5`, `>=1.2.3 <2.0.0 || >=2.0.1`: the lowest version that is named as patched. */
function firstVersion(range: string | undefined): string | undefined {
  return />=?\s*v?(\d[\w.+-]*)/.exec(range ?? '')?.[1];
}
