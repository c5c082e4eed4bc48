import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonStreamLimits } from '../../json/json-scanner.ts';
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
import { pointerOf, ReportRefused } from '../report-refused.ts';

/** `yarn audit --json` of Yarn 1, and `yarn npm audit --json` of Yarn 4; what Yarn 2 and 3 print is the form of npm. */
export const yarnAudit: ReportReader = {
  name: 'yarn-audit',
  title: 'yarn audit JSON',
  finds: ['vulnerability'],
  passes: 1,
  many: true,
  marks: [
    '$.type',
    '$.data',
    '$.data.advisory',
    '$.data.vulnerabilities',
    '$.data.totalDependencies',
    '$.value',
    '$.children.ID',
    '$.children.Severity',
  ],
  recognises: (head) =>
    head.has('$.type', '$.data.advisory') ||
    head.has('$.type', '$.data.vulnerabilities', '$.data.totalDependencies') ||
    head.has('$.value', '$.children.ID', '$.children.Severity'),
  nothing: (head) => head.has('$.type', '$.data'),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const told = new Set<string>();
  let known = false;
  for await (const { path, value } of jsonItems(open(), ['$'], { seen, limits: jsonStreamLimits })) {
    const message = objectOf(value) ?? {};
    const type = textOf(message['type'], 40);
    if (type === 'error') throw new ReportRefused('yarn could not audit: the report holds its error', { pointer: pointerOf(path) });
    known ||= type === 'auditSummary' || message['data'] === 'No audit suggestions';
    const advisory = type === 'auditAdvisory' ? (objectOf(at(message['data'], 'advisory')) ?? {}) : undefined;
    if (advisory) {
      known = true;
      // One line for each way that leads to the package.
      const key = JSON.stringify([advisory['id'], advisory['module_name'], objectsOf(advisory['findings'], 1)[0]?.['version']]);
      if (!told.has(key)) yield advisoryOf(advisory, path);
      told.add(key);
    } else if (type === undefined) {
      const children = objectOf(message['children']);
      if (children) known = true;
      yield children ? issueOf(message, children, path) : rejected(path, 'a line has a type, or an issue (children)');
    }
  }
  if (!known) throw new ReportRefused('this is no report of yarn audit, or it ends before its summary', { pointer: '' });
}

/** Yarn 1: one line for each advisory and the way to the package. */
function advisoryOf(advisory: Foreign, path: readonly (string | number)[]): ReadLine {
  const name = textOf(advisory['module_name'], 300);
  const title = textOf(advisory['title'], 300);
  if (name === undefined || title === undefined) return rejected(path, 'an advisory has a title and names its package (module_name)');
  const ids = advisoryIds(advisory['github_advisory_id'], advisory['cves']);
  const url = webAddress(advisory['url']);
  return {
    finding: vulnerable(
      present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
        rule: ids[0] ?? `npm-${String(advisory['id'])}`.slice(0, 200),
        title,
        description: textOf(advisory['overview'], 2000),
        severity: severityOf(advisory['severity']),
        cwe: cwesOf(advisory['cwe']),
        help: url,
      }),
      present({ name, version: textOf(objectsOf(advisory['findings'], 1)[0]?.['version'], 200), ecosystem: 'npm' }),
      {
        ids,
        fixedIn: />=?\s*v?(\d[\w.+-]*)/.exec(textOf(advisory['patched_versions'], 128) ?? '')?.[1],
        cvss: scoreOf(at(advisory['cvss'], 'score')),
      },
    ),
  };
}

/** Yarn 4: one line for each package and issue; that a package is deprecated is an issue too. */
function issueOf(message: Foreign, children: Foreign, path: readonly (string | number)[]): ReadLine {
  const name = textOf(message['value'], 300);
  const issue = textOf(children['Issue'], 300);
  const id = typeof children['ID'] === 'number' ? String(children['ID']) : textOf(children['ID'], 200);
  if (name === undefined || issue === undefined || id === undefined)
    return rejected(path, 'an issue names its package (value), its ID and says what it is (Issue)');
  const url = webAddress(children['URL']);
  const ids = advisoryIds(/GHSA(?:-[0-9a-z]{4}){3}/i.exec(url ?? '')?.[0]);
  const versions = Array.isArray(children['Tree Versions'])
    ? children['Tree Versions'].flatMap((version) => textOf(version, 100) ?? [])
    : [];
  const deprecated = id.endsWith('(deprecation)');
  return {
    finding: vulnerable(
      present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
        rule: deprecated ? 'deprecated-package' : (ids[0] ?? `npm-${id}`.slice(0, 200)),
        title: issue,
        description: versions.length > 1 ? `In versions ${versions.slice(0, 20).join(', ')}` : undefined,
        severity: severityOf(children['Severity']),
        help: url,
      }),
      present({ name, version: versions[0], ecosystem: 'npm' }),
      { ids },
    ),
  };
}

/** A list, or, as Yarn 1 has it, the text of one. */
function cwesOf(value: unknown): readonly number[] | undefined {
  return cwesIn(Array.isArray(value) ? value : (textOf(value, 1000)?.match(/CWE-\d{1,5}/g) ?? []));
}
