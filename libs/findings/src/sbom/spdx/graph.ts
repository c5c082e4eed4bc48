import { objectOf, objectsOf, present, textOf, type Foreign } from '../../foreign.ts';
import type { Component } from '../../finding.ts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import type { OpenReport } from '../../readers/reader.ts';
import { ReportRefused } from '../../readers/report-refused.ts';
import { namedBy } from '../package-of.ts';
import { mostComponents, mostDependencies, type Draft, type Part } from '../sbom.ts';
import { licenceOf, wrong } from './packages.ts';
import { packageUrlOf, spdxContext, typeOf } from './elements.ts';

type Path = readonly (string | number)[];

const needs = new Set(['dependsOn', 'contains', 'hasDynamicLink', 'hasStaticLink', 'hasPrerequisite', 'hasOptionalDependency']).add(
  'hasProvidedDependency',
);
const development = new Set(['development', 'build', 'test']);
const packageTypes = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage']);
const collectionTypes = new Set(['SpdxDocument', 'software_Sbom', 'Bom', 'Bundle']);

/** What has been read of the graph: an element may stand before or after what refers to it. */
class Graph {
  readonly packages = new Map<string, { readonly element: Foreign; readonly path: Path }>();
  readonly licences = new Map<string, string>();
  readonly tools = new Map<string, string>();
  readonly creations: Foreign[] = [];
  readonly collections = new Map<string, Foreign>();
  readonly edges = new Map<string, string[]>();
  /** For each package: whether all who need it do so only while they are made. */
  readonly scopes = new Map<string, boolean>();
  readonly licensed = new Map<string, string>();
  private count = 0;

  take(element: Foreign, path: Path): void {
    const type = typeOf(element);
    if (type === undefined) throw wrong(path, 'the element has no type');
    if (type === 'CreationInfo') this.creations.push(element);
    else if (packageTypes.has(type)) this.takePackage(element, path);
    else if (collectionTypes.has(type)) this.collections.set(idOf(element, path), element);
    else if (type === 'Tool') this.tools.set(idOf(element, path), textOf(element['name'], 64) ?? '');
    else if (type === 'simplelicensing_LicenseExpression')
      this.licences.set(idOf(element, path), textOf(element['simplelicensing_licenseExpression'], 200) ?? '');
    else if (type === 'Relationship' || type === 'LifecycleScopedRelationship') this.takeRelationship(element, path);
  }

  private takePackage(element: Foreign, path: Path): void {
    const id = idOf(element, path);
    if (typeof element['name'] !== 'string') throw wrong([...path, 'name'], 'the package has no name');
    if (this.packages.has(id)) throw wrong([...path, 'spdxId'], 'the identifier stands twice');
    this.packages.set(id, { element, path });
    if (this.packages.size > mostComponents) throw new ReportRefused(`the document has more than ${mostComponents} packages`);
  }

  private takeRelationship(element: Foreign, path: Path): void {
    const { from, to, relationshipType, scope } = element;
    if (typeof from !== 'string' || typeof relationshipType !== 'string' || !Array.isArray(to) || to.some((one) => typeof one !== 'string'))
      throw wrong(path, 'this is no relationship');
    const targets = to as readonly string[];
    if (relationshipType === 'hasConcludedLicense' && targets[0] !== undefined) this.licensed.set(from, targets[0]);
    else if (relationshipType === 'hasDeclaredLicense' && targets[0] !== undefined) this.licensed.set(`${from} declared`, targets[0]);
    else if (needs.has(relationshipType) || relationshipType === 'describes') this.need(from, targets);
    if (relationshipType === 'dependsOn')
      for (const target of targets) this.scopes.set(target, development.has(String(scope)) && this.scopes.get(target) !== false);
  }

  private need(from: string, to: readonly string[]): void {
    this.count += to.length;
    if (this.count > mostDependencies) throw new ReportRefused(`the document has more than ${mostDependencies} relationships`);
    const known = this.edges.get(from);
    if (known) known.push(...to);
    else this.edges.set(from, [...to]);
  }
}

/** Reads SPDX 3.0 as JSON-LD: a graph of elements that name each other. */
export async function readGraph(open: OpenReport): Promise<Draft> {
  const graph = new Graph();
  const seen: Seen = new Map();
  const limits = { ...jsonLimits, maxItems: 2_000_000 };
  let context: unknown;
  for await (const { selector, path, value } of jsonItems(open(), ['$.@context', '$.@graph.*'], { seen, limits })) {
    if (selector === '$.@context') context = value;
    else {
      const element = objectOf(value);
      if (!element) throw wrong(path, 'this is no object');
      graph.take(element, path);
    }
  }
  if (![context].flat().some((one) => spdxContext.test(String(one)))) throw wrong(['@context'], 'the context is none of SPDX 3.0');
  if (seen.get('$.@graph') !== 'list') throw wrong(['@graph'], 'this is no list');
  return draftOf(graph);
}

function draftOf(graph: Graph): Draft {
  const creation = graph.creations.find(({ specVersion }) => /^3\.0\.\d+$/.test(String(specVersion)));
  if (!creation) throw wrong(['@graph'], 'nothing says by which version of SPDX 3.0 it was made (CreationInfo)');
  const parts = [...graph.packages].map(([id, { element }]): Part => ({ ref: id, component: componentOf(id, element, graph) }));
  const roots = rootsOf(graph);
  const root = graph.packages.get([...roots].find((id) => graph.packages.has(id)) ?? '')?.element;
  const named = [...graph.collections.values()].map(({ name }) => textOf(name, 300)).find((name) => name !== undefined);
  const using = Array.isArray(creation['createdUsing']) ? (creation['createdUsing'] as readonly unknown[]) : [];
  return {
    head: present({
      format: 'SPDX' as const,
      specVersion: String(creation['specVersion']),
      name: textOf(root?.['name'], 300) ?? named,
      version: textOf(root?.['software_packageVersion'], 200),
      tool: using.map((id) => graph.tools.get(String(id))).find((name) => name !== undefined && name !== ''),
      incomplete: parts.length === 0 ? true : undefined,
    }),
    ...{ parts, roots, edges: graph.edges },
  };
}

/** What the document is about is no component of itself, unless there is nothing else in it. */
function rootsOf(graph: Graph): ReadonlySet<string> {
  const roots = new Set(graph.collections.keys());
  const described = new Set<string>();
  for (const [id, { rootElement }] of graph.collections) {
    const elements = (Array.isArray(rootElement) ? rootElement : []) as readonly unknown[];
    const named = [...elements.map(String), ...(graph.edges.get(id) ?? [])];
    for (const one of named) if (graph.packages.has(one)) described.add(one);
    graph.edges.set(id, named);
  }
  return described.size === 1 && graph.packages.size > 1 ? new Set([...roots, ...described]) : roots;
}

function componentOf(id: string, element: Foreign, graph: Graph): Part['component'] {
  const hashes = objectsOf(element['verifiedUsing'], 20).flatMap((one) => {
    const [name, value] = [textOf(one['algorithm'], 20), textOf(one['hashValue'], 128)];
    return typeOf(one) !== 'Hash' || name === undefined || value === undefined ? [] : [`${hashName(name)}:${value.toLowerCase()}`];
  });
  return present<Omit<Component, 'direct'>>({
    ...namedBy(
      packageUrlOf(element),
      undefined,
      textOf(element['name'], 300) ?? 'nameless',
      textOf(element['software_packageVersion'], 200),
    ),
    manifest: 'SBOM',
    scope: graph.scopes.get(id) === true ? 'development' : 'unknown',
    licence: licence(graph, id) ?? licence(graph, `${id} declared`),
    kind: textOf(element['software_primaryPurpose'], 32)?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) ?? 'library',
    hashes: hashes.length > 0 ? [...new Set(hashes)].sort() : undefined,
  });
}

/** An expression, or a licence of the SPDX list by its address. */
function licence(graph: Graph, key: string): string | undefined {
  const target = graph.licensed.get(key);
  if (target === undefined) return undefined;
  return licenceOf(graph.licences.get(target)) ?? /^https?:\/\/spdx\.org\/licenses\/([\w.+-]{1,100})$/.exec(target)?.[1];
}

/** `sha256` and `sha3_256` as other formats write them. */
function hashName(name: string): string {
  return name
    .toUpperCase()
    .replace(/^SHA(?=\d{3}$|1$)/, 'SHA-')
    .replace('_', '-');
}

function idOf(element: Foreign, path: Path): string {
  const id = element['spdxId'] ?? element['@id'];
  if (typeof id !== 'string' || id === '') throw wrong([...path, 'spdxId'], 'the element has no identifier');
  return id;
}
