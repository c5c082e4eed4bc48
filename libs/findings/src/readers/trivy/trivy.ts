import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import { objectOf, rejected, textOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';
import { licenceOf, misconfigurationOf, secretOf, vulnerabilityOf, type Target } from './trivy-results.ts';

/** `trivy … --format json`: images, file systems, repositories, clusters; also the list of the versions before 0.20. */
export const trivy: ReportReader = {
  name: 'trivy',
  title: 'Trivy JSON',
  finds: ['vulnerability', 'configuration', 'secret', 'licence'],
  passes: 2,
  marks: [
    '$.SchemaVersion',
    '$.ArtifactName',
    '$.ClusterName',
    '$.Results.*.Target',
    '$.*.Target',
    '$.*.Vulnerabilities.*.VulnerabilityID',
  ],
  recognises: (head) =>
    head.has('$.SchemaVersion', '$.ArtifactName') ||
    head.has('$.ClusterName') ||
    head.has('$.Results.*.Target') ||
    (head.root === 'list' && head.has('$.*.Target')),
  // The older list is `null` where nothing was found.
  nothing: (head) => head.root === 'list' || head.root === 'null',
  read,
};

/** Where lists of results lie: at the top, in a list of its own, or below the resources of a cluster. */
const places = [
  '$.Results.*',
  '$.*',
  ...['Resources', 'Vulnerabilities', 'Misconfigurations', 'Findings'].map((name) => `$.${name}.*.Results.*`),
];
const kinds = { Vulnerabilities: vulnerabilityOf, Misconfigurations: misconfigurationOf, Secrets: secretOf, Licenses: licenceOf } as const;
const targetFields = places.flatMap((place) => [`${place}.Target`, `${place}.Type`, `${place}.Class`]);
const resourceFields = places.slice(2).flatMap((place) => ['Namespace', 'Kind', 'Name'].map((name) => place.replace('Results.*', name)));
const resultItems = places.flatMap((place) => Object.keys(kinds).map((kind) => `${place}.${kind}.*`));

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const targets = await targetsOf(open());
  for await (const { path, value } of jsonItems(open(), resultItems)) {
    const kind = path.at(-2) as keyof typeof kinds;
    const target = targets.get(pointerOf(path.slice(0, -2))) ?? {};
    const resource = targets.get(pointerOf(path.slice(0, -4)));
    const result = objectOf(value);
    // A check that passed, or that does not apply, is no problem.
    if (kind === 'Misconfigurations' && result && (textOf(result['Status'], 20) ?? 'FAIL') !== 'FAIL') continue;
    yield result ? lineOf(kind, result, { ...resource, ...target }, path) : rejected(path, 'a result must be an object');
  }
}

function lineOf(kind: keyof typeof kinds, result: Foreign, target: Target, path: readonly (string | number)[]): ReadLine {
  const finding = kinds[kind](result, target);
  return typeof finding === 'string' ? rejected(path, finding) : { finding };
}

/** Names of targets and of the resources of a cluster, by the pointer of what they name. */
async function targetsOf(report: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, Target>> {
  const seen: Seen = new Map();
  const targets = new Map<string, Target>();
  const selectors = ['$.SchemaVersion', '$.ClusterName', '$.ArtifactName', ...targetFields, ...resourceFields];
  for await (const { path, value } of jsonItems(report, selectors, { seen, limits: { ...jsonLimits, maxItems: 1_000_000 } })) {
    const owner = pointerOf(path.slice(0, -1));
    targets.set(owner, { ...targets.get(owner), [path.at(-1) as string]: textOf(value, 1024) });
  }
  const list = seen.get('$') === 'list' && (targets.size > 0 || !seen.has('$.*'));
  const known = seen.get('$') === 'null' || list || seen.has('$.SchemaVersion') || seen.has('$.ClusterName') || seen.has('$.Results');
  if (!known) throw new ReportRefused('this is no report of Trivy', { pointer: '' });
  return targets;
}
