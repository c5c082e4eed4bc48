import { describe, expect, it } from '@jest/globals';
import { ReportRefused } from '../readers/report-refused.ts';
import { recogniseSbom } from './formats.ts';
import { readSbom } from './read-sbom.ts';
import type { Sbom } from './sbom.ts';

const head = { bomFormat: 'CycloneDX', specVersion: '1.5' };
const library = (name: string, version: string, more: object = {}): object => ({
  ...{ type: 'library', 'bom-ref': name, name, version, purl: `pkg:npm/${name}@${version}` },
  ...more,
});
const bom = {
  ...head,
  metadata: { component: { type: 'application', 'bom-ref': 'shop', name: 'shop', version: '2.0.0' }, tools: [{ name: 'cdxgen' }] },
  components: [
    library('a', '1.0.0', {
      scope: 'required',
      licenses: [{ license: { id: 'MIT' } }],
      hashes: [{ alg: 'SHA-1', content: 'A'.repeat(40) }],
    }),
    library('b', '2.0.0', { components: [library('c', '3.0.0')] }),
    { type: 'file', name: 'main.js' },
  ],
  dependencies: [
    { ref: 'shop', dependsOn: ['a', 'gone'] },
    { ref: 'a', dependsOn: ['c'] },
  ],
};

const spdx = {
  ...{ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'document', creationInfo: { creators: ['Tool: syft-1.2.3'] } },
  packages: [
    { SPDXID: 'SPDXRef-shop', name: 'shop', versionInfo: '2.0.0' },
    {
      ...{ SPDXID: 'SPDXRef-a', name: 'a', versionInfo: '1.0.0', licenseConcluded: 'NOASSERTION', licenseDeclared: 'MIT' },
      externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: 'pkg:npm/a@1.0.0' }],
      checksums: [{ algorithm: 'SHA1', checksumValue: 'A'.repeat(40) }],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-shop' },
    { spdxElementId: 'SPDXRef-a', relationshipType: 'DEPENDENCY_OF', relatedSpdxElement: 'SPDXRef-shop' },
  ],
};

const tagValue = `SPDXVersion: SPDX-2.2
DocumentName: document
Creator: Tool: syft-1.2.3
##### A comment
PackageName: shop
SPDXID: SPDXRef-shop
PackageVersion: 2.0.0
PackageComment: <text>two
lines</text>
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop
PackageName: a
SPDXID: SPDXRef-a
PackageVersion: 1.0.0
PackageLicenseDeclared: MIT
PackageChecksum: SHA1: ${'a'.repeat(40)}
ExternalRef: PACKAGE_MANAGER purl pkg:npm/a@1.0.0
FileName: ./a.js
SPDXID: SPDXRef-file
Relationship: SPDXRef-shop DEPENDS_ON SPDXRef-a
`;

const withLicence = (license: object): object => ({ ...head, components: [library('a', '1', { licenses: [{ license }] })] });

async function read(document: object | string): Promise<Sbom> {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  const open = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 100) yield Promise.resolve(bytes.subarray(at, at + 100));
  };
  return readSbom(recogniseSbom(bytes, true), open);
}

async function refusal(document: object | string): Promise<ReportRefused> {
  const error: unknown = await read(document).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ReportRefused);
  return error as ReportRefused;
}

describe('readSbom', () => {
  it('reads components, those within others, licences, hashes and who needs whom', async () => {
    const sbom = await read(bom);

    expect(sbom.head).toEqual({ format: 'CycloneDX', specVersion: '1.5', name: 'shop', version: '2.0.0', tool: 'cdxgen' });
    expect(sbom.components.map(({ purl, direct }) => [purl, direct])).toEqual([
      ['pkg:npm/a@1.0.0', true],
      ['pkg:npm/b@2.0.0', false],
      ['pkg:npm/c@3.0.0', false],
    ]);
    expect(sbom.components[0]).toMatchObject({ licence: 'MIT', scope: 'runtime', kind: 'library', hashes: [`SHA-1:${'a'.repeat(40)}`] });
    expect(sbom.dependencies).toEqual([{ to: [0] }, { from: 0, to: [2] }]);
  });

  it('reads the same out of the same in another order', async () => {
    const turned = {
      dependencies: [...bom.dependencies].reverse(),
      components: [...bom.components].reverse(),
      metadata: bom.metadata,
      specVersion: '1.5',
      bomFormat: 'CycloneDX',
    };

    expect(await read(turned)).toEqual(await read(bom));
  });

  it('reads XML as JSON', async () => {
    const xml = `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata><tools><tool><name>cdxgen</name></tool></tools>
      <component type="application" bom-ref="shop"><name>shop</name><version>2.0.0</version></component></metadata>
      <components><component type="library" bom-ref="a"><name>a</name><version>1.0.0</version><scope>required</scope>
      <hashes><hash alg="SHA-1">${'a'.repeat(40)}</hash></hashes><licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/a@1.0.0</purl></component>
      <component type="library" bom-ref="b"><name>b</name><version>2.0.0</version><purl>pkg:npm/b@2.0.0</purl>
      <components><component type="library" bom-ref="c"><name>c</name><version>3.0.0</version><purl>pkg:npm/c@3.0.0</purl></component></components></component>
      </components><dependencies><dependency ref="shop"><dependency ref="a"/></dependency><dependency ref="a"><dependency ref="c"/></dependency></dependencies></bom>`;

    expect(await read(xml)).toEqual(await read(bom));
  });

  it('reads SPDX, JSON and tag-value alike', async () => {
    const sbom = await read(spdx);

    expect(sbom.head).toEqual({ format: 'SPDX', specVersion: '2.3', name: 'shop', version: '2.0.0', tool: 'syft' });
    expect(sbom.components).toEqual([
      expect.objectContaining({
        purl: 'pkg:npm/a@1.0.0',
        ecosystem: 'npm',
        licence: 'MIT',
        direct: true,
        hashes: [`SHA-1:${'a'.repeat(40)}`],
      }),
    ]);
    const other = await read(tagValue);
    expect({ ...other, head: sbom.head }).toEqual(sbom);
  });

  it('lists what has no package URL, and compares it with nothing', async () => {
    const { components } = await read({ ...head, components: [{ type: 'library', group: 'org.acme', name: 'odd thing' }] });

    expect(components).toEqual([
      expect.objectContaining({ purl: 'pkg:generic/org.acme%2Fodd%20thing', ecosystem: 'generic', version: '', direct: false }),
    ]);
  });

  it('takes licences of the SPDX list, also those that it calls outdated, and any other by its name', async () => {
    for (const license of [{ id: 'MIT' }, { id: 'GPL-2.0' }, { id: 'Classpath-exception-2.0' }, { name: 'Apache-2' }])
      expect((await read(withLicence(license))).components).toHaveLength(1);
    expect((await read({ ...head, components: [library('a', '1', { properties: [{ value: 'x' }] })] })).components).toHaveLength(1);
  });

  it('says that it knows of something missing', async () => {
    expect((await read({ ...bom, compositions: [{ aggregate: 'incomplete' }] })).head.incomplete).toBe(true);
    expect((await read({ ...head, metadata: {} })).head.incomplete).toBe(true);
  });

  it('ends with a circle of dependencies', async () => {
    const { dependencies } = await read({
      ...{ ...head, components: [library('a', '1'), library('b', '1')] },
      dependencies: [
        { ref: 'a', dependsOn: ['b', 'a'] },
        { ref: 'b', dependsOn: ['a'] },
      ],
    });

    expect(dependencies).toEqual([
      { from: 0, to: [1] },
      { from: 1, to: [0] },
    ]);
  });
});

describe('what is no SBOM', () => {
  it.each([
    ['another format', { version: '2.1.0', runs: [] }, ''],
    ['a version that is not known', { ...bom, specVersion: '2.0' }, '/specVersion'],
    ['a component without a name', { ...head, components: [library('a', '1'), { type: 'library' }] }, '/components/1'],
    ['a component of no type', { ...head, components: [{ type: 'thing', name: 'a' }] }, '/components/0/type'],
    [
      'a hash that is none',
      { ...head, components: [library('a', '1', { hashes: [{ alg: 'MD5', content: 'foo' }] })] },
      '/components/0/hashes/0/content',
    ],
    ['a reference that stands twice', { ...head, components: [library('a', '1'), library('a', '2')] }, '/components/1/bom-ref'],
    ['components that are no list', { ...head, components: {} }, '/components'],
    ['dependencies of nobody', { ...bom, dependencies: [{ dependsOn: [] }] }, '/dependencies/0/ref'],
    ['a package of SPDX without an identifier', { ...spdx, packages: [{ name: 'a' }] }, '/packages/0/SPDXID'],
    ['a licence that SPDX does not list', withLicence({ id: 'Apache-2' }), '/components/0/licenses/0/license/id'],
    [
      'a licence of the document that SPDX does not list',
      { ...head, metadata: { licenses: [{ license: { id: 'Apache-2' } }] } },
      '/metadata/licenses/0/license/id',
    ],
    [
      'an issue of no type',
      { ...head, components: [library('a', '1', { pedigree: { patches: [{ type: 'backport', resolves: [{ type: 'foo' }] }] } })] },
      '/components/0/pedigree/patches/0/resolves/0/type',
    ],
    ['a service without a name', { ...head, services: [{}] }, '/services/0'],
    [
      'data that flow nowhere',
      { ...head, services: [{ name: 'a', services: [{ name: 'b', data: [{ flow: 'up', classification: 'x' }] }] }] },
      '/services/0/services/0/data/0/flow',
    ],
    [
      'a property without a name',
      { ...head, specVersion: '1.6', components: [library('a', '1', { properties: [{ value: 'x' }] })] },
      '/components/0/properties/0',
    ],
    ['a graph of something else', { '@context': 'https://schema.org', '@graph': [] }, '/@context'],
  ])('is refused with the place: %s', async (_what, document, pointer) => {
    expect((await refusal(document)).place.pointer).toBe(pointer);
  });

  it('is refused when it breaks off', async () => {
    const text = JSON.stringify(bom);

    expect((await refusal(text.slice(0, -20))).place.line).toBe(1);
    expect((await refusal(tagValue.replace('</text>', ''))).place.line).toBe(8);
    expect((await refusal('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>')).place.line).toBe(1);
  });

  it('is refused when a component lies too deep in others', async () => {
    let component = library('x', '1');
    for (let depth = 0; depth < 40; depth += 1) component = { type: 'library', name: `n${depth}`, components: [component] };
    expect((await read({ ...head, components: [component] })).components).toHaveLength(41);
    for (let depth = 40; depth < 70; depth += 1) component = { type: 'library', name: `n${depth}`, components: [component] };

    expect((await refusal({ ...head, components: [component] })).message).toMatch(/deep/);
  });
});
