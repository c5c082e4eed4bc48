import { parsePurl } from '@throughline/versions';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { attribute } from '../../xml/xml-element.ts';
import { xmlItems } from '../../xml/xml-items.ts';
import { advisoryIds, objectOf, present, rejected, vulnerable, webAddress } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { inSyntax } from '../syntax.ts';
import {
  componentsIn,
  componentsOf,
  vulnerabilityIn,
  vulnerabilityOf,
  ownVulnerabilitiesOf,
  type Part,
  type Vulnerability,
} from './bom.ts';

/**
 * The vulnerabilities of a CycloneDX BOM, JSON and XML of all versions, also those of the extension before 1.4. One finding for
 * each component that is affected. What the document says of their exploitability closes nothing.
 */
export const cyclonedx: ReportReader = {
  name: 'cyclonedx',
  title: 'CycloneDX',
  finds: ['vulnerability'],
  passes: 2,
  marks: ['/bom', '$.bomFormat'],
  recognises: (head) => head.has('/bom') || head.has('$.bomFormat'),
  read: (open) => inSyntax(open, { xml: readXml, json: readJson }),
};

type Parts = Map<string, Part>;

async function* readXml(open: OpenReport): AsyncIterable<ReadLine> {
  const parts: Parts = new Map();
  let known = false;
  for await (const { element } of xmlItems(open(), ['/bom/@', '/bom/metadata/component', '/bom/components/component'])) {
    if (element.name === 'bom')
      known =
        attribute(element, 'xmlns')?.includes('cyclonedx.org') === true ||
        Object.values(element.attributes).some((value) => value.includes('cyclonedx.org/schema/bom'));
    else for (const part of componentsIn(element)) keep(parts, part);
  }
  if (!known) throw new ReportRefused('this is no CycloneDX document', { pointer: '/bom[1]', line: 1, column: 1 });
  for await (const { path, element } of xmlItems(open(), ['/bom/components/component', '/bom/vulnerabilities/vulnerability'])) {
    const place = `line ${element.line}: `;
    if (element.name === 'vulnerability') yield* linesOf(vulnerabilityIn(element), parts, path, place);
    else for (const { part, vulnerability } of ownVulnerabilitiesOf(element)) yield* linesOf(vulnerability, parts, path, place, part);
  }
}

async function* readJson(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const parts: Parts = new Map();
  let format: unknown;
  for await (const { selector, value } of jsonItems(open(), ['$.bomFormat', '$.metadata.component', '$.components.*'], { seen })) {
    if (selector === '$.bomFormat') format = value;
    else for (const part of componentsOf(objectOf(value) ?? {})) keep(parts, part);
  }
  if (format !== 'CycloneDX') throw new ReportRefused('this is no CycloneDX document', { pointer: '/bomFormat' });
  for await (const { path, value } of jsonItems(open(), ['$.vulnerabilities.*'], { seen })) {
    const vulnerability = objectOf(value);
    if (vulnerability) yield* linesOf(vulnerabilityOf(vulnerability), parts, path, '');
    else yield rejected(path, 'a vulnerability must be an object');
  }
}

function keep(parts: Parts, part: Part): void {
  for (const ref of [part.ref, part.purl]) if (ref !== undefined && !parts.has(ref)) parts.set(ref, part);
}

function* linesOf(
  vulnerability: Vulnerability,
  parts: ReadonlyMap<string, Part>,
  path: readonly (string | number)[],
  place: string,
  own?: Part,
): Iterable<ReadLine> {
  const { id, affects } = vulnerability;
  const affected = affects.length > 0 ? affects.map((ref) => partOf(ref, parts)) : own ? [own] : [];
  if (id === undefined || affected.length === 0) {
    yield rejected(path, `${place}a vulnerability has an id and names what it affects`);
    return;
  }
  for (const part of affected) yield { finding: findingOf(vulnerability, id, part) };
}

/** A reference may be a link into another BOM (`urn:cdx:…#ref`), or the package URL itself. */
function partOf(ref: string, parts: ReadonlyMap<string, Part>): Part {
  const known = parts.get(ref) ?? parts.get(ref.slice(ref.lastIndexOf('#') + 1));
  if (known) return known;
  const purl = parsePurl(ref);
  return purl ? { name: purl.name, version: purl.version, purl: ref } : { name: ref.slice(0, 300) };
}

function findingOf(vulnerability: Vulnerability, id: string, { name, version, purl }: Part): RawFinding {
  const ids = advisoryIds(id, vulnerability.references);
  return vulnerable(
    present<Omit<RawFinding, 'class' | 'rule'> & { readonly rule: string }>({
      rule: id,
      title: `${id} in ${name}`.slice(0, 300),
      description: vulnerability.description,
      severity: vulnerability.severity,
      cwe: vulnerability.cwes,
      help: webAddress(...vulnerability.links),
    }),
    present({ name, version, purl, ecosystem: undefined, purlType: undefined }),
    { ids: ids.length === 0 ? [id] : ids, cvss: vulnerability.score },
  );
}
