import { isMasked } from '../../masked.ts';
import type { RawFinding } from '../../raw.ts';
import { advisoryIds, present, scoreOf, severityOf, textOf, vulnerable, webAddress, type Foreign, type NamedPackage } from '../fields.ts';

/** What a report of the operator is about. */
export interface Resource {
  readonly namespace?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly container?: string | undefined;
  /** Family of the operating system in the image. */
  readonly os?: string | undefined;
  readonly image?: string | undefined;
}

type Result = RawFinding | string | undefined;

const packageTypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['debian', 'ubuntu'].map((os) => [os, 'deb'])),
  ...Object.fromEntries(['alpine', 'wolfi', 'chainguard'].map((os) => [os, 'apk'])),
  ...Object.fromEntries(
    ['redhat', 'centos', 'rocky', 'alma', 'fedora', 'amazon', 'oracle', 'suse', 'opensuse', 'photon', 'azurelinux'].map((os) => [
      os,
      'rpm',
    ]),
  ),
};
/** OSV names of the types that Trivy gives to packages of languages. */
const ecosystems: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['npm', 'yarn', 'pnpm', 'node-pkg'].map((type) => [type, 'npm'])),
  ...Object.fromEntries(['pip', 'pipenv', 'poetry', 'python-pkg'].map((type) => [type, 'PyPI'])),
  ...Object.fromEntries(['gomod', 'gobinary'].map((type) => [type, 'Go'])),
  ...Object.fromEntries(['jar', 'pom', 'gradle'].map((type) => [type, 'Maven'])),
  ...Object.fromEntries(['cargo', 'rustbinary'].map((type) => [type, 'crates.io'])),
  ...{ bundler: 'RubyGems', gemspec: 'RubyGems', nuget: 'NuGet', 'dotnet-core': 'NuGet', composer: 'Packagist' },
};

export function vulnerabilityOf(result: Foreign, resource: Resource): Result {
  const id = textOf(result['vulnerabilityID'], 200);
  const name = textOf(result['resource'], 300);
  if (id === undefined || name === undefined) return 'a vulnerability names its id (vulnerabilityID) and its package (resource)';
  const ids = advisoryIds(id);
  const type = textOf(result['packageType'], 64)?.toLowerCase() ?? '';
  const os = (type || (resource.os ?? '')).toLowerCase();
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: id,
      title: textOf(result['title'], 300) ?? `${id} in ${name}`,
      description: textOf(result['description'], 2000),
      severity: severityOf(result['severity']),
      help: webAddress(result['primaryLink']),
      path: textOf(result['packagePath'], 1024),
      resource: resourceOf(resource),
    }),
    present<NamedPackage>({
      name,
      version: textOf(result['installedVersion'], 200),
      purl: textOf(result['packagePURL'], 1024),
      ecosystem: Object.hasOwn(ecosystems, type) ? ecosystems[type] : undefined,
      purlType: Object.hasOwn(packageTypes, os) ? packageTypes[os] : undefined,
    }),
    { ids: ids.length === 0 ? [id] : ids, fixedIn: textOf(result['fixedVersion'], 128), cvss: scoreOf(result['score']) },
  );
}

export function checkOf(check: Foreign, resource: Resource): Result {
  if (check['success'] === true) return undefined;
  const title = textOf(check['title'], 300);
  const rule = ruleOf(check['checkID']) ?? textOf(title, 200);
  if (rule === undefined) return 'a check has an id (checkID) or a title';
  return configuration(check, rule, { title: title ?? rule, severity: severityOf(check['severity']), resource: resourceOf(resource) });
}

/** A check of a benchmark, below the control that asks for it. */
export function complianceCheckOf(check: Foreign, control: Foreign): Result {
  if (check['success'] === true) return undefined;
  const rule = ruleOf(check['checkID']) ?? textOf(control['id'], 200);
  if (rule === undefined) return 'a check has an id (checkID), or the control that asks for it';
  const severity = textOf(check['severity'], 20) ?? control['severity'];
  const title = textOf(check['title'], 300) ?? textOf(control['name'], 300) ?? rule;
  return configuration(check, rule, { title, severity: severityOf(severity), resource: textOf(check['target'], 500) });
}

/** A control of which only is counted how often it failed. */
export function controlOf(control: Foreign, _resource: Resource): Result {
  if (!(Number(control['totalFail'] ?? 0) > 0)) return undefined;
  const rule = textOf(control['id'], 200);
  if (rule === undefined) return 'a control has an id';
  return configuration(control, rule, {
    title: textOf(control['name'], 300) ?? rule,
    severity: severityOf(control['severity']),
    resource: 'cluster',
  });
}

/** Trivy masks the value itself; what it quotes around it is not taken over. */
export function secretOf(result: Foreign, resource: Resource): Result {
  const rule = textOf(result['ruleID'], 200);
  if (rule === undefined) return 'a secret names its rule (ruleID)';
  const match = textOf(result['match'], 64 * 1024);
  return present<RawFinding>({
    class: 'secret',
    rule,
    title: textOf(result['title'], 300) ?? rule,
    severity: severityOf(result['severity']),
    cwe: [798],
    path: textOf(result['target'], 1024),
    resource: resourceOf(resource),
    secret: match === undefined || isMasked(match) ? undefined : match,
  });
}

/** `KSV014` is written `AVD-KSV-0014` elsewhere: one rule, one name. */
function ruleOf(id: unknown): string | undefined {
  const text = textOf(id, 200);
  const short = /^(KSV|KCV)-?(\d{1,4})$/.exec(text ?? '');
  return short ? `AVD-${short[1]!}-${short[2]!.padStart(4, '0')}` : text;
}

function configuration(
  check: Foreign,
  rule: string,
  known: { readonly title: string; readonly severity: RawFinding['severity']; readonly resource: string | undefined },
): RawFinding {
  const messages = Array.isArray(check['messages']) ? check['messages'].slice(0, 5).flatMap((text) => textOf(text, 500) ?? []) : [];
  const texts = [...messages, textOf(check['description'], 1000), textOf(check['remediation'], 500)];
  return present<RawFinding>({
    class: 'configuration',
    rule,
    ...known,
    description: textOf([...new Set(texts.filter(Boolean))].join('\n'), 2000),
    help: /^AVD-/.test(rule) ? `https://avd.aquasec.com/misconfig/${encodeURIComponent(rule.toLowerCase())}` : undefined,
  });
}

function resourceOf({ namespace, kind, name, container, image }: Resource): string | undefined {
  if (kind !== undefined && name !== undefined) return [namespace, kind, name, container].filter(Boolean).join('/').slice(0, 500);
  return image;
}
