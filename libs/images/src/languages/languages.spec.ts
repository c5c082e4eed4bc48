import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { zipOf } from '@throughline/testing';
import { elfOf } from '../fixtures/elf.ts';
import { languageFiles } from './registry.ts';

/** What a file of an image says, as short text. */
async function found(path: string, content: string | Buffer, executable = false): Promise<readonly string[]> {
  const bytes = Buffer.from(content);
  const packages = await languageFiles.find(({ wants }) => wants(path, { size: bytes.length, executable }))?.packages(path, bytes);
  return (packages ?? []).map(({ type, namespace, name, version, licence }) =>
    [type, ...(namespace === undefined ? [] : [namespace]), name, version, ...(licence === undefined ? [] : [`(${licence})`])].join(' '),
  );
}

const metadata = 'Metadata-Version: 2.1\nName: Zope.Interface_x\nVersion: 5.4.0\nLicense: ZPL 2.1\n\nVersion: 9\n';
const gemspec = `Gem::Specification.new do |s|
  s.name = "rack".freeze
  s.version = "2.2.3"
  s.licenses = ["MIT".freeze, "BSD".freeze]
end`;

describe('a language', () => {
  it.each([
    ['app/node_modules/lodash/package.json', '{"name":"lodash","version":"4.17.20","license":"MIT"}', ['npm lodash 4.17.20 (MIT)']],
    ['a/node_modules/@babel/core/package.json', '{"name":"@babel/core","version":"7.0.0"}', ['npm @babel core 7.0.0']],
    ['a/node_modules/lodash/fp/package.json', '{"name":"x","version":"1.0.0"}', []],
    ['app/package.json', '{"name":"shop","version":"1.0.0"}', []],
    ['a/node_modules/x/package.json', '{"name":"x"', []],
    ['usr/lib/python3/site-packages/z-5.dist-info/METADATA', metadata, ['pypi zope-interface-x 5.4.0 (ZPL 2.1)']],
    ['usr/lib/z.egg-info/PKG-INFO', 'Name: z\r\nVersion: 1.0\r\n\r\nLong', ['pypi z 1.0']],
    ['usr/lib/z-1.egg-info', 'Name: z\nVersion: 1.1\nLicense: UNKNOWN\n', ['pypi z 1.1']],
    ['usr/lib/ruby/gems/specifications/rack-2.2.3.gemspec', gemspec, ['gem rack 2.2.3 (MIT OR BSD)']],
    [
      'srv/vendor/composer/installed.json',
      '{"packages":[{"name":"monolog/monolog","version":"v2.1.0"}]}',
      ['composer monolog monolog 2.1.0'],
    ],
    ['srv/vendor/composer/installed.json', '[{"name":"a/b","version":"1","license":["MIT"]},{"name":"no"},7]', ['composer a b 1 (MIT)']],
    ['srv/vendor/composer/installed.json', 'null', []],
  ])('says in %s what is installed', async (path, content, packages) => {
    expect(await found(path, content)).toEqual(packages);
  });
});

describe('a Java archive', () => {
  const pom = (group: string, artifact: string, version: string) => ({
    [`META-INF/maven/${group}/${artifact}/pom.properties`]: `#Generated\ngroupId=${group}\nartifactId=${artifact}\nversion=${version}\n`,
  });

  it('says what Maven made it of, and what lies in it', async () => {
    const inner = zipOf(pom('org.apache.logging.log4j', 'log4j-core', '2.14.1'));
    const bare = zipOf({
      'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0\r\nImplementation-Vendor-Id: com.e\r\n xample\r\n\r\nName: x\r\n',
    });
    const shop = zipOf({ ...pom('com.shop', 'api', '1.0'), 'BOOT-INF/lib/log4j-core.jar': inner, 'BOOT-INF/lib/tool-1.2.3.jar': bare });

    expect(await found('app/shop.jar', shop)).toEqual([
      'maven com.shop api 1.0',
      'maven org.apache.logging.log4j log4j-core 2.14.1',
      'maven com.example tool 1.2.3',
    ]);
  });

  it('is looked into three deep and no further', async () => {
    let archive = zipOf(pom('g', 'deepest', '1'));
    for (const name of ['d', 'c', 'b', 'a']) archive = zipOf({ ...pom('g', name, '1'), 'inner.jar': archive });

    expect(await found('a.jar', archive)).toEqual(['a', 'b', 'c', 'd'].map((name) => `maven g ${name} 1`));
  });

  it.each([
    ['nothing', Buffer.alloc(100)],
    ['half of one', zipOf({ a: 'b'.repeat(1000) }, { stored: true }).subarray(0, 600)],
  ])('that is %s says nothing', async (_, content) => {
    expect(await found('a.jar', content)).toEqual([]);
  });
});

describe('a program', () => {
  const modules =
    'path\texample.com/shop\nmod\texample.com/shop\t(devel)\t\ndep\tgolang.org/x/net\tv0.1.0\th1:x=\ndep\tgithub.com/a/b\tv1.0.0\n=>\tgithub.com/c/d\tv1.2.3\th1:y=\n';

  it('of Go says its modules, those that stand in for others, and its Go', async () => {
    const program = elfOf({ '.text': Buffer.alloc(9000), '.go.buildinfo': buildInfo('go1.21.3', modules) });

    expect(await found('usr/bin/shop', program, true)).toEqual([
      'golang stdlib 1.21.3',
      'golang golang.org/x net v0.1.0',
      'golang github.com/c d v1.2.3',
    ]);
    expect(await found('usr/bin/shop', program, false)).toEqual([]);
  });

  it('of Go that lost its sections still says them', async () => {
    const program = Buffer.concat([elfOf({ '.text': Buffer.alloc(9000) }), Buffer.alloc(16)]);
    const stripped = Buffer.concat([program.subarray(0, program.length - (program.length % 16)), buildInfo('go1.20', modules)]);

    expect(await found('shop', stripped, true)).toContain('golang stdlib 1.20');
  });

  it('of Rust says its crates, but for those that only built it', async () => {
    const listed = {
      packages: [
        { name: 'shop', version: '0.1.0', root: true },
        { name: 'tokio', version: '1.2.0' },
        { name: 'cc', version: '1.0.0', kind: 'build' },
      ],
    };
    const program = elfOf({ '.text': Buffer.alloc(9000), '.dep-v0': deflateSync(JSON.stringify(listed)) });

    expect(await found('shop', program, true)).toEqual(['cargo tokio 1.2.0']);
  });

  it('says nothing when its numbers lead out of it', async () => {
    const program = elfOf({ '.text': Buffer.alloc(9000), '.go.buildinfo': buildInfo('go1.21.3', modules) });

    for (let at = 4; at < 64; at += 1) {
      const other = Buffer.from(program);
      other[at] = 0xff;
      await expect(found('shop', other, true)).resolves.toBeInstanceOf(Array);
    }
  });
});

/** As Go has written it since 1.18; both ends of the modules are marked. */
function buildInfo(version: string, modules: string): Buffer {
  const head = Buffer.alloc(32);
  head.write('\xff Go buildinf:', 'latin1');
  head[14] = 8;
  head[15] = 2;
  const listed = Buffer.concat([Buffer.alloc(16, 0xf9), Buffer.from(modules), Buffer.alloc(16, 0xe7)]);
  return Buffer.concat([head, varint(version.length), Buffer.from(version), varint(listed.length), listed]);
}

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.from([value]) : Buffer.from([(value & 0x7f) | 0x80, value >> 7]);
}
