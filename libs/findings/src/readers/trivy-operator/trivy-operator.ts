import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import { at, objectOf, rejected, textOf } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';
import { checkOf, complianceCheckOf, controlOf, secretOf, vulnerabilityOf, type Resource } from './operator-results.ts';

/** Where reports of the operator lie: alone, in a list, in what `kubectl get -o json` prints, or in lists by their kind. */
const places = ['$', '$.*', '$.items.*', '$.*.*'] as const;
const contents = [
  ...['scanner', 'vulnerabilities', 'checks', 'secrets'].map((field) => `report.${field}`),
  ...['detailReport', 'summaryReport'].map((field) => `status.${field}`),
];

/** Reports that trivy-operator keeps in a cluster: `kubectl get vulnerabilityreports -o json`, and its other kinds. */
export const trivyOperator: ReportReader = {
  name: 'trivy-operator',
  title: 'trivy-operator JSON',
  finds: ['vulnerability', 'configuration', 'secret'],
  passes: 2,
  marks: places.flatMap((place) => [`${place}.metadata`, ...contents.map((content) => `${place}.${content}`)]),
  recognises: (head) =>
    places.some((place) => head.has(`${place}.metadata`) && contents.some((content) => head.has(`${place}.${content}`))),
  nothing: (head) => head.root === 'list' || head.kindOf('$.items') === 'list',
  read,
};

const kinds = {
  vulnerabilities: { at: 'report.vulnerabilities.*', depth: 3, of: vulnerabilityOf },
  checks: { at: 'report.checks.*', depth: 3, of: checkOf },
  secrets: { at: 'report.secrets.*', depth: 3, of: secretOf },
  results: { at: 'status.detailReport.results.*', depth: 4, of: checkOf },
  controlCheck: { at: 'status.summaryReport.controlCheck.*', depth: 4, of: controlOf },
} as const;

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const resources = await resourcesOf(open(), seen);
  const selectors = places.flatMap((place) => Object.values(kinds).map(({ at: list }) => `${place}.${list}`));
  for await (const { path, value } of jsonItems(open(), selectors, { seen })) {
    const kind = path.at(-2) as keyof typeof kinds;
    const resource = resources.get(pointerOf(path.slice(0, -kinds[kind].depth))) ?? {};
    const result = objectOf(value);
    if (!result) yield rejected(path, 'a result must be an object');
    else if (kind === 'results') {
      const checks = Array.isArray(result['checks']) ? (result['checks'] as unknown[]) : [];
      for (const [index, check] of checks.entries())
        yield* lineOf(complianceCheckOf(objectOf(check) ?? {}, result), [...path, 'checks', index]);
    } else yield* lineOf(kinds[kind].of(result, resource), path);
  }
  const known = places.some((place) => contents.some((content) => seen.has(`${place}.${content}`)) && seen.has(`${place}.metadata`));
  const empty = (seen.get('$') === 'list' && !seen.has('$.*')) || (seen.get('$.items') === 'list' && !seen.has('$.items.*'));
  if (!known && !empty) throw new ReportRefused('this is no report of trivy-operator', { pointer: '' });
}

/** Nothing of a check that passed. */
function* lineOf(finding: ReturnType<typeof checkOf>, path: readonly (string | number)[]): Iterable<ReadLine> {
  if (typeof finding === 'string') yield rejected(path, finding);
  else if (finding) yield { finding };
}

/** What each report is about, by the pointer of the report. */
async function resourcesOf(report: AsyncIterable<Uint8Array>, seen: Seen): Promise<ReadonlyMap<string, Resource>> {
  const resources = new Map<string, Resource>();
  const fields = ['metadata.labels', 'metadata.name', 'report.os.family', 'report.artifact.repository', 'report.scanner.name'];
  const selectors = places.flatMap((place) =>
    [...fields, 'status.detailReport.id', 'status.summaryReport.id'].map((field) => `${place}.${field}`),
  );
  for await (const { path, value } of jsonItems(report, selectors, { seen, limits: { ...jsonLimits, maxItems: 1_000_000 } })) {
    const field = path.at(-1) as string;
    const owner = pointerOf(path.slice(0, field === 'labels' || path.at(-2) === 'metadata' ? -2 : -3));
    const known = resources.get(owner) ?? {};
    if (field === 'labels') {
      const [namespace, kind, name, container] = ['resource.namespace', 'resource.kind', 'resource.name', 'container.name'].map((label) =>
        textOf(at(value, `trivy-operator.${label}`), 256),
      );
      resources.set(owner, { ...known, namespace, kind, name, container });
    } else if (field === 'family') resources.set(owner, { ...known, os: textOf(value, 64) });
    else if (field === 'repository') resources.set(owner, { ...known, image: textOf(value, 500) });
  }
  return resources;
}
