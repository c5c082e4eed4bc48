import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { xmlItems, type SeenElements } from '../../xml/xml-items.ts';
import { advisoryIds, cwesIn, objectOf, present, rejected, severityOf, vulnerable, webAddress } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { inSyntax } from '../syntax.ts';
import { ofElement, ofObject, type Dependency, type Weakness } from './dependency.ts';

/** Reports of OWASP Dependency-Check, XML and JSON of all versions. What was suppressed is read all the same. */
export const dependencyCheck: ReportReader = {
  name: 'dependency-check',
  title: 'OWASP Dependency-Check XML or JSON',
  finds: ['vulnerability'],
  passes: 1,
  marks: [
    '/analysis',
    '/analysis/scanInfo',
    '/analysis/dependencies',
    '/analysis/projectInfo',
    '$.reportSchema',
    '$.scanInfo',
    '$.projectInfo',
  ],
  recognises: (head) =>
    (head.has('/analysis') && ['scanInfo', 'projectInfo', 'dependencies'].some((name) => head.has(`/analysis/${name}`))) ||
    head.has('$.reportSchema', '$.scanInfo') ||
    head.has('$.scanInfo', '$.projectInfo'),
  read: (open) => inSyntax(open, { xml: readXml, json: readJson }),
};

async function* readXml(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: SeenElements = new Set();
  for await (const { path, element } of xmlItems(open(), ['/analysis/dependencies/dependency'], { seen }))
    yield* linesOf(ofElement(element), path, `line ${element.line}: `);
  if (!seen.has('/analysis/dependencies'))
    throw new ReportRefused('this is no report of Dependency-Check', { pointer: '', line: 1, column: 1 });
}

async function* readJson(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.dependencies.*', '$.reportSchema', '$.scanInfo.engineVersion'], { seen })) {
    if (path.length !== 2 || path[0] !== 'dependencies') continue;
    const dependency = objectOf(value);
    if (dependency) yield* linesOf(ofObject(dependency), path, '');
    else yield rejected(path, 'a dependency must be an object');
  }
  const own = seen.has('$.reportSchema') || seen.has('$.scanInfo');
  if (seen.get('$.dependencies') !== 'list' || !own)
    throw new ReportRefused('this is no report of Dependency-Check', { pointer: '/dependencies' });
}

function* linesOf(dependency: Dependency, path: readonly (string | number)[], place: string): Iterable<ReadLine> {
  for (const weakness of dependency.weaknesses) {
    const { id } = weakness;
    if (id === undefined || dependency.name === undefined)
      yield rejected(path, `${place}a vulnerability has a name, and its dependency one too (fileName)`);
    else yield { finding: findingOf(weakness, id, { ...dependency, name: dependency.name }) };
  }
}

function findingOf(weakness: Weakness, id: string, { name, version, purl, file }: Dependency & { readonly name: string }): RawFinding {
  // Some sources have no id but begin with one, or name a CWE instead.
  const ids = advisoryIds(
    /^(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3})/i.exec(id)?.[0],
    weakness.source === 'OSSINDEX' ? undefined : id,
  );
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: ids[0] ?? id.slice(0, 200),
      title: `${id} in ${name}`.slice(0, 300),
      description: weakness.description,
      severity: severityOf(weakness.severity),
      cwe: cwesIn(weakness.cwes),
      help: webAddress(...weakness.links),
      path: file,
    }),
    present({ name, version, purl, ecosystem: undefined, purlType: undefined }),
    { ids, cvss: weakness.score },
  );
}
