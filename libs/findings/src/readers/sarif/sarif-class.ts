import type { FindingClass } from '@throughline/contracts';
import { objectOf, objectsOf, textOf, type Foreign } from '../../foreign.ts';

/** What well-known tools look for; SARIF itself has no classes. */
const tools: readonly (readonly [RegExp, FindingClass])[] = [
  [/gitleaks|trufflehog|secretlint|detect[-_ ]?secrets|ggshield|gitguardian|whispers|noseyparker|kingfisher/i, 'secret'],
  [
    /grype|osv-?scanner|dependency-?check|govulncheck|pip-audit|retire\.?js|snyk open source|cargo-(?:audit|deny)|npm[- ]audit/i,
    'vulnerability',
  ],
  [
    /checkov|tfsec|tflint|terrascan|kics|hadolint|zizmor|kubesec|kube-?linter|kubescape|polaris|actionlint|cfn[-_]?(?:lint|nag)|dockle|scorecard|regula/i,
    'configuration',
  ],
];

/** Words by which tools of several kinds tell them apart in the tags of a rule. */
const tags: readonly (readonly [RegExp, FindingClass])[] = [
  [/^secrets?$/i, 'secret'],
  [/^(?:vulnerability|vulnerable[-_ ]dependency|container[-_ ]?vulnerability)$/i, 'vulnerability'],
  [/^(?:misconfiguration|iac|infrastructure[-_ ]as[-_ ]code)$/i, 'configuration'],
  [/^licen[sc]es?$/i, 'licence'],
];

const advisoryRule = /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|(?:PYSEC|RUSTSEC|GO|OSV|MAL)-\d{4}-\d+)/i;

/** The class of the results of a tool, where nothing else says it. */
export function classOfTool(name: string | undefined): FindingClass {
  return tools.find(([pattern]) => pattern.test(name ?? ''))?.[1] ?? 'code';
}

/** The class of one result: its rule knows best, then its tool. */
export function classOfRule(id: string | undefined, rule: Foreign | undefined, ofTool: FindingClass): FindingClass {
  const words = [objectOf(rule?.['properties'])?.['tags']].flat().flatMap((tag) => textOf(tag, 100) ?? []);
  const tagged = tags.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1];
  if (tagged) return tagged;
  return id !== undefined && advisoryRule.test(id) ? 'vulnerability' : ofTool;
}

/** Whether invocations say that the tool could not do all of its work: it failed, or tells of an error on its way. */
export function brokeOff(invocations: unknown): boolean {
  return objectsOf(invocations, 100).some(
    (invocation) =>
      invocation['executionSuccessful'] === false ||
      [invocation['toolExecutionNotifications'], invocation['toolConfigurationNotifications']].some((notifications) =>
        objectsOf(notifications, 10_000).some(({ level }) => level === 'error'),
      ),
  );
}
