import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { tar, type TarContent } from '@throughline/testing';
import { ImageFiles } from './image-files.ts';
import { LayerRefused } from './layer-refused.ts';
import { layerLimits, readLayer, type Layer, type LayerLimits } from './layer.ts';
import { isOsFile, osPackages } from './os-packages.ts';

function layer(archive: Buffer, limits: Partial<LayerLimits> = {}): Promise<Layer> {
  const source = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < archive.length; at += 700) yield await Promise.resolve(archive.subarray(at, at + 700));
  };
  return readLayer(source(), { wants: isOsFile }, { ...layerLimits, ...limits });
}

const debian = 'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"\nID=debian\nVERSION_ID="9"\n';
const status = `Package: libssl1.1
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 1.1.0k-1~deb9u1
Description: Secure Sockets Layer toolkit
 Version: not this one

Package: libc-bin
Status: install ok installed
Architecture: amd64
Source: glibc (2.24-11+deb9u4)
Version: 1:2.24-11

Package: gone
Status: deinstall ok config-files
Version: 1.0
`;
const installed = `C:Q1RkgH0GuPyJXc1VpVxWS1UdVjAuI=
P:musl
V:1.1.22-r3
A:x86_64
L:MIT
o:musl

P:libssl1.1
V:1.1.1c-r0
A:x86_64
L:OpenSSL
o:openssl
F:lib
R:libssl.so.1.1
`;

describe('the packages of an image', () => {
  it('are those that dpkg has installed, with what they were built from', async () => {
    const image = ImageFiles.of([
      await layer(
        tar([
          ['./etc/os-release', debian],
          ['./var/lib/dpkg/status', status],
        ]),
      ),
    ]);

    const { distribution, packages } = osPackages(image);

    expect(distribution).toEqual({ id: 'debian', version: '9' });
    expect(packages).toEqual([
      expect.objectContaining({
        purl: 'pkg:deb/debian/libc-bin@1:2.24-11?arch=amd64&distro=debian-9',
        source: { name: 'glibc', version: '2.24-11+deb9u4' },
      }),
      expect.objectContaining({
        purl: 'pkg:deb/debian/libssl1.1@1.1.0k-1~deb9u1?arch=amd64&distro=debian-9',
        source: { name: 'openssl', version: '1.1.0k-1~deb9u1' },
        manifest: 'var/lib/dpkg/status',
      }),
    ]);
  });

  it('are one file each where there is no package manager', async () => {
    const image = ImageFiles.of([
      await layer(
        tar([
          ['etc/os-release', debian],
          ['var/lib/dpkg/status.d/tzdata', 'Package: tzdata\nVersion: 2019a-0+deb9u1\nArchitecture: all\n'],
          ['var/lib/dpkg/status.d/tzdata.md5sums', 'Package: no\nVersion: 1\n'],
        ]),
      ),
    ]);

    expect(osPackages(image).packages.map(({ purl }) => purl)).toEqual(['pkg:deb/debian/tzdata@2019a-0%2Bdeb9u1?arch=all&distro=debian-9']);
  });

  it('are those of apk, with their licences', async () => {
    const release = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.10.2\n';
    const image = ImageFiles.of([
      await layer(
        gzipSync(
          tar([
            ['etc/os-release', release],
            ['lib/apk/db/installed', installed],
          ]),
        ),
      ),
    ]);

    expect(osPackages(image).packages).toEqual([
      expect.objectContaining({
        purl: 'pkg:apk/alpine/libssl1.1@1.1.1c-r0?arch=x86_64&distro=alpine-3.10.2',
        licence: 'OpenSSL',
        source: { name: 'openssl', version: '1.1.1c-r0' },
      }),
      expect.objectContaining({ purl: 'pkg:apk/alpine/musl@1.1.22-r3?arch=x86_64&distro=alpine-3.10.2', licence: 'MIT' }),
    ]);
  });

  it('follow the layers: what a later one replaces or takes away is gone', async () => {
    const below = await layer(
      tar([
        ['etc/os-release', debian],
        ['var/lib/dpkg/status', status],
        ['var/lib/dpkg/status.d/a', 'Package: a\nVersion: 1\n'],
      ]),
    );
    const replaced = await layer(
      tar([
        ['var/lib/dpkg/status', 'Package: b\nStatus: install ok installed\nVersion: 2\n'],
        ['var/lib/dpkg/.wh.status.d', ''],
      ]),
    );
    const emptied = await layer(
      tar([
        ['var/lib/dpkg/.wh..wh..opq', ''],
        ['var/lib/dpkg/status.d/c', 'Package: c\nVersion: 3\n'],
      ]),
    );

    const names = (...layers: readonly Layer[]): readonly string[] => osPackages(ImageFiles.of(layers)).packages.map(({ name }) => name);

    expect(names(below)).toEqual(['a', 'libc-bin', 'libssl1.1']);
    expect(names(below, replaced)).toEqual(['b']);
    expect(names(below, emptied)).toEqual(['c']);
  });

  it('are found through links within the image, and through none that leads out of it or in a circle', async () => {
    const link = (target: string): TarContent => ({ type: '2', target });
    const own = await layer(
      tar([
        ['usr/lib/os-release', debian],
        ['etc/os-release', link('../../../usr/lib/os-release')],
      ]),
    );
    const circle = await layer(
      tar([
        ['etc/os-release', link('/usr/lib/os-release')],
        ['usr/lib/os-release', link('/etc/os-release')],
      ]),
    );
    const outside = await layer(tar([['etc/os-release', link('/proc/self/environ')]]));

    expect(osPackages(ImageFiles.of([own])).distribution).toEqual({ id: 'debian', version: '9' });
    expect(osPackages(ImageFiles.of([circle])).distribution).toBeUndefined();
    expect(osPackages(ImageFiles.of([outside])).distribution).toBeUndefined();
  });

  it('have long paths, which stand in records of their own', async () => {
    const name = `var/lib/dpkg/status.d/${'n'.repeat(120)}`;
    const pax = `${` path=${name}\n`.length + 3} path=${name}\n`;
    const content = 'Package: long\nVersion: 1\n';

    for (const record of [
      ['@', { type: 'x', content: pax }],
      ['@', { type: 'L', content: `${name}\0` }],
    ] as const) {
      const { files } = await layer(tar([record, ['short', content]]));
      expect([...files.keys()]).toEqual([name]);
    }
  });
});

describe('a layer', () => {
  const whole = tar([['var/lib/dpkg/status', status]]);

  it.each([
    ['is no tar', Buffer.alloc(2048, 'x'), {}],
    ['breaks off in a file', whole.subarray(0, 700), {}],
    ['breaks off in a header', whole.subarray(0, 300), {}],
    ['leads out of itself', tar([['../../etc/passwd', 'root']]), {}],
    [
      'has too many entries',
      tar([
        ['a', ''],
        ['b', ''],
        ['c', ''],
      ]),
      { maxEntries: 2 },
    ],
    ['has a file that is too large', whole, { maxFileBytes: 100 }],
    ['has files that are too large together', whole, { maxHeldBytes: 100 }],
    ['says that a file is larger than it is', tar([['var/lib/dpkg/status', { content: 'x', size: 4096 }]]).subarray(0, 1024), {}],
    ['is too large', whole, { maxBytes: 1000 }],
    ['unpacks to too much', gzipSync(tar([['big', 'x'.repeat(20 * 1024 * 1024)]])), {}],
    ['is packed badly', Buffer.concat([gzipSync(whole).subarray(0, 40), Buffer.alloc(500, 'x')]), {}],
    ['is packed badly with zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), {}],
    ['has a record that is none', tar([['@', { type: 'x', content: '999 path=a\n' }]]), {}],
  ])('is refused when it %s', async (_what, archive, limits) => {
    await expect(layer(archive, limits)).rejects.toBeInstanceOf(LayerRefused);
  });

  it('holds nothing of what nobody wants', async () => {
    const { files, links } = await layer(
      tar([
        ['usr/bin/tool', 'x'.repeat(5000)],
        ['usr/bin/other', { type: '2', target: 'tool' }],
        ['var/lib/dpkg/status', status],
      ]),
    );

    expect([...files.keys()]).toEqual(['var/lib/dpkg/status']);
    expect(links.size).toBe(0);
  });
});
