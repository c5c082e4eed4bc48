import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
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

/** `grype … --output json`. What its configuration ignores (`ignoredMatches`) is neither read nor believed. */
export const grype: ReportReader = {
  name: 'grype',
  title: 'Grype JSON',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.matches.*.vulnerability', '$.matches.*.artifact', '$.descriptor.name'],
  recognises: (head) =>
    head.has('$.matches.*.vulnerability') || (head.kindOf('$.matches') === 'list' && head.value('$.descriptor.name') === 'grype'),
  nothing: (head) => head.kindOf('$.matches') === 'list',
  read,
};

/** Types of package URLs of the kinds of packages that Grype knows. */
const purlTypes: Readonly<Record<string, string>> = { 'java-archive': 'maven', dotnet: 'nuget', 'linux-kernel': 'generic' };
const ecosystems: Readonly<Record<string, string>> = { npm: 'npm', python: 'PyPI', 'go-module': 'Go', 'rust-crate': 'crates.io' };

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.matches.*'], { seen })) yield lineOf(objectOf(value) ?? {}, path);
  if (seen.get('$.matches') !== 'list') throw new ReportRefused('this is no report of Grype', { pointer: '/matches' });
}

function lineOf(match: Foreign, path: readonly (string | number)[]): ReadLine {
  const vulnerability = objectOf(match['vulnerability']);
  const artifact = objectOf(match['artifact']);
  const id = textOf(vulnerability?.['id'], 200);
  const name = textOf(artifact?.['name'], 300);
  if (!vulnerability || !artifact || id === undefined || name === undefined)
    return rejected(path, 'a match names its vulnerability (vulnerability.id) and its package (artifact.name)');
  const related = objectsOf(match['relatedVulnerabilities'], 20);
  const ids = advisoryIds(id, ...related.map((one) => one['id']));
  const fixes = at(vulnerability, 'fix', 'versions');
  const described = [vulnerability, ...related].map((one) => textOf(one['description'], 2000)).find((text) => text !== undefined);
  return {
    finding: vulnerable(
      present<Omit<RawFinding, 'class' | 'rule'> & { rule: string }>({
        rule: id,
        title: `${id} in ${name}`,
        description: described,
        severity: severityOf(vulnerability['severity']),
        help: webAddress(vulnerability['dataSource'], related[0]?.['dataSource']),
        path: textOf(objectsOf(artifact['locations'], 1)[0]?.['path'], 1024),
      }),
      present({
        name,
        version: textOf(artifact['version'], 200),
        purl: textOf(artifact['purl'], 1024),
        ecosystem: ecosystems[textOf(artifact['type'], 32) ?? ''],
        purlType: purlTypes[textOf(artifact['type'], 32) ?? ''] ?? textOf(artifact['type'], 32)?.replace(/[^a-z0-9]/gi, ''),
      }),
      {
        ids: ids.length === 0 ? [id] : ids,
        fixedIn: Array.isArray(fixes)
          ? textOf(
              fixes
                .map((fix) => textOf(fix, 64) ?? '')
                .filter(Boolean)
                .join(', '),
              128,
            )
          : textOf(fixes, 128),
        cvss: scoreIn(vulnerability) ?? related.map(scoreIn).find((score) => score !== undefined),
      },
    ),
  };
}

/** The highest version of CVSS that is given. */
function scoreIn(vulnerability: Foreign): number | undefined {
  const scores = objectsOf(vulnerability['cvss'], 20).map((cvss) => ({
    version: Number.parseFloat(textOf(cvss['version'], 8) ?? '0'),
    score: scoreOf(at(cvss, 'metrics', 'baseScore')),
  }));
  return scores.filter(({ score }) => score !== undefined).sort((a, b) => b.version - a.version)[0]?.score;
}
