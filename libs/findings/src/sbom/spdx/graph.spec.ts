import { describe, expect, it } from '@jest/globals';
import { recogniseSbom } from '../formats.ts';
import { readSbom } from '../read-sbom.ts';
import type { Sbom } from '../sbom.ts';

const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld';
const creation = { type: 'CreationInfo', '@id': '_:creation', specVersion: '3.0.1', createdUsing: ['urn:tool'] };
const pack = (name: string, more: object = {}): object => ({ type: 'software_Package', spdxId: `urn:${name}`, name, ...more });
const related = (from: string, relationshipType: string, to: string, more: object = {}): object => ({
  ...{ type: 'Relationship', spdxId: `urn:${from}-${relationshipType}-${to}`, relationshipType, from: `urn:${from}`, to: [`urn:${to}`] },
  ...more,
});
const graph = [
  related('a', 'hasConcludedLicense', 'licence'),
  related('shop', 'dependsOn', 'a'),
  related('shop', 'dependsOn', 'b', { type: 'LifecycleScopedRelationship', scope: 'test' }),
  related('b', 'hasDeclaredLicense', 'none'),
  { type: 'SpdxDocument', spdxId: 'urn:document', name: 'document', rootElement: ['urn:sbom'] },
  { type: 'software_Sbom', spdxId: 'urn:sbom', rootElement: ['urn:shop'] },
  pack('shop', { software_packageVersion: '2.0.0' }),
  pack('a', {
    software_packageUrl: 'pkg:npm/a@1.0.0',
    verifiedUsing: [
      { type: 'Hash', algorithm: 'sha256', hashValue: 'A'.repeat(64) },
      { type: 'Hash', algorithm: 'sha3_256', hashValue: 'B'.repeat(64) },
      { type: 'PackageVerificationCode', algorithm: 'sha1', hashValue: 'C'.repeat(40) },
    ],
  }),
  pack('b', { externalIdentifier: [{ type: 'ExternalIdentifier', externalIdentifierType: 'packageUrl', identifier: 'pkg:npm/b@1.0.0' }] }),
  { type: 'simplelicensing_LicenseExpression', spdxId: 'urn:licence', simplelicensing_licenseExpression: 'MIT' },
  { type: 'simplelicensing_LicenseExpression', spdxId: 'urn:none', simplelicensing_licenseExpression: 'NOASSERTION' },
  { type: 'Tool', spdxId: 'urn:tool', name: 'exampler' },
  { type: 'Person', spdxId: 'urn:person', name: 'somebody' },
  creation,
];
const document = { '@context': context, '@graph': graph };

async function read(value: object | string): Promise<Sbom> {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const open = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100) yield await Promise.resolve(bytes.subarray(at, at + 100));
  };
  return readSbom(recogniseSbom(bytes, true), open);
}

describe('SPDX 3.0', () => {
  it('is read as what its packages and relationships say', async () => {
    const { head, components, dependencies } = await read(document);

    expect(head).toEqual({ format: 'SPDX', specVersion: '3.0.1', name: 'shop', version: '2.0.0', tool: 'exampler' });
    expect(components).toEqual([
      expect.objectContaining({
        ...{ purl: 'pkg:npm/a@1.0.0', ecosystem: 'npm', licence: 'MIT', direct: true, scope: 'unknown' },
        hashes: [`SHA-256:${'a'.repeat(64)}`, `SHA3-256:${'b'.repeat(64)}`],
      }),
      expect.objectContaining({ purl: 'pkg:npm/b@1.0.0', direct: true, scope: 'development' }),
    ]);
    expect(components[1]).not.toHaveProperty('licence');
    expect(dependencies).toEqual([{ to: [0, 1] }]);
  });

  it('is the same in another order', async () => {
    expect(await read({ '@graph': [...graph].reverse(), '@context': [context] })).toEqual(await read(document));
  });

  it('takes a package for one of running that anybody needs while it runs', async () => {
    const { components } = await read({ ...document, '@graph': [...graph, related('a', 'dependsOn', 'b')] });

    expect(components[1]).toMatchObject({ name: 'b', scope: 'unknown' });
  });

  it.each([
    ['another version', { '@context': 'https://spdx.org/rdf/4.0.0/spdx-context.jsonld', '@graph': graph }, '/@context'],
    ['a version that nobody names', { ...document, '@graph': graph.slice(0, -1) }, '/@graph'],
    ['a package without a name', { ...document, '@graph': [creation, { type: 'software_Package', spdxId: 'urn:a' }] }, '/@graph/1/name'],
    ['a package without an identifier', { ...document, '@graph': [creation, { type: 'software_Package', name: 'a' }] }, '/@graph/1/spdxId'],
    ['an identifier that stands twice', { ...document, '@graph': [creation, pack('a'), pack('a')] }, '/@graph/2/spdxId'],
    ['an element of no type', { ...document, '@graph': [creation, {}] }, '/@graph/1'],
    ['a relationship to nothing', { ...document, '@graph': [{ type: 'Relationship', from: 'urn:a' }] }, '/@graph/0'],
    ['an element that is none', { ...document, '@graph': [7] }, '/@graph/0'],
  ])('is refused with the place: %s', async (_, value, pointer) => {
    await expect((async () => read(value))()).rejects.toMatchObject({ code: 'report_refused', place: { pointer } });
  });

  it('is refused when it breaks off', async () => {
    await expect((async () => read(JSON.stringify(document).slice(0, -10)))()).rejects.toMatchObject({ code: 'report_refused' });
  });
});
