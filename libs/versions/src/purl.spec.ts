import { describe, expect, it } from '@jest/globals';
import { canonicalPurl, packageOf, parsePurl, purlOf } from './purl.ts';

describe('parsePurl', () => {
  it('takes an npm scope apart', () => {
    expect(parsePurl('pkg:npm/%40angular/core@17.0.0')).toEqual({ type: 'npm', namespace: '@angular', name: 'core', version: '17.0.0' });
  });

  it.each(['', 'npm/x@1', 'pkg:npm', 'pkg:npm/', 'pkg:golang/x/y@v1', 'pkg:cran/x', `pkg:npm/${'x'.repeat(2000)}`])(
    'refuses %s',
    (text) => {
      expect(parsePurl(text)).toBeUndefined();
    },
  );
});

describe('canonicalPurl', () => {
  it('gives one spelling for a PyPI package', () => {
    expect(canonicalPurl('pkg:PyPI/Zope.Interface@5.0')).toBe('pkg:pypi/zope-interface@5.0');
  });

  it('maps a canonical spelling to itself', () => {
    const canonical = canonicalPurl('pkg:deb/debian/attr@1:2.4.47-2+b1?Arch=amd64')!;

    expect(canonical).toBe('pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64');
    expect(canonicalPurl(canonical)).toBe(canonical);
  });
});

describe('purlOf', () => {
  it('and packageOf are inverse to each other', () => {
    const purl = purlOf('npm', '@babel/core', '7.0.0')!;

    expect(purl).toBe('pkg:npm/%40babel/core@7.0.0');
    expect(packageOf(parsePurl(purl)!)).toEqual({ ecosystem: 'npm', name: '@babel/core' });
  });

  it.each([
    ['Go', 'github.com/BurntSushi/toml', 'v1.2.3', 'pkg:golang/github.com/BurntSushi/toml@v1.2.3'],
    ['Go', 'stdlib', '1.22.4', 'pkg:golang/stdlib@1.22.4'],
    ['crates.io', 'serde_json', '1.0.0', 'pkg:cargo/serde_json@1.0.0'],
    ['Maven', 'org.apache.logging.log4j:log4j-core', '2.14.1', 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1'],
    ['NuGet', 'newtonsoft.json', '12.0.1', 'pkg:nuget/newtonsoft.json@12.0.1'],
    ['Packagist', 'guzzlehttp/psr7', '1.8.3', 'pkg:composer/guzzlehttp/psr7@1.8.3'],
    ['RubyGems', 'nokogiri', '1.13.0', 'pkg:gem/nokogiri@1.13.0'],
    ['Hex', 'phoenix', '1.7.0', 'pkg:hex/phoenix@1.7.0'],
    ['Pub', 'http', '1.0.0', 'pkg:pub/http@1.0.0'],
    ['CRAN', 'ggplot2', '3.4.0', 'pkg:cran/ggplot2@3.4.0'],
    ['Hackage', 'aeson', '2.0', 'pkg:hackage/aeson@2.0'],
    ['SwiftURL', 'github.com/apple/swift-nio', '2.0.0', 'pkg:swift/github.com/apple/swift-nio@2.0.0'],
    ['GitHub Actions', 'actions/checkout', 'v4', 'pkg:githubactions/actions/checkout@v4'],
    ['Bitnami', 'node', '12.0.0', 'pkg:bitnami/node@12.0.0'],
  ])('writes and reads the package URLs of %s', (ecosystem, name, version, purl) => {
    expect(purlOf(ecosystem, name, version)).toBe(purl);
    expect(packageOf(parsePurl(purl)!)).toEqual({ ecosystem, name });
  });

  it('has none for an ecosystem that it does not know', () => {
    expect(purlOf('ConanCenter', 'zlib')).toBeUndefined();
  });
});
