import { objectOf, objectsOf, textOf, type Foreign } from '../foreign.ts';
import { at as valueAt } from '../readers/fields.ts';
import { instantOf, listOf, namesOf, VexLines, type Path } from './vex-fields.ts';
import { mostVexStatements, type VexDocument, type VexStatus } from './vex.ts';

const states: Readonly<Record<string, VexStatus>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
};

/** The analyses of a CycloneDX document, 1.4 and later; vulnerabilities without one say nothing. */
export function cyclonedxVexIn(document: Foreign, digest: string): VexDocument {
  const metadata = objectOf(document['metadata']);
  const root = objectOf(metadata?.['component']);
  const parts = new Map<string, string>();
  keepParts([...(root ? [root] : []), ...objectsOf(document['components'], mostVexStatements)], parts);
  const lines = new VexLines();
  listOf(document['vulnerabilities'], ['vulnerabilities'], mostVexStatements).forEach((one, index) =>
    take(objectOf(one) ?? {}, { parts, root: nameOf(root) }, ['vulnerabilities', index], lines),
  );
  const at = instantOf(metadata?.['timestamp']);
  return {
    format: 'cyclonedx',
    id: idOf(document) ?? digest,
    author: authorOf(metadata),
    ...(at !== undefined && { at }),
    lines: lines.all,
  };
}

interface Known {
  /** What references of the document stand for. */
  readonly parts: ReadonlyMap<string, string>;
  readonly root: string | undefined;
}

function take(vulnerability: Foreign, { parts, root }: Known, path: Path, lines: VexLines): void {
  const analysis = objectOf(vulnerability['analysis']);
  if (!analysis) return;
  const word = textOf(analysis['state'], 40) ?? '';
  const said = {
    names: namesOf(
      vulnerability['id'],
      objectsOf(vulnerability['references'], 50).map(({ id }) => id),
    ),
    status: Object.hasOwn(states, word) ? states[word] : undefined,
    justification: textOf(analysis['justification'], 100),
    reason: textOf(analysis['detail'], 1000),
    at: instantOf(analysis['lastUpdated']),
  };
  const affects = listOf(vulnerability['affects'], [...path, 'affects'], mostVexStatements);
  if (affects.length === 0) lines.add({ ...said, product: undefined, component: undefined }, path);
  affects.forEach((value, index) => {
    const place = [...path, 'affects', index];
    const ref = textOf(valueAt(value, 'ref'), 1024);
    const part = ref === undefined ? undefined : (parts.get(ref) ?? parts.get(ref.slice(ref.lastIndexOf('#') + 1)) ?? ref);
    const whole = part === root ? undefined : root;
    const of = (spelled: string | undefined) =>
      whole === undefined ? { product: spelled, component: undefined } : { product: spelled && whole, component: spelled };
    const versions = objectsOf(valueAt(value, 'versions'), mostVexStatements);
    if (versions.length === 0) lines.add({ ...said, ...of(part) }, place);
    versions.forEach((one, number) => {
      const version = textOf(one['version'], 200);
      lines.add({ ...said, ...of(withVersion(part, version)) }, [...place, 'versions', number]);
    });
  });
}

/** A sentence about some versions only must not be taken for one about all: a range, or a name without a package, is refused. */
function withVersion(part: string | undefined, version: string | undefined): string | undefined {
  if (part?.startsWith('pkg:') !== true || version === undefined) return undefined;
  const [, base = '', , rest = ''] = /^([^@?#]*)(@[^?#]*)?(.*)$/.exec(part) ?? [];
  return `${base}@${encodeURIComponent(version)}${rest}`;
}

/** The document was nested no deeper than its reading allows. */
function keepParts(components: readonly Foreign[], parts: Map<string, string>): void {
  for (const component of components) {
    const [ref, name] = [textOf(component['bom-ref'], 1024), nameOf(component)];
    if (parts.size >= mostVexStatements * 5) return;
    if (ref !== undefined && name !== undefined && !parts.has(ref)) parts.set(ref, name);
    keepParts(objectsOf(component['components'], mostVexStatements), parts);
  }
}

function nameOf(component: Foreign | undefined): string | undefined {
  return textOf(component?.['purl'], 1024) ?? textOf(component?.['name'], 300);
}

/** Many name neither themselves nor their product: then each is one of its own. */
function idOf(document: Foreign): string | undefined {
  const serial = textOf(document['serialNumber'], 200);
  const root = objectOf(objectOf(document['metadata'])?.['component']);
  const name = nameOf(root);
  return serial ?? (name === undefined ? undefined : `${name}@${textOf(root?.['version'], 200) ?? ''}`);
}

function authorOf(metadata: Foreign | undefined): string {
  const named = [
    metadata?.['supplier'],
    metadata?.['manufacturer'],
    metadata?.['manufacture'],
    ...objectsOf(metadata?.['authors'], 20),
  ].flatMap((one) => textOf(valueAt(one, 'name'), 300) ?? []);
  return named[0] ?? 'unnamed';
}
