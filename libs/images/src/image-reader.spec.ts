import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { tar, type TarContent } from '@throughline/testing';
import { rpmHeader } from './fixtures/rpm-header.ts';
import { imageCyclonedx } from './image-cyclonedx.ts';
import { ImageReader, type ImageInventory } from './image-reader.ts';
import { layerLimits } from './layer.ts';

type Files = Readonly<Record<string, string | Buffer | TarContent>>;

async function inventory(layers: readonly Files[], pack: (archive: Buffer) => Buffer = (archive) => archive): Promise<ImageInventory> {
  const reader = new ImageReader({ ...layerLimits, maxFileBytes: 60_000 });
  for (const layer of layers) await reader.add(chunks(pack(tar(Object.entries(layer)))));
  return reader.inventory();
}

async function* chunks(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield await Promise.resolve(bytes.subarray(at, at + 1_000));
}

const lodash = (version: string): Files => ({ 'app/node_modules/lodash/package.json': `{"name":"lodash","version":"${version}"}` });
const django = (version: string): string => `Name: Django\nVersion: ${version}\n\n`;
const purls = ({ languages }: ImageInventory): readonly string[] => languages.map(({ purl }) => purl);

describe('an image', () => {
  it('has what its layers leave of each other', async () => {
    const below = { ...lodash('4.17.20'), 'srv/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}' };

    expect(purls(await inventory([below]))).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/lodash@4.17.20']);
    expect(purls(await inventory([below, lodash('4.17.21')]))).toEqual(['pkg:npm/a@1.0.0', 'pkg:npm/lodash@4.17.21']);
    expect(purls(await inventory([below, { 'app/.wh.node_modules': '' }]))).toEqual(['pkg:npm/a@1.0.0']);
    expect(purls(await inventory([below, { 'srv/.wh..wh..opq': '' }]))).toEqual(['pkg:npm/lodash@4.17.20']);
  });

  it.each([
    ['a file that says nothing', { 'app/node_modules/lodash/package.json': '{}' }],
    ['a link in place of the folder', { 'app/node_modules/lodash': { type: '2', target: '/proc' } }],
    ['a file in place of the folder', { 'app/node_modules': 'x' }],
  ])('has nothing left of a package below %s', async (_, above) => {
    expect(purls(await inventory([lodash('4.17.20'), above]))).toEqual([]);
  });

  it('may be packed with zstd', async () => {
    expect(purls(await inventory([lodash('4.17.20')], zstdCompressSync))).toEqual(['pkg:npm/lodash@4.17.20']);
  });

  it.each([
    ['dpkg', { 'var/lib/dpkg/info/python3-django.list': '/.\n/lib/python3/Django.egg-info\n' }],
    ['images without a package manager', { 'var/lib/dpkg/status.d/p.md5sums': `${'a'.repeat(32)}  usr/lib/python3/Django.egg-info\n` }],
    ['apk', { 'lib/apk/db/installed': 'P:py3-django\nV:1-r0\nF:usr/lib/python3\nR:Django.egg-info\n' }],
    [
      'RPM',
      {
        'var/lib/rpm/Packages.db': ndbOf(rpmHeader({ name: 'd', version: '1', release: '1', files: ['/usr/lib/python3/Django.egg-info'] })),
      },
    ],
  ])('does not list again what %s has brought', async (_, owner) => {
    const files = { 'usr/lib/python3/Django.egg-info': django('2.2'), 'opt/Other.egg-info': django('3.0') };

    expect(purls(await inventory([files]))).toEqual(['pkg:pypi/django@2.2', 'pkg:pypi/django@3.0']);
    expect(purls(await inventory([files, owner]))).toEqual(['pkg:pypi/django@3.0']);
  });

  it('says which files were not looked at', async () => {
    const { unread } = await inventory([
      { 'app/big.jar': Buffer.alloc(70_000), 'usr/bin/tool': { content: Buffer.alloc(70_000), mode: '0000755' } },
    ]);

    expect(unread).toEqual(['app/big.jar', 'usr/bin/tool']);
  });

  it('says which files lie under another name that says nothing', async () => {
    const link = (target: string): TarContent => ({ type: '1', target });
    const json = '{"name":"a","version":"1.0.0"}';

    const known = await inventory([
      { 'store/node_modules/a/package.json': json, 'x/node_modules/a/package.json': link('store/node_modules/a/package.json') },
    ]);
    const unknown = await inventory([{ 'store/00/ab': json, 'x/node_modules/a/package.json': link('store/00/ab') }]);

    expect([purls(known), known.unread]).toEqual([['pkg:npm/a@1.0.0'], []]);
    expect([purls(unknown), unknown.unread]).toEqual([[], ['x/node_modules/a/package.json']]);
  });

  it('is the same document each time, with the sources that advisories name', async () => {
    const openssl = {
      name: 'openssl-libs',
      version: '1.1.1k',
      release: '4.el8',
      epoch: 1,
      architecture: 'x86_64',
      source: 'openssl-1.1.1k-4.el8.src.rpm',
    };
    const files = {
      'etc/os-release': 'ID="rhel"\nVERSION_ID="8.5"\n',
      'var/lib/rpm/Packages.db': ndbOf(rpmHeader(openssl)),
      ...lodash('4.17.20'),
    };
    const image = { name: 'ghcr.io/you/shop', digest: `sha256:${'a'.repeat(64)}` };

    const [first, again] = [imageCyclonedx(await inventory([files]), image), imageCyclonedx(await inventory([files]), image)];

    expect(again).toBe(first);
    const { components, compositions } = JSON.parse(first) as { components: { purl: string }[]; compositions?: unknown };
    expect(components.map(({ purl }) => purl)).toEqual([
      'pkg:rpm/redhat/openssl-libs@1.1.1k-4.el8?arch=x86_64&distro=rhel-8.5&epoch=1&upstream=openssl-1.1.1k-4.el8.src.rpm',
      'pkg:npm/lodash@4.17.20',
    ]);
    expect(compositions).toBeUndefined();
  });
});

/** A database of RPM's own kind with one package. */
function ndbOf(header: Buffer): Buffer {
  const file = Buffer.alloc(4096 + 16 + header.length);
  file.write('RpmP', 0, 'latin1');
  file.writeUInt32LE(1, 12);
  for (let slot = 2; slot < 256; slot += 1) file.write('Slot', slot * 16, 'latin1');
  file.writeUInt32LE(1, 36);
  file.writeUInt32LE(256, 40);
  file.write('BlbS', 4096, 'latin1');
  file.writeUInt32LE(1, 4100);
  file.writeUInt32LE(header.length, 4108);
  header.copy(file, 4112);
  return file;
}
