import type { Result, Severity } from '@throughline/contracts';
import type { FactFinding, FactLicence, Facts, FactScan } from './facts.ts';
import type { Policy } from './policy.ts';
import { packageOf } from './purl.ts';
import { plainText } from './template.ts';
import type { Tolerance } from './tolerance.ts';

/** A finding as reasons name it. */
export interface NamedFinding {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly place?: string;
  readonly purl?: string;
  readonly fixedIn?: string;
  readonly cve?: string;
}

/** Why a policy did not pass. */
export interface Reason {
  readonly policy: string;
  readonly version: number;
  readonly effect: 'audit' | Exclude<Result, 'pass' | 'undecided'>;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  readonly new: boolean;
  /** At most ten; `total` counts all. */
  readonly findings: readonly NamedFinding[];
  readonly total: number;
}

/** One item that `select` picked. */
export type Picked = FactFinding | FactScan | FactLicence;

const namedFindings = 10;
/** The reason that a policy gives: texts of the worst item, the first findings by name, the rest counted. */
export function reasonOf(
  policy: Policy,
  effect: Reason['effect'],
  picked: readonly Picked[],
  about: Readonly<Record<string, string>>,
): Reason {
  const { document } = policy;
  const more = picked.length > 1 ? `and ${picked.length - 1} more` : '';
  const values = { ...about, count: String(picked.length), more, ...(picked[0] ? valuesOf(picked[0]) : {}) };
  const findings = picked.filter(isFinding);
  return {
    policy: document.name,
    version: policy.version,
    effect,
    severity: document.severity,
    message: policy.message.render(values),
    fix: policy.fix.render(values),
    new: picked.some((item) => 'new' in item && item.new),
    findings: findings.slice(0, namedFindings).map(namedFinding),
    total: picked.length,
  };
}

/** Values of the places that do not depend on what was picked. */
export function valuesAbout(facts: Facts, { application, name }: Tolerance): Readonly<Record<string, string>> {
  const { ref, commit } = facts.subject;
  return { application, tolerance: name, branch: ref.replace(/^refs\/(heads|tags)\//, ''), commit: commit.slice(0, 7) };
}

/** `path:line`, as people and editors write it. */
export function placeOf(finding: Pick<FactFinding, 'path' | 'line'>): string | undefined {
  if (finding.path === undefined) return undefined;
  return finding.line === undefined ? finding.path : `${finding.path}:${finding.line}`;
}

function isFinding(item: Picked): item is FactFinding {
  return 'id' in item;
}

function valuesOf(item: Picked): Readonly<Record<string, string>> {
  if ('seq' in item) return { tool: item.tool, class: item.finds.join(' and '), state: item.state, reason: item.reason ?? '' };
  if ('licence' in item) return { licence: item.licence, components: String(item.components), example: item.examples[0] ?? '' };
  const { name, version } = packageOf(item.purl ?? '');
  return {
    ...{ id: item.id, title: item.title, rule: item.rule, class: item.class, severity: item.severity },
    ...{ place: placeOf(item) ?? '', path: item.path ?? '', line: String(item.line ?? ''), tool: item.tools[0] ?? '' },
    ...{ purl: item.purl ?? '', package: name, version, fixedIn: item.fixedIn ?? '' },
    ...{ cve: item.cve ?? '', advisory: item.advisory ?? '' },
  };
}

/** A finding as reasons name it. */
export function namedFinding(finding: FactFinding): NamedFinding {
  const { id, severity, purl, fixedIn, cve } = finding;
  return { id, title: plainText(finding.title, 300), severity, place: placeOf(finding), purl, fixedIn, cve };
}
