import { RegistryFailed } from './registry-failed.ts';

/** A thing in a registry, by what it must be. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Machine that an image runs on. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface ImageManifest {
  readonly config: Descriptor;
  /** From the lowest on. */
  readonly layers: readonly Descriptor[];
}

/** The images of several platforms under one name. */
export interface ImageIndex {
  readonly manifests: readonly (Descriptor & { readonly platform?: Platform })[];
}

const types = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
};
/** What is asked for, so that no registry translates into an older form. */
export const manifestTypes: readonly string[] = [...types.manifest, ...types.index];

const configTypes = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];
const layerForm = /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.diff\.tar(?:\.gzip|\.zstd)?)$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;
/** Engines run no more than 127. */
const mostLayers = 512;
const mostManifests = 1_000;

/** Reads a manifest or an index by its media type. A document that could be read as either is refused, as is any other kind. */
export function readManifest(bytes: Buffer, contentType: string, what: string): ImageManifest | ImageIndex {
  const document = objectIn(bytes, what);
  const said = document['mediaType'];
  const type = typeof said === 'string' ? said : (contentType.split(';')[0] ?? '').trim();
  const [hasLayers, hasManifests] = ['layers', 'manifests'].map((name) => document[name] !== undefined) as [boolean, boolean];
  // CVE-2021-41190: two readers must not see two images in one document.
  if (hasLayers && hasManifests) throw unsupported(what, 'its manifest could be read in two ways');
  if (document['schemaVersion'] === 1) throw unsupported(what, 'its manifest is of schema 1, which registries gave up: push it again');
  if (types.index.includes(type) && hasManifests) return indexIn(document, what);
  if (types.manifest.includes(type) && hasLayers) return manifestIn(document, what);
  throw unsupported(what, `it is no container image (${type.slice(0, 100) || 'no media type'})`);
}

export function isIndex(manifest: ImageManifest | ImageIndex): manifest is ImageIndex {
  return 'manifests' in manifest;
}

/** `linux/arm64/v8` as it is written. Throws `RegistryFailed`. */
export function platformOf(text: string): Platform {
  const [, os, architecture, variant] = /^([a-z0-9]{1,20})\/([a-z0-9]{1,20})(?:\/([a-z0-9]{1,20}))?$/.exec(text) ?? [];
  if (os === undefined || architecture === undefined)
    throw new RegistryFailed('invalid', `${JSON.stringify(text.slice(0, 60))} is no platform: write os/architecture, as in linux/arm64`);
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

/** The image of one platform; where there is only one, nobody needs to name it. */
export function chosenOf({ manifests }: ImageIndex, wanted: Platform | undefined, what: string): Descriptor {
  // Attestations stand among the images, with a platform that is none.
  const images = manifests.filter(({ platform }) => platform === undefined || platform.os !== 'unknown');
  const asked = wanted ?? { os: 'linux', architecture: 'amd64' };
  const fits = ({ platform }: (typeof images)[number]): boolean =>
    platform?.os === asked.os &&
    platform.architecture === asked.architecture &&
    (asked.variant === undefined || platform.variant === asked.variant);
  const chosen = images.find(fits) ?? (wanted === undefined && images.length === 1 ? images[0] : undefined);
  if (chosen) return chosen;
  const known = [...new Set(images.flatMap(({ platform }) => (platform ? [platformText(platform)] : [])))].slice(0, 20);
  throw new RegistryFailed(
    'not_found',
    `${what} has no image for ${platformText(asked)}, but for ${known.join(', ') || 'none that says so'}`,
  );
}

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join('/');
}

function indexIn(document: Fields, what: string): ImageIndex {
  const listed = listIn(document['manifests'], mostManifests, what);
  const manifests = listed.map((fields) => ({ ...descriptorIn(fields, what), ...platformIn(fields['platform']) }));
  return { manifests: manifests.filter(({ mediaType }) => types.manifest.includes(mediaType)) };
}

/** Addresses that a descriptor names besides (`urls`) are never asked. */
function manifestIn(document: Fields, what: string): ImageManifest {
  const config = descriptorIn(fieldsIn(document['config']), what);
  if (!configTypes.includes(config.mediaType)) throw unsupported(what, `it is no container image (${config.mediaType})`);
  const layers = listIn(document['layers'], mostLayers, what).map((fields) => descriptorIn(fields, what));
  const strange = layers.find(({ mediaType }) => !layerForm.test(mediaType));
  if (strange) throw unsupported(what, `it has a layer of the kind ${strange.mediaType}, which is not read`);
  return { config, layers };
}

type Fields = Readonly<Record<string, unknown>>;

function descriptorIn({ mediaType, digest, size }: Fields, what: string): Descriptor {
  const fits =
    typeof mediaType === 'string' && /^[\w.+/-]{1,200}$/.test(mediaType) && typeof digest === 'string' && digestForm.test(digest);
  if (!fits || !Number.isSafeInteger(size) || (size as number) < 0)
    throw unsupported(what, 'its manifest names something that is no content');
  return { mediaType, digest, size: size as number };
}

function platformIn(value: unknown): { readonly platform?: Platform } {
  const { os, architecture, variant } = fieldsIn(value);
  if (!isWord(os) || !isWord(architecture)) return {};
  return { platform: { os, architecture, ...(isWord(variant) && { variant }) } };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,40}$/.test(value);
}

function listIn(value: unknown, most: number, what: string): readonly Fields[] {
  if (!Array.isArray(value) || value.length > most) throw unsupported(what, `its manifest lists nothing, or more than ${most} parts`);
  return value.map(fieldsIn);
}

function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function objectIn(bytes: Buffer, what: string): Fields {
  try {
    return fieldsIn(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw unsupported(what, 'its manifest is no JSON');
  }
}

function unsupported(what: string, why: string): RegistryFailed {
  return new RegistryFailed('unsupported', `${what} cannot be read: ${why}`);
}
