import type { RawFinding } from '../../raw.ts';
import {
  advisoryIds,
  at,
  cwesIn,
  objectsOf,
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

/** What a report says about the project that was tested. */
export interface Project {
  readonly displayTargetFile?: string | undefined;
  readonly targetFile?: string | undefined;
  /** Folder of the project, or name of the image. */
  readonly path?: string | undefined;
  readonly packageManager?: string | undefined;
  readonly projectName?: string | undefined;
  readonly error?: string | undefined;
  /** It is an application in an image. */
  readonly inImage?: boolean;
}

/** OSV names of the package managers of Snyk. */
const ecosystems: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['npm', 'yarn', 'pnpm'].map((manager) => [manager, 'npm'])),
  ...Object.fromEntries(['pip', 'pipenv', 'poetry', 'setuptools'].map((manager) => [manager, 'PyPI'])),
  ...Object.fromEntries(['maven', 'gradle', 'sbt'].map((manager) => [manager, 'Maven'])),
  ...Object.fromEntries(['golang', 'gomodules', 'golangdep', 'govendor'].map((manager) => [manager, 'Go'])),
  ...{ nuget: 'NuGet', paket: 'NuGet', rubygems: 'RubyGems', composer: 'Packagist', cargo: 'crates.io' },
};
/** Types of package URLs of distributions; the release follows after a colon (`debian:11`). */
const purlTypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['deb', 'debian', 'ubuntu'].map((name) => [name, 'deb'])),
  ...Object.fromEntries(['apk', 'alpine', 'wolfi', 'chainguard'].map((name) => [name, 'apk'])),
  ...Object.fromEntries(['rpm', 'rhel', 'centos', 'sles', 'oracle', 'amzn', 'rocky', 'fedora', 'almalinux'].map((name) => [name, 'rpm'])),
  ...{ cocoapods: 'cocoapods', swift: 'swift', hex: 'hex', pub: 'pub' },
};

/** A vulnerable package, or a package whose licence is not allowed; or what is missing of it. */
export function issueOf(issue: Foreign, project: Project): RawFinding | string {
  const id = textOf(issue['id'], 200);
  const name = textOf(issue['packageName'], 300) ?? textOf(issue['moduleName'], 300) ?? nameOf(issue);
  if (id === undefined || name === undefined) return 'an issue names its id and its package (packageName)';
  const common = commonOf(issue, id, project);
  const licence = textOf(issue['license'], 200);
  if (licence !== undefined || issue['type'] === 'license') {
    return present<RawFinding>({
      ...common,
      class: 'licence',
      title: `Licence ${licence ?? 'problem'} of ${name}`.slice(0, 300),
      resource: name,
    });
  }
  const ids = advisoryIds(at(issue, 'identifiers', 'CVE'), at(issue, 'identifiers', 'GHSA'), id, at(issue, 'identifiers', 'ALTERNATIVE'));
  return vulnerable(common, packageOf(issue, name, project), {
    ids: ids.length === 0 ? [id] : ids,
    fixedIn: fixesOf(issue),
    cvss: scoreOf(issue['cvssScore']),
  });
}

export function misconfigurationOf(issue: Foreign, project: Project): RawFinding | string {
  const id = textOf(issue['id'], 200) ?? textOf(issue['publicId'], 200);
  if (id === undefined) return 'an issue names its rule (id)';
  const where = Array.isArray(issue['path']) ? issue['path'].flatMap((step) => textOf(step, 200) ?? []) : [];
  const description = [at(issue, 'iacDescription', 'issue'), at(issue, 'iacDescription', 'impact'), at(issue, 'iacDescription', 'resolve')];
  return present<RawFinding>({
    class: 'configuration',
    rule: id,
    title: textOf(issue['title'], 300) ?? id,
    description: textOf(description.flatMap((text) => textOf(text, 1000) ?? []).join('\n'), 2000),
    severity: severityOf(issue['severity']),
    help: webAddress(issue['documentation'], issue['url']),
    path: project.targetFile ?? project.displayTargetFile ?? project.path,
    line: wholeOf(issue['lineNumber'], 1),
    resource: where.length === 0 ? undefined : where.join('.').slice(0, 500),
  });
}

/** Reports of others name their results, too; here it is a package only beside its version. */
function nameOf(issue: Foreign): string | undefined {
  return textOf(issue['version'], 200) === undefined ? undefined : textOf(issue['name'], 300);
}

function commonOf(issue: Foreign, id: string, project: Project): Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string } {
  const links = objectsOf(issue['references'], 20).map((reference) => reference['url']);
  const file = project.displayTargetFile ?? project.targetFile;
  return present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
    rule: id,
    title: textOf(issue['title'], 300) ?? id,
    description: textOf(issue['description'], 2000),
    severity: severityOf(issue['severityWithCritical'] ?? issue['severity']),
    cwe: cwesIn(at(issue, 'identifiers', 'CWE')),
    help: /^(?:snyk:lic|SNYK-|npm:)/.test(id) ? `https://security.snyk.io/vuln/${encodeURIComponent(id)}` : webAddress(...links),
    path: file,
    // An image is no file of a repository; its name says what was looked at.
    resource: file === undefined || project.inImage === true ? project.path : undefined,
  });
}

function packageOf(issue: Foreign, name: string, project: Project): NamedPackage {
  const manager = (textOf(issue['packageManager'], 64) ?? project.packageManager ?? '').split(':')[0]!.toLowerCase();
  return present<NamedPackage>({
    name,
    version: textOf(issue['version'], 200),
    ecosystem: Object.hasOwn(ecosystems, manager) ? ecosystems[manager] : undefined,
    purlType: Object.hasOwn(purlTypes, manager) ? purlTypes[manager] : undefined,
    purl: undefined,
  });
}

function fixesOf(issue: Foreign): string | undefined {
  const nearest = textOf(issue['nearestFixedInVersion'], 128);
  const all = Array.isArray(issue['fixedIn']) ? issue['fixedIn'].slice(0, 20).flatMap((version) => textOf(version, 64) ?? []) : [];
  return nearest ?? (all.length === 0 ? undefined : all.join(', ').slice(0, 128));
}
