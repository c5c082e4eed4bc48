import type { Severity } from '@throughline/contracts';
import { severityOf as bandOf } from '@throughline/versions';
import { attribute, child, children, childText, type XmlElement } from '../../xml/xml-element.ts';
import { at, cwesIn, objectsOf, scoreOf, severityOf, textOf, type Foreign } from '../fields.ts';

/** A component by which something may be affected. */
export interface Part {
  readonly ref?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
}

/** A vulnerability as a BOM has it, whichever way it is written. */
export interface Vulnerability {
  readonly id: string | undefined;
  readonly references: readonly string[];
  readonly severity: Severity;
  readonly score: number | undefined;
  readonly cwes: readonly number[] | undefined;
  readonly description: string | undefined;
  readonly links: readonly string[];
  /** References to components. */
  readonly affects: readonly string[];
}

interface Rating {
  readonly method: string;
  readonly severity: string | undefined;
  readonly score: number | undefined;
}

const most = 10_000;
const deepest = 64;

/** A component and those that lie in it. */
export function* componentsOf(component: Foreign, depth = 0): Iterable<Part> {
  const name = textOf(component['name'], 300);
  if (name !== undefined) {
    const version = textOf(component['version'], 200);
    yield { ref: textOf(component['bom-ref'], 1024), name, version, purl: textOf(component['purl'], 1024) };
  }
  if (depth < deepest) for (const inner of objectsOf(component['components'], most)) yield* componentsOf(inner, depth + 1);
}

export function* componentsIn(component: XmlElement): Iterable<Part> {
  const part = partIn(component);
  if (part) yield part;
  for (const inner of children(child(component, 'components'), 'component', most)) yield* componentsIn(inner);
}

/** Before version 1.4 an extension laid vulnerabilities into their components. */
export function* ownVulnerabilitiesOf(component: XmlElement): Iterable<{ readonly part: Part; readonly vulnerability: Vulnerability }> {
  const part = partIn(component) ?? { name: 'component' };
  for (const vulnerability of children(child(component, 'vulnerabilities'), 'vulnerability', most))
    // Its own reference is that of the component around it.
    yield { part, vulnerability: { ...vulnerabilityIn(vulnerability), affects: [] } };
  for (const inner of children(child(component, 'components'), 'component', most)) yield* ownVulnerabilitiesOf(inner);
}

function partIn(component: XmlElement): Part | undefined {
  const name = textOf(childText(component, 'name'), 300);
  if (name === undefined) return undefined;
  return {
    ref: attribute(component, 'bom-ref'),
    name,
    version: textOf(childText(component, 'version'), 200),
    purl: childText(component, 'purl'),
  };
}

export function vulnerabilityOf(vulnerability: Foreign): Vulnerability {
  const ratings = objectsOf(vulnerability['ratings'], 50).map((rating) => ({
    method: textOf(rating['method'], 20) ?? '',
    severity: textOf(rating['severity'], 20),
    score: scoreOf(rating['score']),
  }));
  const links = [at(vulnerability, 'source', 'url'), ...objectsOf(vulnerability['advisories'], 20).map((advisory) => advisory['url'])];
  return {
    id: textOf(vulnerability['id'], 200),
    references: objectsOf(vulnerability['references'], 50).flatMap((reference) => textOf(reference['id'], 128) ?? []),
    ...rated(ratings),
    cwes: cwesIn(Array.isArray(vulnerability['cwes']) ? vulnerability['cwes'] : []),
    description: described(at(vulnerability, 'analysis', 'state'), [vulnerability['description'], vulnerability['recommendation']]),
    links: links.flatMap((link) => textOf(link, 1024) ?? []),
    affects: objectsOf(vulnerability['affects'], most).flatMap((target) => textOf(target['ref'], 1024) ?? []),
  };
}

export function vulnerabilityIn(vulnerability: XmlElement): Vulnerability {
  const list = (name: string, item: string): readonly XmlElement[] => children(child(vulnerability, name), item, most);
  const ratings = list('ratings', 'rating').map((rating) => ({
    method: childText(rating, 'method') ?? '',
    severity: textOf(childText(rating, 'severity'), 20),
    score: scoreOf(Number(childText(child(rating, 'score'), 'base') ?? childText(rating, 'score'))),
  }));
  const target = attribute(vulnerability, 'ref');
  const recommended = childText(vulnerability, 'recommendation') ?? list('recommendations', 'recommendation')[0]?.text;
  return {
    id: textOf(childText(vulnerability, 'id'), 200),
    references: list('references', 'reference').flatMap((reference) => childText(reference, 'id') ?? []),
    ...rated(ratings),
    cwes: cwesIn(list('cwes', 'cwe').map((cwe) => cwe.text)),
    description: described(childText(child(vulnerability, 'analysis'), 'state'), [childText(vulnerability, 'description'), recommended]),
    links: [
      childText(child(vulnerability, 'source'), 'url'),
      ...list('advisories', 'advisory').map((advisory) => childText(advisory, 'url') ?? advisory.text),
    ].flatMap((link) => link ?? []),
    affects: [...list('affects', 'target').flatMap((one) => childText(one, 'ref') ?? []), ...(target === undefined ? [] : [target])],
  };
}

/** The newest version of CVSS counts; without one the first rating that has a word. */
function rated(ratings: readonly Rating[]): { readonly severity: Severity; readonly score: number | undefined } {
  const order = ['CVSSv4', 'CVSSv31', 'CVSSv3', 'CVSSv2'];
  const scored = order.flatMap((method) => ratings.filter((rating) => rating.method === method && rating.score !== undefined));
  const word = (
    scored[0]?.severity ?? ratings.find(({ severity }) => severity !== undefined && severity !== 'unknown')?.severity
  )?.toLowerCase();
  const score = scored[0]?.score;
  if (word !== undefined) return { severity: word === 'none' ? 'info' : severityOf(word), score };
  return { severity: score === undefined ? 'medium' : bandOf(score), score };
}

function described(state: unknown, texts: readonly unknown[]): string | undefined {
  const said = textOf(state, 40);
  const all = [said === undefined ? undefined : `The document says: ${said}.`, ...texts.map((text) => textOf(text, 1500))];
  return textOf(all.filter(Boolean).join('\n'), 2000);
}
