import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  objectOf,
  objectsOf,
  present,
  rejected,
  scoreOf,
  textOf,
  vulnerable,
  webAddress,
  type Foreign,
  type NamedPackage,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

/**
 * The vulnerability report of Clair 4 (`clairctl report --out json`, `GET /matcher/api/v1/vulnerability_report/{digest}`): packages,
 * vulnerabilities, and which has which, by ids that mean nothing outside of it. A finding is a vulnerability of a package.
 */
export const clair4: ReportReader = {
  name: 'clair-4',
  title: 'Clair 4 JSON',
  finds: ['vulnerability'],
  passes: 2,
  marks: ['$.manifest_hash', '$.packages', '$.package_vulnerabilities', '$.vulnerabilities'],
  recognises: (head) => head.has('$.manifest_hash', '$.packages') || head.has('$.package_vulnerabilities', '$.vulnerabilities'),
  read,
};

interface Package extends NamedPackage {
  readonly path?: string;
}

/** What vulnerabilities refer to, by id. */
interface Parts {
  readonly packages: Map<string, Foreign>;
  readonly distributions: Map<string, string>;
  readonly environments: Map<string, Foreign>;
  /** Packages of a vulnerability. */
  readonly affected: Map<string, string[]>;
  readonly scores: Map<string, number>;
}

const severities: Readonly<Record<string, Severity>> = {
  ...{ critical: 'critical', high: 'high', medium: 'medium', low: 'low', negligible: 'info' },
};
const systems: Readonly<Record<string, string>> = {
  ...{ debian: 'deb', ubuntu: 'deb', alpine: 'apk', wolfi: 'apk', chainguard: 'apk' },
  ...{
    rhel: 'rpm',
    centos: 'rpm',
    fedora: 'rpm',
    ol: 'rpm',
    amzn: 'rpm',
    sles: 'rpm',
    opensuse: 'rpm',
    photon: 'rpm',
    rocky: 'rpm',
    almalinux: 'rpm',
  },
};
/** What stands before the path of a package that is of no distribution. */
const languages: Readonly<Record<string, string>> = { python: 'PyPI', maven: 'Maven', ruby: 'RubyGems', nodejs: 'npm', go: 'Go' };

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const parts = await partsOf(open, seen);
  for await (const { path, value } of jsonItems(open(), ['$.vulnerabilities.*'], { seen })) {
    const vulnerability = objectOf(value);
    if (!vulnerability) yield rejected(path, 'a vulnerability must be an object');
    else yield* linesOf(vulnerability, path, parts);
  }
  for (const name of ['vulnerabilities', 'package_vulnerabilities'])
    if (!['object', 'null'].includes(seen.get(`$.${name}`) ?? ''))
      throw new ReportRefused('this is no report of Clair 4', { pointer: `/${name}` });
}

async function partsOf(open: OpenReport, seen: Seen): Promise<Parts> {
  const parts: Parts = { packages: new Map(), distributions: new Map(), environments: new Map(), affected: new Map(), scores: new Map() };
  const { packages, distributions, environments, affected, scores } = parts;
  const wanted = ['packages', 'distributions', 'environments', 'package_vulnerabilities'].map((name) => `$.${name}.*`);
  for await (const { path, value } of jsonItems(open(), [...wanted, '$.enrichments.*.*'], { seen })) {
    const [kind, id] = [String(path[0]), String(path[1])];
    const object = objectOf(value);
    if (kind === 'package_vulnerabilities')
      for (const one of Array.isArray(value) ? value.map(String) : []) affected.set(one, [...(affected.get(one) ?? []), id]);
    else if (kind === 'enrichments') noteScores(object, scores);
    else if (kind === 'environments') environments.set(id, objectsOf(value)[0] ?? {});
    else if (kind === 'distributions') distributions.set(id, textOf(object?.['did'], 60)?.toLowerCase() ?? '');
    else if (object) packages.set(id, object);
  }
  return parts;
}

/** The enricher of scores writes lists of CVSS by the id of the vulnerability. */
function noteScores(enrichment: Foreign | undefined, scores: Map<string, number>): void {
  for (const [id, list] of Object.entries(enrichment ?? {})) {
    const score = objectsOf(list)
      .map((one) => scoreOf(one['baseScore']))
      .find((one) => one !== undefined);
    if (score !== undefined) scores.set(id, score);
  }
}

function* linesOf(vulnerability: Foreign, path: readonly (string | number)[], parts: Parts): Iterable<ReadLine> {
  const key = String(path.at(-1));
  const name = textOf(vulnerability['name'], 300);
  if (name === undefined) {
    yield rejected(path, 'a vulnerability has a name');
    return;
  }
  for (const id of parts.affected.get(key) ?? []) {
    const found = packageOf(id, parts);
    if (!found) yield rejected(path, `its package ${id.slice(0, 60)} is not in the report`);
    else yield { finding: findingOf(vulnerability, name, found, parts.scores.get(key)) };
  }
}

function packageOf(id: string, { packages, environments, distributions }: Parts): Package | undefined {
  const one = packages.get(id);
  const name = textOf(one?.['name'], 300);
  if (name === undefined) return undefined;
  const environment = environments.get(id);
  const [before, ...behind] = (textOf(environment?.['package_db'], 500) ?? '').split(':');
  const named = { name, version: textOf(one?.['version'], 200) };
  const ecosystem = behind.length > 0 && Object.hasOwn(languages, before!) ? languages[before!] : undefined;
  if (ecosystem !== undefined) return present<Package>({ ...named, ecosystem, path: behind.join(':') });
  const distribution = distributions.get(textOf(environment?.['distribution_id'], 100) ?? '') ?? '';
  return present<Package>({ ...named, purlType: Object.hasOwn(systems, distribution) ? systems[distribution] : undefined });
}

function findingOf(vulnerability: Foreign, name: string, { path, ...named }: Package, cvss: number | undefined): RawFinding {
  // Some of its sources write a sentence: "CVE-2020-1234 on Ubuntu 20.04 LTS (focal) - medium."
  const ids = advisoryIds(name, /\bCVE-\d{4}-\d{4,}\b/i.exec(name)?.[0]);
  const severity = textOf(vulnerability['normalized_severity'], 30)?.toLowerCase() ?? '';
  const fixed = textOf(vulnerability['fixed_in_version'], 200);
  return vulnerable(
    present<Omit<RawFinding, 'class'>>({
      rule: ids[0] ?? name.slice(0, 200),
      title: `${ids[0] ?? name.slice(0, 100)} in ${named.name}`,
      severity: Object.hasOwn(severities, severity) ? severities[severity]! : 'medium',
      description: textOf(vulnerability['description'], 2000),
      help: webAddress(...(textOf(vulnerability['links'], 2000)?.split(/\s+/, 5) ?? [])),
      path,
    }),
    named,
    { ids, fixedIn: fixed === '0' ? undefined : fixed, cvss },
  );
}
