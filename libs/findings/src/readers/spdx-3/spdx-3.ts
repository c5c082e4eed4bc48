import { parsePurl } from '@throughline/versions';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import type { RawFinding } from '../../raw.ts';
import { packageUrlOf, spdxContext, typeOf } from '../../sbom/spdx/elements.ts';
import {
  advisoryIds,
  objectOf,
  objectsOf,
  present,
  rejected,
  severityOf,
  textOf,
  vulnerable,
  webAddress,
  type Foreign,
} from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { scoreIn } from './assessments.ts';

type Path = readonly (string | number)[];

/**
 * The security profile of SPDX 3.0 (JSON-LD): what is affected, not known yet, or only associated with a vulnerability is a
 * finding of the element that was assessed. What is fixed or not affected is none.
 */
export const spdx3: ReportReader = {
  name: 'spdx-3',
  title: 'SPDX 3.0 JSON-LD',
  finds: ['vulnerability'],
  passes: 1,
  marks: ['$.@context', '$.@graph'],
  recognises: (head) => head.has('$.@graph') && isSpdx(head.value('$.@context')),
  read,
};

interface Statement {
  readonly vulnerability: string;
  readonly product: string;
  readonly path: Path;
}

/** Elements may stand before or after what refers to them. */
class Graph {
  readonly named = new Map<string, Foreign>();
  readonly vulnerabilities = new Map<string, Foreign>();
  readonly open: Statement[] = [];
  readonly settled = new Set<string>();
  readonly ratings = new Map<string, Foreign[]>();

  take(element: Foreign, path: Path): ReadLine | undefined {
    const type = typeOf(element)?.replace(/^security_/, '');
    const id = textOf(element['spdxId'] ?? element['@id'], 1024);
    if (type === undefined) return rejected(path, 'an element has a type');
    if (id !== undefined && type === 'Vulnerability') this.vulnerabilities.set(id, element);
    else if (/Relationship$/.test(type)) return this.relate(type, element, path);
    else if (id !== undefined && textOf(element['name'], 300) !== undefined) this.named.set(id, described(element));
    return undefined;
  }

  private relate(type: string, element: Foreign, path: Path): ReadLine | undefined {
    const from = textOf(element['from'], 1024);
    const to = (Array.isArray(element['to']) ? (element['to'] as readonly unknown[]) : []).flatMap((one) => textOf(one, 1024) ?? []);
    if (from === undefined || to.length === 0)
      return /^(?:Vex|Cvss)/.test(type) ? rejected(path, 'an assessment says from which vulnerability to what') : undefined;
    if (element['relationshipType'] === 'hasAssociatedVulnerability')
      for (const vulnerability of to) this.open.push({ vulnerability, product: from, path });
    // A part of the product may be what was looked at.
    const assessed = textOf(element['security_assessedElement'] ?? element['assessedElement'], 1024);
    const products = assessed === undefined ? to : [assessed];
    if (/^Vex(?:Affected|UnderInvestigation)/.test(type))
      for (const product of products) this.open.push({ vulnerability: from, product, path });
    else if (/^Vex(?:Fixed|NotAffected)/.test(type)) for (const product of products) this.settled.add(`${from}\n${product}`);
    else if (/^CvssV[234]/.test(type)) this.ratings.set(from, [...(this.ratings.get(from) ?? []), element].slice(0, 50));
    return undefined;
  }
}

/** What findings take from an element; the rest of a large graph is not kept. */
function described(element: Foreign): Foreign {
  return { name: element['name'], software_packageVersion: element['software_packageVersion'], software_packageUrl: packageUrlOf(element) };
}

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const graph = new Graph();
  const seen: Seen = new Map();
  let context: unknown;
  const limits = { ...jsonLimits, maxItems: 2_000_000 };
  for await (const { selector, path, value } of jsonItems(open(), ['$.@context', '$.@graph.*'], { seen, limits })) {
    if (selector === '$.@context') context = value;
    else {
      const line = graph.take(objectOf(value) ?? {}, path);
      if (line) yield line;
    }
  }
  if (!isSpdx(context)) throw new ReportRefused('this is no document of SPDX 3.0', { pointer: '/@context' });
  if (seen.get('$.@graph') !== 'list') throw new ReportRefused('this is no document of SPDX 3.0', { pointer: '/@graph' });
  yield* linesOf(graph);
}

function* linesOf(graph: Graph): Iterable<ReadLine> {
  const told = new Set<string>();
  for (const { vulnerability, product, path } of graph.open) {
    const key = `${vulnerability}\n${product}`;
    if (graph.settled.has(key) || told.has(key)) continue;
    told.add(key);
    const element = graph.vulnerabilities.get(vulnerability);
    // An element of another document is known by its name alone.
    const ids = advisoryIds(...namesOf(vulnerability, element));
    if (ids.length === 0) yield rejected(path, 'the vulnerability has no id that is known');
    else yield { finding: findingOf(graph, vulnerability, product, ids) };
  }
}

function namesOf(id: string, element: Foreign | undefined): readonly unknown[] {
  const identifiers = objectsOf(element?.['externalIdentifier'], 50).map(({ identifier }) => identifier);
  return [element?.['name'], ...identifiers, /CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}/i.exec(id)?.[0]];
}

function findingOf(graph: Graph, vulnerability: string, product: string, ids: readonly string[]): RawFinding {
  const element = graph.vulnerabilities.get(vulnerability);
  const about = graph.named.get(product);
  const purl = (about && packageUrlOf(about)) ?? (product.startsWith('pkg:') ? product : undefined);
  const parsed = purl === undefined ? undefined : parsePurl(purl);
  const name = textOf(about?.['name'], 300) ?? parsed?.name ?? product.slice(0, 300);
  const { severity, score } = scoreIn(graph.ratings.get(vulnerability) ?? []);
  const links = objectsOf(element?.['externalRef'], 50).flatMap(({ locator }) => locator);
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: ids[0]!,
      title: `${ids[0]} in ${name}`.slice(0, 300),
      description: textOf(element?.['description'] ?? element?.['summary'], 2000),
      severity: severityOf(severity),
      help: webAddress(...links.flat()),
    }),
    present({
      ...{ name, purl: parsed && purl, ecosystem: undefined, purlType: undefined },
      version: textOf(about?.['software_packageVersion'], 200) ?? parsed?.version,
    }),
    { ids, cvss: score },
  );
}

function isSpdx(context: unknown): boolean {
  return [context].flat().some((one) => spdxContext.test(String(one)));
}
