import { objectsOf, present, textOf, type Foreign } from '../../foreign.ts';
import type { Component } from '../../finding.ts';
import { pointerOf, ReportRefused } from '../../readers/report-refused.ts';
import { namedBy } from '../package-of.ts';
import { mostComponents, mostDependencies, type Draft, type Part } from '../sbom.ts';

type Path = readonly (string | number)[];

export interface Relationship {
  readonly from: string;
  readonly type: string;
  readonly to: string;
}

/** What is known of a document when it has been read, in whatever order. */
export interface SpdxDocument {
  readonly spdxVersion: unknown;
  readonly tool: string | undefined;
  readonly name: string | undefined;
  readonly packages: readonly { readonly package: Foreign; readonly path: Path }[];
  readonly relationships: readonly Relationship[];
  readonly describes: readonly string[];
}

const document = 'SPDXRef-DOCUMENT';
const needs = new Set(['DEPENDS_ON', 'CONTAINS', 'DYNAMIC_LINK', 'STATIC_LINK', 'HAS_PREREQUISITE']);
const neededBy = new Set(
  ['DEPENDENCY_OF', 'CONTAINED_BY', 'RUNTIME_DEPENDENCY_OF', 'DEV_DEPENDENCY_OF', 'BUILD_DEPENDENCY_OF', 'PREREQUISITE_FOR'].concat([
    'OPTIONAL_DEPENDENCY_OF',
    'PROVIDED_DEPENDENCY_OF',
    'TEST_DEPENDENCY_OF',
  ]),
);
const development = new Set(['DEV_DEPENDENCY_OF', 'BUILD_DEPENDENCY_OF', 'TEST_DEPENDENCY_OF']);

/** What an SPDX document says, whichever way it is written. */
export function draftOf(read: SpdxDocument): Draft {
  const { spdxVersion, packages, relationships } = read;
  if (spdxVersion !== 'SPDX-2.2' && spdxVersion !== 'SPDX-2.3')
    throw wrong(['spdxVersion'], 'spdxVersion is neither SPDX-2.2 nor SPDX-2.3');
  if (packages.length > mostComponents) throw new ReportRefused(`the document has more than ${mostComponents} packages`);
  if (relationships.length > mostDependencies) throw new ReportRefused(`the document has more than ${mostDependencies} relationships`);
  const onlyForDevelopment = new Set(relationships.filter(({ type }) => development.has(type)).map(({ from }) => from));
  const parts = partsOf(packages, onlyForDevelopment);
  const roots = rootsOf(read, parts);
  const root = packages.find((one) => roots.has(String(one.package['SPDXID'])))?.package;
  const edges = edgesOf(relationships);
  // The document itself stands for what it describes.
  return {
    head: present({
      format: 'SPDX' as const,
      specVersion: spdxVersion.replace('SPDX-', ''),
      name: textOf(root?.['name'], 300) ?? read.name,
      version: textOf(root?.['versionInfo'], 200),
      tool: read.tool,
      incomplete: packages.length === 0 ? true : undefined,
    }),
    parts,
    roots: new Set([...roots, document]),
    edges,
  };
}

function partsOf(packages: SpdxDocument['packages'], onlyForDevelopment: ReadonlySet<string>): readonly Part[] {
  const refs = new Set<string>();
  return packages.map(({ package: one, path }) => {
    const { name, SPDXID: ref } = one;
    if (typeof name !== 'string') throw wrong([...path, 'name'], 'the package has no name');
    if (typeof ref !== 'string' || !/^SPDXRef-[A-Za-z0-9.-]+$/.test(ref)) throw wrong([...path, 'SPDXID'], 'this is no SPDX identifier');
    if (refs.has(ref)) throw wrong([...path, 'SPDXID'], 'the identifier stands twice');
    refs.add(ref);
    return { ref, component: componentOf(one, onlyForDevelopment.has(ref)) };
  });
}

function componentOf(one: Foreign, developmentOnly: boolean): Part['component'] {
  const references = objectsOf(one['externalRefs'], 200);
  const purl = references.find(({ referenceType }) => referenceType === 'purl')?.['referenceLocator'];
  const hashes = objectsOf(one['checksums'], 20).flatMap(({ algorithm, checksumValue }) => {
    const [name, value] = [textOf(algorithm, 20), textOf(checksumValue, 128)];
    return name === undefined || value === undefined ? [] : [`${name.replace(/^SHA(?=\d)/, 'SHA-')}:${value.toLowerCase()}`];
  });
  return present<Omit<Component, 'direct'>>({
    ...namedBy(textOf(purl, 1024), undefined, textOf(one['name'], 300) ?? String(one['SPDXID']).slice(8), textOf(one['versionInfo'], 200)),
    manifest: 'SBOM',
    scope: developmentOnly ? 'development' : 'unknown',
    licence: licenceOf(one['licenseConcluded']) ?? licenceOf(one['licenseDeclared']),
    kind: textOf(one['primaryPackagePurpose'], 32)?.toLowerCase().replaceAll('_', '-') ?? 'library',
    hashes: hashes.length > 0 ? [...new Set(hashes)].sort() : undefined,
  });
}

export function licenceOf(value: unknown): string | undefined {
  const text = textOf(value, 200);
  return text === 'NOASSERTION' || text === 'NONE' ? undefined : text;
}

/** What the document is about is no component of itself, unless there is nothing else in it. */
function rootsOf({ describes, relationships }: SpdxDocument, parts: readonly Part[]): ReadonlySet<string> {
  const described = new Set([
    ...describes,
    ...relationships.filter(({ from, type }) => from === document && type === 'DESCRIBES').map(({ to }) => to),
    ...relationships.filter(({ to, type }) => to === document && type === 'DESCRIBED_BY').map(({ from }) => from),
  ]);
  const known = parts.filter(({ ref }) => described.has(ref!));
  return known.length === 1 && parts.length > 1 ? new Set([known[0]!.ref!]) : new Set();
}

function edgesOf(relationships: readonly Relationship[]): ReadonlyMap<string, readonly string[]> {
  const edges = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    const known = edges.get(from);
    if (known) known.push(to);
    else edges.set(from, [to]);
  };
  for (const { from, type, to } of relationships) {
    if (needs.has(type) || (from === document && type === 'DESCRIBES')) add(from, to);
    else if (neededBy.has(type)) add(to, from);
  }
  return edges;
}

/** `Tool: syft-1.2.3`: the name without the version. */
export function toolOf(creators: readonly unknown[]): string | undefined {
  const tools = creators.flatMap((creator) => /^Tool: *(.+)$/.exec(String(creator))?.[1] ?? []);
  return textOf(tools[0]?.replace(/-(?:v?\d[\w.+-]*|\[not provided\])?$/, ''), 64);
}

export function wrong(path: Path, why: string): ReportRefused {
  return new ReportRefused(`this is no SPDX: ${why}`, { pointer: pointerOf(path) });
}
