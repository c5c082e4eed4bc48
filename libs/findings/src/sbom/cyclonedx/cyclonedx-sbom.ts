import { objectOf, objectsOf, present, textOf, type Foreign } from '../../foreign.ts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { OpenReport } from '../../readers/reader.ts';
import { ReportRefused } from '../../readers/report-refused.ts';
import { syntaxOf } from '../../readers/syntax.ts';
import { attribute, child, children, type XmlElement } from '../../xml/xml-element.ts';
import { xmlItems } from '../../xml/xml-items.ts';
import { mostDependencies, type Draft, type SbomFormat, type SbomHead } from '../sbom.ts';
import { checkLicences, checkProperties, wrong } from './component-check.ts';
import { ComponentIntake } from './components.ts';
import { checkService } from './service-check.ts';
import { choiceIn, componentIn, propertiesIn, serviceIn } from './xml-component.ts';

type Path = readonly (string | number)[];

const versions = /^1\.[2-7]$/;
const namespace = /^https?:\/\/cyclonedx\.org\/schema\/bom\/(1\.[2-7])$/;
const serialForm = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/;

/** CycloneDX 1.2 to 1.7, JSON and XML. */
export const cyclonedxSbom: SbomFormat = {
  name: 'cyclonedx',
  title: 'CycloneDX 1.2 to 1.7',
  recognises: (head) => {
    if (head?.syntax === 'xml') return head.has('/bom');
    if (!head || head.has('$.@graph') || head.has('$.spdxVersion')) return false;
    return head.has('$.bomFormat') || head.has('$.specVersion') || head.has('$.components');
  },
  read: async (open) => {
    const { xml, open: again } = await syntaxOf(open);
    return xml ? readXml(again) : readJson(again);
  },
};

/** What has been read, in whatever order it came: the version of the format may stand last. */
class Gathered {
  readonly components: { readonly component: Foreign; readonly path: Path }[] = [];
  readonly dependencies: { readonly dependency: Foreign; readonly path: Path }[] = [];
  readonly services: { readonly service: Foreign; readonly path: Path }[] = [];
  readonly fields = new Map<string, unknown>();
  metadata: Foreign | undefined;
  incomplete = false;

  draft(): Draft {
    const specVersion = this.checkedVersion();
    this.checkHead(specVersion);
    for (const { service, path } of this.services) checkService(service, path, specVersion);
    const intake = new ComponentIntake(specVersion);
    const root = objectOf(this.metadata?.['component']);
    if (root) intake.takeRoot(root, ['metadata', 'component']);
    for (const { component, path } of this.components) intake.take(component, path);
    const rootRef = textOf(root?.['bom-ref'], 1024);
    return {
      head: this.head(specVersion, root),
      parts: intake.parts,
      roots: new Set(rootRef === undefined ? [] : [rootRef]),
      edges: this.edges(),
    };
  }

  private checkedVersion(): string {
    if (this.fields.get('bomFormat') !== 'CycloneDX') throw wrong(['bomFormat'], 'bomFormat is not CycloneDX');
    const specVersion = this.fields.get('specVersion');
    if (typeof specVersion !== 'string' || !versions.test(specVersion)) throw wrong(['specVersion'], 'specVersion is none of 1.2 to 1.7');
    return specVersion;
  }

  private checkHead(specVersion: string): void {
    const serial = this.fields.get('serialNumber');
    if (serial !== undefined && (typeof serial !== 'string' || !serialForm.test(serial)))
      throw wrong(['serialNumber'], 'serialNumber is no urn:uuid');
    const timestamp = this.metadata?.['timestamp'];
    if (timestamp !== undefined && (typeof timestamp !== 'string' || !instant.test(timestamp)))
      throw wrong(['metadata', 'timestamp'], 'this is no time');
    checkLicences(this.metadata?.['licenses'], ['metadata', 'licenses'], specVersion);
    checkProperties(this.metadata?.['properties'], ['metadata', 'properties'], specVersion);
  }

  private head(specVersion: string, root: Foreign | undefined): SbomHead {
    return present<SbomHead>({
      format: 'CycloneDX',
      specVersion,
      name: textOf(root?.['name'], 300),
      version: textOf(root?.['version'], 200),
      tool: toolOf(this.metadata?.['tools']),
      incomplete: this.incomplete || this.components.length === 0 ? true : undefined,
    });
  }

  private edges(): ReadonlyMap<string, readonly string[]> {
    const edges = new Map<string, readonly string[]>();
    let count = 0;
    for (const { dependency, path } of this.dependencies) {
      const { ref, dependsOn = [] } = dependency;
      if (typeof ref !== 'string' || ref === '') throw wrong([...path, 'ref'], 'the dependency does not say whose it is');
      if (!Array.isArray(dependsOn) || dependsOn.some((one) => typeof one !== 'string'))
        throw wrong([...path, 'dependsOn'], 'this is no list of references');
      count += dependsOn.length;
      if (count > mostDependencies) throw new ReportRefused(`the document has more than ${mostDependencies} dependencies`);
      edges.set(ref, [...(edges.get(ref) ?? []), ...(dependsOn as string[])]);
    }
    return edges;
  }
}

async function readJson(open: OpenReport): Promise<Draft> {
  const gathered = new Gathered();
  const fields = ['bomFormat', 'specVersion', 'serialNumber'];
  const selectors = [...fields.map((name) => `$.${name}`), '$.metadata', '$.components.*', '$.services.*', '$.dependencies.*'].concat([
    '$.compositions.*',
  ]);
  const seen: Seen = new Map();
  for await (const { selector, path, value } of jsonItems(open(), selectors, { seen })) {
    const object = objectOf(value);
    if (selector === '$.metadata') gathered.metadata = object;
    else if (selector === '$.components.*') gathered.components.push({ component: checked(object, path), path });
    else if (selector === '$.services.*') gathered.services.push({ service: checked(object, path), path });
    else if (selector === '$.dependencies.*') gathered.dependencies.push({ dependency: checked(object, path), path });
    else if (selector === '$.compositions.*') gathered.incomplete ||= /^incomplete/.test(String(object?.['aggregate']));
    else gathered.fields.set(String(path[0]), value);
  }
  for (const list of ['components', 'services', 'dependencies'])
    if (seen.has(`$.${list}`) && seen.get(`$.${list}`) !== 'list') throw wrong([list], 'this is no list');
  return gathered.draft();
}

function checked(object: Foreign | undefined, path: Path): Foreign {
  if (!object) throw wrong(path, 'this is no object');
  return object;
}

async function readXml(open: OpenReport): Promise<Draft> {
  const gathered = new Gathered();
  const selectors = [
    '/bom/@',
    '/bom/metadata',
    '/bom/components/component',
    '/bom/services/service',
    '/bom/dependencies/dependency',
    '/bom/compositions/composition',
  ];
  for await (const { selector, path, element } of xmlItems(open(), selectors)) {
    if (selector === '/bom/@') takeRoot(gathered, element);
    else if (selector === '/bom/metadata') gathered.metadata = metadataIn(element);
    else if (selector === '/bom/components/component') gathered.components.push({ component: componentIn(element), path });
    else if (selector === '/bom/services/service') gathered.services.push({ service: serviceIn(element), path });
    else if (selector === '/bom/compositions/composition')
      gathered.incomplete ||= /^incomplete/.test(String(child(element, 'aggregate')?.text));
    else gathered.dependencies.push(...dependenciesIn(element, path));
  }
  return gathered.draft();
}

function takeRoot(gathered: Gathered, element: XmlElement): void {
  const version = namespace.exec(element.attributes['xmlns'] ?? '')?.[1];
  if (version === undefined) throw wrong(['bom'], 'its namespace is none of CycloneDX 1.2 to 1.7');
  gathered.fields.set('bomFormat', 'CycloneDX').set('specVersion', version);
  const serial = attribute(element, 'serialNumber');
  if (serial !== undefined) gathered.fields.set('serialNumber', serial);
}

function metadataIn(element: XmlElement): Foreign {
  const component = child(element, 'component');
  const timestamp = child(element, 'timestamp')?.text;
  const tools = child(element, 'tools');
  const named = [...children(tools, 'tool'), ...children(child(tools, 'components'), 'component')];
  return {
    ...(component && { component: componentIn(component) }),
    ...(timestamp !== undefined && { timestamp }),
    licenses: (child(element, 'licenses')?.children ?? []).map(choiceIn),
    properties: propertiesIn(element),
    tools: named.map((tool) => ({ name: child(tool, 'name')?.text, version: child(tool, 'version')?.text })),
  };
}

/** Before 1.2 was settled tools wrote them inside each other; so they are read, too. */
function dependenciesIn(element: XmlElement, path: Path): readonly { readonly dependency: Foreign; readonly path: Path }[] {
  const inner = children(element, 'dependency', mostDependencies);
  return [
    { dependency: { ref: element.attributes['ref'], dependsOn: inner.map((one) => one.attributes['ref']) }, path },
    ...inner.filter(({ children: deeper }) => deeper.length > 0).flatMap((one) => dependenciesIn(one, path)),
  ];
}

/** Until 1.4 a list, then also an object with components. */
function toolOf(tools: unknown): string | undefined {
  const named = [...objectsOf(tools), ...objectsOf(objectOf(tools)?.['components'])];
  return textOf(
    named.map(({ name }) => textOf(name, 64)).find((name) => name !== undefined),
    64,
  );
}
