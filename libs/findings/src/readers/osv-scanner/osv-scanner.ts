import { cvssScore, type CvssScore } from '@throughline/versions';
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
  severityOf,
  textOf,
  vulnerable,
  type Foreign,
  type NamedPackage,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';

/** `osv-scanner --format json`. One finding for each advisory: those of one vulnerability are joined by their aliases later. */
export const osvScanner: ReportReader = {
  name: 'osv-scanner',
  title: 'OSV-Scanner JSON',
  finds: ['vulnerability'],
  passes: 2,
  marks: ['$.results.*.packages', '$.results.*.source', '$.experimental_config'],
  recognises: (head) => head.has('$.results.*.packages') || (head.kindOf('$.results') === 'list' && head.has('$.experimental_config')),
  nothing: (head) => head.kindOf('$.results') === 'list',
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const sources = new Map<string, string>();
  for await (const { path, value } of jsonItems(open(), ['$.results.*.source.path'], { seen })) {
    const source = textOf(value, 1024);
    if (source !== undefined) sources.set(pointerOf(path.slice(0, 2)), source);
  }
  for await (const { path, value } of jsonItems(open(), ['$.results.*.packages.*'], { seen })) {
    yield* linesOf(objectOf(value) ?? {}, path, sources.get(pointerOf(path.slice(0, 2))));
  }
  const foreign = seen.has('$.results.*') && !seen.has('$.results.*.packages');
  if (seen.get('$.results') !== 'list' || foreign) throw new ReportRefused('this is no report of OSV-Scanner', { pointer: '/results' });
}

function* linesOf(entry: Foreign, path: readonly (string | number)[], source: string | undefined): Iterable<ReadLine> {
  const about = objectOf(entry['package']);
  const name = textOf(about?.['name'], 300);
  if (!about || name === undefined) {
    yield rejected(path, 'an entry names its package (package.name)');
    return;
  }
  const named = present<NamedPackage>({
    name,
    version: textOf(about['version'], 200),
    ecosystem: textOf(about['ecosystem'], 64)?.split(':')[0],
    purl: textOf(about['purl'], 1024),
    purlType: undefined,
  });
  const vulnerabilities = Array.isArray(entry['vulnerabilities']) ? (entry['vulnerabilities'] as unknown[]) : [];
  for (const [index, each] of vulnerabilities.entries()) {
    const record = objectOf(each);
    const id = textOf(record?.['id'], 200);
    if (!record || id === undefined) yield rejected([...path, 'vulnerabilities', index], 'a vulnerability has an id');
    else yield { finding: findingOf(record, id, named, source) };
  }
}

function findingOf(record: Foreign, id: string, named: NamedPackage, source: string | undefined): RawFinding {
  const score = scoreIn(record, named);
  const specific = objectOf(record['database_specific']);
  const malicious = id.startsWith('MAL-');
  const ids = advisoryIds(id, record['aliases']);
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { rule: string }>({
      rule: id,
      title: textOf(record['summary'], 300) ?? `${id} in ${named.name}`,
      description: textOf(record['details'], 2000),
      severity: malicious ? 'critical' : (score?.severity ?? severityOf(specific?.['severity'])),
      cwe: cwesIn(specific?.['cwe_ids']),
      help: `https://osv.dev/vulnerability/${encodeURIComponent(id)}`,
      path: source,
    }),
    named,
    { ids: ids.length === 0 ? [id] : ids, fixedIn: fixedIn(record, named), cvss: score?.base },
  );
}

/** The highest version of CVSS that the record gives. */
function scoreIn(record: Foreign, { name }: NamedPackage): CvssScore | undefined {
  const affected = objectsOf(record['affected'], 100).find((one) => textOf(at(one, 'package', 'name'), 300) === name);
  const vectors = [...objectsOf(record['severity'], 10), ...objectsOf(affected?.['severity'], 10)]
    .sort((a, b) => String(textOf(b['type'], 16)).localeCompare(String(textOf(a['type'], 16))))
    .flatMap((one) => textOf(one['score'], 300) ?? []);
  return vectors.map(cvssScore).find((score) => score !== undefined);
}

function fixedIn(record: Foreign, { name }: NamedPackage): string | undefined {
  const fixes = objectsOf(record['affected'], 100)
    .filter((one) => textOf(at(one, 'package', 'name'), 300) === name)
    .flatMap((one) => objectsOf(one['ranges'], 50))
    .filter((range) => range['type'] !== 'GIT')
    .flatMap((range) => objectsOf(range['events'], 100))
    .flatMap((event) => textOf(event['fixed'], 64) ?? []);
  return fixes.length === 0 ? undefined : [...new Set(fixes)].join(', ').slice(0, 128);
}
