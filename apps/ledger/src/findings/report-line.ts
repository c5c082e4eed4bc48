import { findingClasses, severities, type FindingClass, type Severity } from '@throughline/contracts';
import {
  present,
  type Component,
  type Finding,
  type Location,
  type ReportedVulnerability,
  type ReportLine,
  type SecretDigest,
  type SecretTrace,
} from '@throughline/findings';

type Json = Readonly<Record<string, unknown>>;

const greatestInt = 2 ** 31 - 1;

/**
 * A line of a report with every field in the bounds of facts and tables; undefined when it is neither a finding nor a
 * component. What only describes is dropped when it has the wrong shape, what identifies must be there.
 */
export function readReportLine(text: string): ReportLine | undefined {
  const line = objectOf(parse(text));
  if (line?.['kind'] === 'finding') {
    const finding = findingOf(objectOf(line['finding']) ?? {});
    return finding && { kind: 'finding', finding };
  }
  if (line?.['kind'] === 'component') {
    const component = componentOf(objectOf(line['component']) ?? {});
    return component && { kind: 'component', component };
  }
  if (line?.['kind'] === 'dependency') return { kind: 'dependency', dependency: dependencyOf(objectOf(line['dependency']) ?? {}) };
  return undefined;
}

function findingOf(json: Json): Finding | undefined {
  const rule = textOf(json['rule'], 200);
  const title = textOf(json['title'], 300) ?? rule;
  const kind = json['class'] as FindingClass;
  const severity = json['severity'] as Severity;
  if (rule === undefined || title === undefined || !findingClasses.includes(kind) || !severities.includes(severity)) return undefined;
  return present<Finding>({
    class: kind,
    rule,
    title,
    severity,
    description: textOf(json['description'], 2_000),
    cwe: Array.isArray(json['cwe']) ? json['cwe'].flatMap((number) => wholeOf(number, 1) ?? []).slice(0, 20) : undefined,
    help: textOf(json['help'], 1_024),
    location: locationOf(objectOf(json['location'])),
    fingerprints: textsOf(objectOf(json['fingerprints'])),
    secret: secretOf(objectOf(json['secret'])),
    resource: textOf(json['resource'], 512),
    confidence: textOf(json['confidence'], 32),
    vulnerability: vulnerabilityOf(objectOf(json['vulnerability'])),
  });
}

function componentOf(json: Json): Component | undefined {
  const [purl, ecosystem] = [textOf(json['purl'], 512), textOf(json['ecosystem'], 64)];
  // An SBOM may list what nobody knows the version of.
  const version = json['version'] === '' ? '' : textOf(json['version'], 256);
  const [name, manifest] = [textOf(json['name'], 300), textOf(json['manifest'], 1_024)];
  if (purl === undefined || ecosystem === undefined || name === undefined || version === undefined || manifest === undefined)
    return undefined;
  const { scope, via, hashes } = json;
  return present<Component>({
    purl,
    ecosystem,
    name,
    version,
    manifest,
    line: wholeOf(json['line'], 1),
    direct: json['direct'] === true,
    scope: scope === 'runtime' || scope === 'development' ? scope : 'unknown',
    licence: textOf(json['licence'], 200),
    via: Array.isArray(via) ? via.slice(0, 20).flatMap((step) => textOf(step, 300) ?? []) : undefined,
    kind: textOf(json['kind'], 32),
    hashes: Array.isArray(hashes) ? hashes.slice(0, 20).flatMap((hash) => textOf(hash, 160) ?? []) : undefined,
  });
}

/** Places of components; what leads to none is found out when they are there. */
function dependencyOf({ from, to }: Json): { readonly from?: number; readonly to: readonly number[] } {
  const start = wholeOf(from, 0);
  return { ...(start !== undefined && { from: start }), to: Array.isArray(to) ? to.flatMap((one) => wholeOf(one, 0) ?? []) : [] };
}

function vulnerabilityOf(json: Json | undefined): ReportedVulnerability | undefined {
  const [name, purl] = [textOf(json?.['name'], 300), textOf(json?.['purl'], 512)];
  if (json === undefined || name === undefined || purl === undefined) return undefined;
  const { ids, cvss } = json;
  return present<ReportedVulnerability>({
    ids: Array.isArray(ids) ? ids.slice(0, 20).flatMap((id) => textOf(id, 128) ?? []) : [],
    ecosystem: textOf(json['ecosystem'], 64),
    name,
    version: textOf(json['version'], 256),
    purl,
    fixedIn: textOf(json['fixedIn'], 128),
    cvss: typeof cvss === 'number' && cvss > 0 && cvss <= 10 ? cvss : undefined,
  });
}

function locationOf(json: Json | undefined): Location | undefined {
  const path = textOf(json?.['path'], 1_024);
  if (path === undefined) return undefined;
  return present<Location>({
    path,
    line: wholeOf(json?.['line'], 1),
    column: wholeOf(json?.['column'], 1),
    snippet: textOf(json?.['snippet'], 500),
  });
}

function secretOf(json: Json | undefined): SecretTrace | undefined {
  const digest = digestOf(json);
  const before = json?.['former'];
  const former = Array.isArray(before) ? before.slice(0, 10).flatMap((one) => digestOf(objectOf(one)) ?? []) : [];
  return digest && { ...digest, preview: textOf(json?.['preview'], 200) ?? '', ...(former.length > 0 && { former }) };
}

function digestOf(json: Json | undefined): SecretDigest | undefined {
  const [scheme, hmac] = [textOf(json?.['scheme'], 64), textOf(json?.['hmac'], 128)];
  return scheme === undefined || hmac === undefined ? undefined : { scheme, hmac };
}

function textsOf(json: Json | undefined): Readonly<Record<string, string>> | undefined {
  if (!json) return undefined;
  const texts = Object.entries(json)
    .slice(0, 50)
    .flatMap(([name, value]) => {
      const text = textOf(value, 512);
      return text === undefined ? [] : [[name, text] as const];
    });
  return Object.fromEntries(texts);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Postgres has no NUL in text, and facts have bounded fields. */
function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = value.replaceAll('\0', '').slice(0, max);
  return clean.trim() === '' ? undefined : clean;
}

function wholeOf(value: unknown, min: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= greatestInt ? value : undefined;
}
