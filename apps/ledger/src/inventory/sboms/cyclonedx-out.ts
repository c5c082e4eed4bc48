import type { SbomRow } from './sbom-list.ts';

/** A component as it is stored, with what its SBOM says of it. */
export interface StoredComponent {
  readonly id: string;
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string | null;
  readonly scope: string;
  readonly manifests: readonly string[];
  readonly kind: string | null;
  readonly hashes: readonly string[] | null;
}

const kinds = new Set(
  [
    'application',
    'framework',
    'library',
    'container',
    'platform',
    'operating-system',
    'device',
    'device-driver',
    'firmware',
    'file',
  ].concat(['machine-learning-model', 'data', 'cryptographic-asset']),
);
const hashNames = /^(?:MD5|SHA-(?:1|256|384|512)|SHA3-(?:256|384|512)|BLAKE2b-(?:256|384|512)|BLAKE3|Streebog-(?:256|512))$/;
/** Identifiers joined by the words of SPDX, and nothing else. */
const expression = /^\(*[\w.+:-]+\)*(?: (?:AND|OR|WITH) \(*[\w.+:-]+\)*)*$/;

/** Everything of a CycloneDX 1.6 document but its lists. */
export function headOf(row: SbomRow): string {
  const { id, artifact, commit, repository, image, name, version, generatedBy, createdAt } = row;
  const properties = { repository, commit, artifact, 'generated-by': generatedBy };
  const serial = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? { serialNumber: `urn:uuid:${id}` } : {};
  return JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', ...serial, version: 1 },
    metadata: {
      timestamp: createdAt.toISOString(),
      tools: { components: [{ type: 'application', name: 'throughline' }] },
      component: {
        type: artifact === null ? 'application' : 'container',
        'bom-ref': 'root',
        name: name ?? image ?? repository,
        version: version ?? artifact ?? commit,
      },
      properties: Object.entries(properties).flatMap(([key, value]) =>
        value === null || value === '' ? [] : [{ name: `throughline:${key}`, value }],
      ),
    },
  });
}

export function componentOf({ kind, name, version, purl, licence, scope, hashes, manifests }: StoredComponent, ref: string): object {
  const known = (hashes ?? []).map((hash) => hash.split(':')).filter(([name, value]) => hashNames.test(name!) && value !== undefined);
  return {
    type: kind !== null && kinds.has(kind) ? kind : 'library',
    ...{ 'bom-ref': ref, name },
    ...(version !== '' && { version }),
    ...(scope !== 'unknown' && { scope: scope === 'runtime' ? 'required' : 'excluded' }),
    ...(known.length > 0 && { hashes: known.map(([alg, content]) => ({ alg, content })) }),
    ...(licence !== null && { licenses: [expression.test(licence) ? { expression: licence } : { license: { name: licence } }] }),
    purl,
    ...(manifests.some((manifest) => manifest !== 'SBOM') && {
      properties: manifests.map((value) => ({ name: 'throughline:manifest', value })),
    }),
  };
}

export function dependencyOf(ref: string | undefined, dependsOn: readonly (string | undefined)[]): object {
  return { ref, dependsOn: dependsOn.filter((one) => one !== undefined) };
}
