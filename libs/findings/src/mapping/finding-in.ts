import type { FindingClass } from '@throughline/contracts';
import { findingClasses } from '../finding-classes.ts';
import { isMasked } from '../masked.ts';
import type { RawFinding } from '../raw.ts';
import {
  advisoryIds,
  cwesIn,
  present,
  scoreOf,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  wholeOf,
  type NamedPackage,
} from '../readers/fields.ts';
import { normaliseSnippet } from '../snippet.ts';
import type { Mapping } from './mapping.ts';
import { scalarText } from './path.ts';
import type { Value } from './value.ts';

/** The longest secret that is taken over, as in the readers of secrets. */
const longestSecret = 64 * 1024;

type Fields = ReadonlyMap<string, Value>;

/** The finding that a result is, or what it lacks. */
export function findingIn(mapping: Mapping, result: unknown): RawFinding | string {
  const { fields, packageFields, needs, finds } = mapping;
  const missing = needs.filter((field) => textAt(...placeOf(mapping, field), result, 4096) === undefined);
  if (missing.length > 0) return `a result says its ${missing.join(', ')}`;
  const said = textAt(fields, 'class', result, 50);
  const kind = findingClasses.find((one) => one === said);
  if (kind === undefined || !finds.includes(kind)) return `a result is one of ${finds.join(', ')}`;
  const rule = textAt(fields, 'rule', result, 200);
  if (rule === undefined) return 'a result says its rule';
  const finding = { ...placed(fields, result), ...described(fields, result, kind, rule) };
  const named = packageIn(packageFields, result);
  if (kind !== 'vulnerability') return present<RawFinding>(finding);
  if (named === undefined) return 'a vulnerability names its package';
  return present<RawFinding>(vulnerable(present<RawFinding>(finding), named, vulnerabilityIn(packageFields, result, rule)));
}

function placeOf({ fields, packageFields }: Mapping, field: string): readonly [Fields, string] {
  return field.startsWith('package.') ? [packageFields, field.slice('package.'.length)] : [fields, field];
}

type Unsure<T> = { [K in keyof T]: T[K] | undefined };

function described(
  fields: Fields,
  result: unknown,
  kind: FindingClass,
  rule: string,
): Unsure<Pick<RawFinding, 'class' | 'rule' | 'title' | 'severity'>> &
  Unsure<Pick<RawFinding, 'description' | 'cwe' | 'help' | 'confidence' | 'secret' | 'hides' | 'fingerprints'>> {
  const secret = textAt(fields, 'secret', result, longestSecret);
  const fingerprint = textAt(fields, 'fingerprint', result, 500);
  return {
    class: kind,
    rule,
    title: textAt(fields, 'title', result, 300) ?? rule,
    severity: severityOf(textAt(fields, 'severity', result, 32)),
    description: textOf(textsAt(fields, 'description', result).join('\n'), 2000),
    cwe: cwesIn(allAt(fields, 'cwe', result)),
    help: webAddress(...allAt(fields, 'help', result)),
    confidence: textAt(fields, 'confidence', result, 20)?.toLowerCase(),
    secret: kind !== 'secret' || secret === undefined || isMasked(secret) ? undefined : secret,
    hides: hidden(fields, result, secret),
    fingerprints: fingerprint === undefined ? undefined : { tool: fingerprint },
  };
}

function placed(
  fields: Fields,
  result: unknown,
): Unsure<Pick<RawFinding, 'path' | 'line' | 'endLine' | 'column' | 'resource' | 'snippet'>> {
  const snippet = textAt(fields, 'snippet', result, 20_000);
  const [line, endLine] = [lineAt(fields, 'line', result), lineAt(fields, 'endLine', result)];
  return {
    path: textAt(fields, 'path', result, 4096),
    line,
    endLine,
    column: lineAt(fields, 'column', result),
    resource: textAt(fields, 'resource', result, 500),
    snippet: snippet === undefined ? undefined : normaliseSnippet(quoted(snippet, line, endLine)),
  };
}

/** The lines of the finding among those that a tool quotes, each behind its number: what stands around it changes with its neighbours. */
function quoted(snippet: string, line: number | undefined, endLine = line): string {
  const lines = snippet
    .trimEnd()
    .split('\n')
    .map((text) => /^\s{0,8}(\d{1,9})[:|] ?(.*)$/s.exec(text));
  if (line === undefined || lines.some((match) => match === null)) return snippet;
  return lines.flatMap((match) => (Number(match![1]) >= line && Number(match![1]) <= (endLine ?? line) ? [match![2]!] : [])).join('\n');
}

/** Texts that no other field may show; a very short one would be found everywhere. */
function hidden(fields: Fields, result: unknown, secret: string | undefined): readonly string[] | undefined {
  const values = [...allAt(fields, 'hides', result).map((value) => textOf(value, longestSecret)), secret];
  const texts = [...new Set(values.filter((value) => value !== undefined && value.length >= 4 && !isMasked(value)))];
  return texts.length === 0 ? undefined : (texts as readonly string[]);
}

function packageIn(fields: Fields, result: unknown): NamedPackage | undefined {
  const name = textAt(fields, 'name', result, 300);
  if (name === undefined) return undefined;
  return present<NamedPackage>({
    name,
    version: textAt(fields, 'version', result, 200),
    purl: textAt(fields, 'purl', result, 1024),
    ecosystem: textAt(fields, 'ecosystem', result, 50),
    purlType: textAt(fields, 'purlType', result, 50),
  });
}

function vulnerabilityIn(
  fields: Fields,
  result: unknown,
  rule: string,
): { ids: readonly string[]; fixedIn?: string | undefined; cvss?: number | undefined } {
  const ids = advisoryIds(...allAt(fields, 'ids', result));
  const [score] = allAt(fields, 'cvss', result);
  return {
    ids: ids.length === 0 ? [rule] : ids,
    fixedIn: textAt(fields, 'fixedIn', result, 128),
    cvss: scoreOf(typeof score === 'string' ? Number(score) : score),
  };
}

function allAt(fields: Fields, field: string, result: unknown): readonly unknown[] {
  return (fields.get(field)?.(result) ?? []).flat();
}

function textsAt(fields: Fields, field: string, result: unknown): readonly string[] {
  return allAt(fields, field, result)
    .flatMap((value) => scalarText(value) ?? [])
    .slice(0, 50);
}

function textAt(fields: Fields, field: string, result: unknown, max: number): string | undefined {
  for (const value of textsAt(fields, field, result)) {
    const text = textOf(value, max);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Some tools write their numbers as texts, and a range where the finding has several lines (`12-15`): the first counts. */
function lineAt(fields: Fields, field: string, result: unknown): number | undefined {
  const digits = /^(\d{1,9})(?:-\d{1,9})?$/.exec(textAt(fields, field, result, 30) ?? '')?.[1];
  return wholeOf(digits === undefined ? undefined : Number(digits), 1);
}
