import { isMasked } from '../../masked.ts';
import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
  cwesIn,
  objectOf,
  present,
  scoreOf,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  wholeOf,
  type Foreign,
  type NamedPackage,
} from '../fields.ts';

/** What was looked at: a file, an image, a resource of a cluster. */
export interface Target {
  readonly Target?: string | undefined;
  readonly Type?: string | undefined;
  readonly Class?: string | undefined;
  readonly Namespace?: string | undefined;
  readonly Kind?: string | undefined;
  readonly Name?: string | undefined;
}

/** OSV names of the types that Trivy gives to lock files and packages. */
const ecosystems: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['npm', 'yarn', 'pnpm', 'bun', 'node-pkg'].map((type) => [type, 'npm'])),
  ...Object.fromEntries(['pip', 'pipenv', 'poetry', 'uv', 'pylock', 'python-pkg', 'conda-pkg'].map((type) => [type, 'PyPI'])),
  ...Object.fromEntries(['gomod', 'gobinary'].map((type) => [type, 'Go'])),
  ...Object.fromEntries(['cargo', 'rustbinary'].map((type) => [type, 'crates.io'])),
};
/** Types of package URLs of what has no ecosystem that we compare. */
const purlTypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['debian', 'ubuntu'].map((type) => [type, 'deb'])),
  ...Object.fromEntries(['alpine', 'wolfi', 'chainguard'].map((type) => [type, 'apk'])),
  ...Object.fromEntries(
    ['redhat', 'centos', 'rocky', 'alma', 'fedora', 'amazon', 'oracle', 'suse', 'opensuse', 'photon', 'azurelinux'].map((type) => [
      type,
      'rpm',
    ]),
  ),
  ...Object.fromEntries(['jar', 'pom', 'gradle', 'sbt'].map((type) => [type, 'maven'])),
  ...Object.fromEntries(['bundler', 'gemspec'].map((type) => [type, 'gem'])),
  ...Object.fromEntries(['nuget', 'dotnet-core', 'packages-props'].map((type) => [type, 'nuget'])),
  ...Object.fromEntries(['composer', 'composer-vendor'].map((type) => [type, 'composer'])),
};
const filesAreTargets = new Set(['lang-pkgs', 'config', 'secret', 'license-file']);

/** A finding, or what is missing of one. */
export function vulnerabilityOf(result: Foreign, target: Target): RawFinding | string {
  const id = textOf(result['VulnerabilityID'], 200);
  const name = textOf(result['PkgName'], 300);
  if (id === undefined || name === undefined) return 'a vulnerability names its id (VulnerabilityID) and its package (PkgName)';
  const ids = advisoryIds(id, result['VendorIDs']);
  const fixedIn = textOf(result['FixedVersion'], 128);
  return present<RawFinding>(
    vulnerable(
      present<Omit<RawFinding, 'class' | 'rule'> & { rule: string }>({
        rule: id,
        title: textOf(result['Title'], 300) ?? `${id} in ${name}`,
        description: textOf(result['Description'], 2000),
        severity: severityOf(result['Severity']),
        cwe: cwesIn(result['CweIDs']),
        help: webAddress(result['PrimaryURL']),
        path: textOf(result['PkgPath'], 1024) ?? fileOf(target),
        resource: resourceOf(target),
      }),
      packageOf(result, name, target),
      { ids: ids.length === 0 ? [id] : ids, fixedIn, cvss: cvssOf(result) },
    ),
  );
}

export function misconfigurationOf(result: Foreign, target: Target): RawFinding | string {
  const id = textOf(result['AVDID'], 200) ?? textOf(result['ID'], 200);
  if (id === undefined) return 'a misconfiguration names its check (ID)';
  const cause = objectOf(result['CauseMetadata']);
  return present<RawFinding>({
    class: 'configuration',
    rule: id,
    title: textOf(result['Title'], 300) ?? id,
    description: textOf(result['Message'], 2000) ?? textOf(result['Description'], 2000),
    severity: severityOf(result['Severity']),
    help: webAddress(result['PrimaryURL']),
    path: fileOf(target),
    line: wholeOf(cause?.['StartLine'], 1),
    resource: textOf(cause?.['Resource'], 500) ?? resourceOf(target),
  });
}

/** Trivy masks the value itself; what it quotes is not taken over. */
export function secretOf(result: Foreign, target: Target): RawFinding | string {
  const rule = textOf(result['RuleID'], 200);
  if (rule === undefined) return 'a secret names its rule (RuleID)';
  const match = textOf(result['Match'], 64 * 1024);
  return present<RawFinding>({
    class: 'secret',
    rule,
    title: textOf(result['Title'], 300) ?? rule,
    severity: severityOf(result['Severity']),
    cwe: [798],
    path: fileOf(target) ?? target.Target,
    line: wholeOf(result['StartLine'], 1),
    secret: match === undefined || isMasked(match) ? undefined : match,
  });
}

export function licenceOf(result: Foreign, target: Target): RawFinding | string {
  const name = textOf(result['Name'], 200);
  if (name === undefined) return 'a licence has a name (Name)';
  const owner = textOf(result['PkgName'], 300) ?? textOf(result['FilePath'], 1024);
  return present<RawFinding>({
    class: 'licence',
    rule: name,
    title: owner === undefined ? `Licence ${name}` : `Licence ${name} of ${owner}`.slice(0, 300),
    severity: severityOf(result['Severity']),
    help: webAddress(result['Link']),
    path: textOf(result['FilePath'], 1024) ?? fileOf(target),
    resource: textOf(result['PkgName'], 300),
    confidence: textOf(result['Category'], 20)?.toLowerCase(),
  });
}

function packageOf(result: Foreign, name: string, { Type: type = '' }: Target): NamedPackage {
  return present<NamedPackage>({
    name,
    version: textOf(result['InstalledVersion'], 200),
    purl: textOf(at(result, 'PkgIdentifier', 'PURL'), 1024),
    ecosystem: Object.hasOwn(ecosystems, type) ? ecosystems[type] : undefined,
    purlType: Object.hasOwn(purlTypes, type) ? purlTypes[type] : undefined,
  });
}

/** The score of the source that rates the severity, else of NVD, else the highest; version 4, then 3. */
function cvssOf(result: Foreign): number | undefined {
  const sources = objectOf(result['CVSS']) ?? {};
  const preferred = textOf(result['SeveritySource'], 64) ?? '';
  const order = [preferred, 'nvd', ...Object.keys(sources)].filter((name) => Object.hasOwn(sources, name));
  for (const name of order) {
    const score = scoreOf(at(sources[name], 'V40Score')) ?? scoreOf(at(sources[name], 'V3Score'));
    if (score !== undefined) return score;
  }
  return undefined;
}

function fileOf({ Target: target, Class: kind }: Target): string | undefined {
  return target !== undefined && (kind === undefined ? false : filesAreTargets.has(kind)) ? target : undefined;
}

function resourceOf({ Namespace: namespace, Kind: kind, Name: name, Target: target, Class: of }: Target): string | undefined {
  if (kind !== undefined && name !== undefined) return [namespace, kind, name].filter(Boolean).join('/');
  return of === 'os-pkgs' ? target : undefined;
}
