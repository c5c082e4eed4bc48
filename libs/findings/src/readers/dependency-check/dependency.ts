import { attribute, child, children, childText, type XmlElement } from '../../xml/xml-element.ts';
import { at, objectsOf, scoreOf, textOf, type Foreign } from '../fields.ts';
import { parsePurl } from '@throughline/versions';

/** A vulnerability as Dependency-Check has it, whichever way it is written. */
export interface Weakness {
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly severity: string | undefined;
  readonly score: number | undefined;
  readonly cwes: readonly string[];
  readonly description: string | undefined;
  readonly links: readonly string[];
}

/** A dependency with what is known to be wrong with it. */
export interface Dependency {
  readonly file: string | undefined;
  readonly name: string | undefined;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  readonly weaknesses: readonly Weakness[];
}

interface Named {
  readonly name: string | undefined;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
}

export function ofElement(dependency: XmlElement): Dependency {
  const file = textOf(childText(dependency, 'fileName'), 1024);
  const list = child(dependency, 'vulnerabilities');
  const weaknesses = [...children(list, 'vulnerability', 10_000), ...children(list, 'suppressedVulnerability', 10_000)];
  return { file, ...namedElement(dependency, file), weaknesses: weaknesses.map(weaknessOf) };
}

/** What identifies it: its package URL, or what older versions had, or else what was gathered about the file. */
function namedElement(dependency: XmlElement, file: string | undefined): Named {
  const holders = [child(dependency, 'identifiers'), child(child(dependency, 'identifiers'), 'identifiers')];
  const purls = holders.flatMap((holder) => children(holder, 'package').flatMap((one) => childText(one, 'id') ?? []));
  const identifiers = holders.flatMap((holder) => children(holder, 'identifier'));
  const ofType = (type: string): string | undefined =>
    childText(
      identifiers.find((one) => attribute(one, 'type') === type),
      'name',
    );
  const evidence = children(child(dependency, 'evidenceCollected'), 'evidence');
  const gathered = (type: string): string | undefined =>
    childText(
      evidence.find((one) => attribute(one, 'type') === type),
      'value',
    );
  return named(purls, { cpe: ofType('cpe'), maven: ofType('maven'), product: gathered('product'), version: gathered('version'), file });
}

function weaknessOf(vulnerability: XmlElement): Weakness {
  const text = (name: string, max: number): string | undefined => textOf(childText(vulnerability, name), max);
  const [four, three, two] = ['cvssV4', 'cvssV3', 'cvssV2'].map((name) => child(vulnerability, name));
  const scores = [
    childText(four, 'baseScore'),
    childText(three, 'baseScore'),
    childText(two, 'score'),
    childText(vulnerability, 'cvssScore'),
  ];
  return {
    id: text('name', 300),
    source: attribute(vulnerability, 'source'),
    severity: text('severity', 20) ?? childText(four, 'baseSeverity') ?? childText(three, 'baseSeverity') ?? childText(two, 'severity'),
    score: scores.map((score) => scoreOf(Number(score))).find((score) => score !== undefined),
    cwes: [
      ...children(child(vulnerability, 'cwes'), 'cwe', 20).map((cwe) => cwe.text),
      ...children(vulnerability, 'cwe', 20).map((cwe) => cwe.text),
    ],
    description: text('description', 2000),
    links: children(child(vulnerability, 'references'), 'reference', 20).flatMap((one) => childText(one, 'url') ?? []),
  };
}

export function ofObject(dependency: Foreign): Dependency {
  const file = textOf(dependency['fileName'], 1024);
  const purls = objectsOf(dependency['packages'], 20).flatMap((one) => textOf(one['id'], 1024) ?? []);
  const cpe = objectsOf(dependency['vulnerabilityIds'], 1).flatMap((one) => textOf(one['id'], 300) ?? [])[0];
  const gathered = (list: string): string | undefined => textOf(objectsOf(at(dependency['evidenceCollected'], list), 1)[0]?.['value'], 300);
  const weaknesses = ['vulnerabilities', 'suppressedVulnerabilities'].flatMap((list) => objectsOf(dependency[list], 10_000));
  return {
    file,
    ...named(purls, { cpe, maven: undefined, product: gathered('productEvidence'), version: gathered('versionEvidence'), file }),
    weaknesses: weaknesses.map((one) => ({
      id: textOf(one['name'], 300),
      source: textOf(one['source'], 64),
      severity: textOf(one['severity'], 20) ?? textOf(at(one['cvssv3'], 'baseSeverity'), 20) ?? textOf(at(one['cvssv2'], 'severity'), 20),
      score: scoreOf(at(one['cvssv4'], 'baseScore')) ?? scoreOf(at(one['cvssv3'], 'baseScore')) ?? scoreOf(at(one['cvssv2'], 'score')),
      cwes: Array.isArray(one['cwes']) ? one['cwes'].slice(0, 20).flatMap((cwe) => textOf(cwe, 200) ?? []) : [],
      description: textOf(one['description'], 2000),
      links: objectsOf(one['references'], 20).flatMap((reference) => textOf(reference['url'], 1024) ?? []),
    })),
  };
}

interface Hints {
  readonly cpe: string | undefined;
  readonly maven: string | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly file: string | undefined;
}

function named(purls: readonly string[], { cpe, maven, product, version, file }: Hints): Named {
  for (const purl of purls) {
    const parsed = parsePurl(purl);
    if (parsed) return { name: [parsed.namespace, parsed.name].filter(Boolean).join(':'), version: parsed.version, purl };
  }
  const [, vendor, of, release] = /^cpe:(?:\/|2\.3:)[aho]:([^:]+):([^:]+)(?::([^:*-][^:]*))?/.exec(cpe ?? '') ?? [];
  if (vendor !== undefined && of !== undefined) return { name: `${vendor}:${of}`, version: release };
  const [group, artifact, number] = maven?.split(':') ?? [];
  if (group !== undefined && artifact !== undefined && number !== undefined)
    return { name: `${group}:${artifact}`, version: number, purl: `pkg:maven/${group}/${artifact}@${number}` };
  return product === undefined ? { name: file?.slice(0, 300) } : { name: product.slice(0, 300), version: textOf(version, 200) };
}
