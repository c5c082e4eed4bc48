import type { FindingClass, Severity } from '@throughline/contracts';
import { packageOf, parsePurl, formatPurl, purlOf } from '@throughline/versions';
import type { ReportedVulnerability } from '../finding.ts';
import { objectOf, textOf, type Foreign } from '../foreign.ts';
import type { RawFinding } from '../raw.ts';
import { pointerOf } from './report-refused.ts';
import type { ReadLine } from './reader.ts';

export { objectOf, objectsOf, present, textOf, wholeOf, type Foreign } from '../foreign.ts';

/** A result that lacks what a finding needs. */
export function rejected(path: readonly (string | number)[], detail: string): ReadLine {
  return { rejected: { pointer: pointerOf(path), detail } };
}

const severityWords: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  error: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  low: 'low',
  minor: 'low',
  negligible: 'info',
  informational: 'info',
  info: 'info',
};

/** The severity that a word stands for; `medium` for what is not rated: unknown is not harmless. */
export function severityOf(word: unknown): Severity {
  const known = textOf(word, 32)?.toLowerCase() ?? '';
  return Object.hasOwn(severityWords, known) ? severityWords[known]! : 'medium';
}

/** Text out of the simple HTML that some tools write; undefined when nothing is left. */
export function plainText(value: unknown, max: number): string | undefined {
  const text = textOf(value, max * 4)?.replace(/<\/?[a-z][^<>]{0,200}>/gi, ' ');
  return textOf(text?.replace(/[ \t]+/g, ' '), max);
}

/** CWE numbers in `CWE-79`, `cwe_79: Cross-site…`, `79`, alone or in a list. */
export function cwesIn(value: unknown): readonly number[] | undefined {
  const texts = (Array.isArray(value) ? value : [value]).slice(0, 50);
  const numbers = texts.flatMap((text) => {
    const digits = /^(?:.*?\bcwe[-_: ]?)?0*(\d{1,5})\b/i.exec(String(textOf(text, 200) ?? (typeof text === 'number' ? text : '')))?.[1];
    return digits === undefined || Number(digits) === 0 ? [] : [Number(digits)];
  });
  return numbers.length === 0 ? undefined : [...new Set(numbers)].slice(0, 20);
}

/** The first web address among the values. */
export function webAddress(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value, 1024);
    if (text !== undefined && /^https?:\/\//i.test(text)) return text;
  }
  return undefined;
}

/** What a report says about a package, before it is known how the package is spelled. */
export interface NamedPackage {
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  /** OSV name. */
  readonly ecosystem?: string;
  /** Of a package URL, where it has no ecosystem that we know: `deb`, `apk`. */
  readonly purlType?: string;
}

/** The package in its canonical spelling; `generic` where its kind is not known. */
export function spelled({ name, version, purl, ecosystem, purlType }: NamedPackage): Omit<ReportedVulnerability, 'ids'> {
  const given = purl === undefined ? undefined : parsePurl(purl);
  const known = given && packageOf(given);
  const own = known?.ecosystem ?? ecosystem;
  const written =
    (given && formatPurl(version === undefined || given.version ? given : { ...given, version })) ??
    (own === undefined ? undefined : purlOf(own, known?.name ?? name, version)) ??
    formatPurl({ type: purlType ?? 'generic', ...splitName(name), ...(version !== undefined && { version }) });
  return {
    name: known?.name ?? name,
    purl: written ?? `pkg:generic/${encodeURIComponent(name)}`,
    ...(own !== undefined && { ecosystem: own }),
    ...(version !== undefined && { version }),
  };
}

function splitName(name: string): { readonly name: string; readonly namespace?: string } {
  const at = Math.max(name.lastIndexOf('/'), name.lastIndexOf(':'));
  return at <= 0 ? { name } : { name: name.slice(at + 1), namespace: name.slice(0, at).replaceAll(':', '/') };
}

const advisoryId = /^(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}|[A-Z][A-Z0-9]{1,15}-[A-Za-z0-9:._-]{2,80})$/;

/** Ids of advisories among the values, each once, in their order; `cve` and `ghsa` spelled as their publishers do. */
export function advisoryIds(...values: readonly unknown[]): readonly string[] {
  const ids = values.flat().flatMap((value) => {
    const text = textOf(value, 128);
    if (text === undefined) return [];
    const id = /^cve-/i.test(text) ? text.toUpperCase() : text.replace(/^ghsa-/i, 'GHSA-');
    return advisoryId.test(id) ? [id] : [];
  });
  return [...new Set(ids)].slice(0, 20);
}

/** A vulnerable package as a finding. */
export function vulnerable(
  fields: Omit<RawFinding, 'class' | 'rule'> & { readonly rule?: string },
  named: NamedPackage,
  more: { readonly ids: readonly string[]; readonly fixedIn?: string | undefined; readonly cvss?: number | undefined },
): RawFinding {
  const { ids, fixedIn, cvss } = more;
  return {
    class: 'vulnerability' satisfies FindingClass,
    rule: fields.rule ?? ids[0] ?? 'vulnerable-package',
    ...fields,
    vulnerability: {
      ...spelled(named),
      ids,
      ...(fixedIn !== undefined && { fixedIn }),
      ...(cvss !== undefined && { cvss }),
    },
  };
}

/** A base score that is one. */
export function scoreOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && value <= 10 ? value : undefined;
}

/** The value at a path of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here: unknown = value;
  for (const key of keys) {
    const object: Foreign | undefined = objectOf(here);
    here = object && Object.hasOwn(object, key) ? object[key] : undefined;
  }
  return here;
}
