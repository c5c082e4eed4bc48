import { formatPurl, parsePurl } from '@throughline/versions';
import type { ImageInventory, InnerPackage } from './image-reader.ts';
import type { ImagePackage } from './os-packages.ts';

/** Which image an inventory is of. */
export interface InventoriedImage {
  readonly name: string;
  readonly digest: string;
}

/**
 * An inventory as CycloneDX 1.6. It has neither time nor serial number: the same image gives the same document, byte by byte.
 */
export function imageCyclonedx({ system, languages, unread }: ImageInventory, { name, digest }: InventoriedImage): string {
  const root = `${name}@${digest}`;
  const components = [...system.map(systemComponent), ...languages.map(innerComponent)];
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'throughline' }] },
      component: { type: 'container', 'bom-ref': root, name, version: digest },
      ...(unread.length > 0 && { properties: unread.map((path) => ({ name: 'throughline:unread', value: path })) }),
    },
    components,
    ...(unread.length > 0 && { compositions: [{ aggregate: 'incomplete', assemblies: [root] }] }),
  });
}

function systemComponent({ purl, name, version, licence, manifest, source }: ImagePackage): object {
  return componentOf(withSource(purl, source), { name, version, licence, manifest });
}

function innerComponent({ purl, namespace, name, version, licence, manifest }: InnerPackage): object {
  return { ...(namespace !== undefined && { group: namespace }), ...componentOf(purl, { name, version, licence, manifest }) };
}

function componentOf(purl: string, about: { name: string; version: string; licence: string | undefined; manifest: string }): object {
  const { name, version, licence, manifest } = about;
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    ...(licence !== undefined && { licenses: [{ license: { name: licence } }] }),
    properties: [{ name: 'evidence:location', value: manifest }],
  };
}

/** Advisories of distributions name what a package was built from. */
function withSource(purl: string, source: ImagePackage['source']): string {
  const parsed = parsePurl(purl);
  if (!parsed) return purl;
  const own = source.name === parsed.name && source.version === parsed.version;
  if (own) return purl;
  const file = `${source.name}-${source.version}.src.rpm`;
  const told = source.version === parsed.version ? source.name : `${source.name}@${source.version}`;
  return formatPurl({ ...parsed, qualifiers: { ...parsed.qualifiers, upstream: parsed.type === 'rpm' ? file : told } }) ?? purl;
}
