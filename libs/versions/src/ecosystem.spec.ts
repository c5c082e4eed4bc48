import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import reference from 'semver';
import { canonicalName, comparatorOf, ecosystemNamed } from './ecosystem.ts';

const number = fc.nat({ max: 30 }).map(String);
const release = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const word = fc.constantFrom('alpha', 'beta', 'rc', 'a', '0', '1', '10', '2');
/** Their versions have more signs than three numbers and a pre-release. */
const distributions = new Set(['Debian', 'Alpine', 'Red Hat', 'Pub', 'CRAN', 'Hackage']);
const versions = fc
  .tuple(release, fc.array(word, { maxLength: 3 }))
  .map(([core, pre]) => (pre.length === 0 ? core : `${core}-${pre.join('.')}`));

describe('comparatorOf', () => {
  it('orders npm versions as the npm client does', () => {
    const npm = comparatorOf('npm')!;

    fc.assert(fc.property(versions, versions, (a, b) => expect(npm.compare(a, b)).toBe(reference.compare(a, b))));
  });

  it('orders NuGet versions of three numbers as the npm client does, whatever their case', () => {
    const nuget = comparatorOf('NuGet')!;

    fc.assert(fc.property(versions, versions, (a, b) => expect(nuget.compare(a.toUpperCase(), b)).toBe(reference.compare(a, b))));
  });

  it.each(['npm', 'PyPI', 'Go', 'crates.io', 'Maven', 'NuGet', 'Packagist', 'RubyGems'])(
    'orders releases of %s by their numbers',
    (ecosystem) => {
      const order = comparatorOf(ecosystem)!;

      fc.assert(fc.property(release, release, (a, b) => expect(order.compare(a, b)).toBe(reference.compare(a, b))));
    },
  );

  it.each([
    [
      'Go',
      [
        'v0.0.0-20200101000000-abcdefabcdef',
        'v0.0.0-20210101000000-0123456789ab',
        'v1.0.0',
        'v2.7.1+incompatible',
        'v2.7.2-0.20220101000000-abcdefabcdef',
        '2.7.2',
      ],
    ],
    ['crates.io', ['0.1.0-alpha.1', '0.1.0-alpha.10', '0.1.0', '0.2.0+build']],
    ['Maven', ['1-alpha-1', '1-beta2', '1.0-M1', '1-rc1', '1-SNAPSHOT', '1.0.0', '1-sp1', '1-jre', '1-1', '1.0.1', '1.1', '20040616']],
    ['NuGet', ['1.0.0-alpha', '1.0.0-Beta.2', '1.0.0-beta.10', '1.0', '1.0.0.1', '1.2.3.4']],
    ['Packagist', ['dev-main', 'v1.0.0-alpha1', '1.0.0-beta2', '1.0.0-RC1', 'v1.0.0', '1.0.0-p1', '1.0.1']],
    ['RubyGems', ['1.0.0.beta1', '1.0.0.beta10', '1.0.0.rc1', '1.0', '1.0.0.1', '1.10']],
    ['Debian:12', ['1.0~~', '1.0~rc1-1', '1.0', '1.0-1~deb12u1', '1.0-1', '1.0-1+b1', '1.0-2', '1.0a', '1.0+dfsg', '1.10', '1:0.1']],
    ['Ubuntu:22.04:LTS', ['2.7.4-13ubuntu0.1', '2.7.4-13ubuntu1', '2.7.4-13ubuntu1.1', '2.7.4-14']],
    ['Alpine:v3.19', ['1.2_alpha', '1.2_rc1', '1.2', '1.2-r1', '1.2-r10', '1.2_git20240101', '1.2_p1', '1.2a', '1.2.1', '1.10']],
    ['Red Hat', ['1.0~rc1-1', '1.0-1.el9', '1.0-1.el9_2', '1.0-2.el9', '1.0^git1-1', '1.0.a-1', '1.0.1-1', '1.10-1', '1:0.1-1']],
    ['Rocky Linux:9', ['1', '1-0', '1-1']],
    ['Hex', ['1.0.0-dev', '1.0.0-rc.1', '1.0.0', '1.0.1']],
    ['Pub', ['1.0.0-alpha.1', '1.0.0-beta', '1.0.0', '1.0.0+1', '1.0.0+1.a', '1.0.0+2', '1.0.0+10', '1.0.0+a', '1.0.1']],
    ['CRAN', ['0.1-3', '0.1-10', '0.2', '0.2.0', '0.2.1', '1.0', '20040616']],
    ['Hackage', ['0.9', '1.0', '1.0.0', '1.0.0.1', '1.1', '1.10']],
    ['SwiftURL', ['1.0.0-beta.1', '1.0.0', 'v1.0.1']],
    ['GitHub Actions', ['v1', 'v1.0.1', 'v2.0.0', '4.1.7']],
    ['Bitnami', ['12.0.0-rc.1', '12.0.0', '12.18.4']],
    ['Julia', ['0.1.0', '1.0.0']],
    ['opam', ['1.0~beta1', '1.0', '1.0-1', '1.0.1']],
    ['Root:Debian:12', ['15.14-0+deb12u1', '15.14-0+deb12u1.root.io.6', '15.14-0+deb12u2']],
    ['Root:Alpine:3.18', ['2.38.1-r1', '2.38.1-r10071']],
    ['Azure Linux:3', ['1.0-1.azl3', '1.0-2.azl3']],
  ])('orders versions of %s as their package manager does', (ecosystem, ascending) => {
    const order = comparatorOf(ecosystem)!;

    const wrong = ascending.flatMap((a, i) => ascending.flatMap((b, j) => (order.compare(a, b) === Math.sign(i - j) ? [] : [`${a} ${b}`])));

    expect(wrong).toEqual([]);
  });

  it('takes as equal what a package manager takes as equal', () => {
    expect(comparatorOf('Maven')!.compare('1.0.0.Final', '1-ga')).toBe(0);
    expect(comparatorOf('Maven')!.compare('1.0-RC1', '1-cr-1')).toBe(0);
    expect(comparatorOf('NuGet')!.compare('1.0', '1.0.0.0+x')).toBe(0);
    expect(comparatorOf('RubyGems')!.compare('1.a2', '1.a.2.0')).toBe(0);
    expect(comparatorOf('Packagist')!.compare('V1.0.0-b2', '1.0.0beta2')).toBe(0);
  });

  it.each(['npm', 'PyPI', 'Maven', 'NuGet', 'Packagist', 'RubyGems', 'Debian', 'Alpine', 'Red Hat', 'Pub', 'CRAN', 'Hackage'])(
    'is a total order over everything that %s can read',
    (ecosystem) => {
      const order = comparatorOf(ecosystem)!;
      const scraps = fc.array(fc.constantFrom('0', '1', '01', '10', 'a', 'r', 'A', '.', '-', '_', '~', '^', '+', ':', '-r1', '_rc', '_p'), {
        minLength: 1,
        maxLength: 8,
      });
      const sample = fc.oneof(
        versions,
        ...(distributions.has(ecosystem) ? [scraps.map((parts) => `1${parts.join('')}`)] : []),
        fc.constantFrom('1.0', 'v2', '1!1.0', '1.0.post1', '0.1-bulbasaur', 'final', '1.0.0.1', '1-ga', '1.0-sp-1', '1.0.a.2', '1.0RC1'),
      );

      fc.assert(
        fc.property(sample, sample, sample, (a, b, c) => {
          const [ab, ba, bc, ac] = [order.compare(a, b), order.compare(b, a), order.compare(b, c), order.compare(a, c)];
          if (ab === undefined || bc === undefined || ac === undefined) return;
          expect(ab + ba!).toBe(0);
          if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0);
        }),
      );
    },
  );

  it('does not order what is no version', () => {
    expect(comparatorOf('npm')!.compare('file:../x', '1.0.0')).toBeUndefined();
    expect(comparatorOf('npm')!.compare('1.0.0', '9'.repeat(300))).toBeUndefined();
    expect(comparatorOf('PyPI')!.compare('', '1.0')).toBeUndefined();
    expect(comparatorOf('Maven')!.compare('[1.0,2.0)', '1.0')).toBeUndefined();
    expect(comparatorOf('Maven')!.compare('${revision}', '1.0')).toBeUndefined();
    expect(comparatorOf('NuGet')!.compare('1.*', '1.0')).toBeUndefined();
    expect(comparatorOf('RubyGems')!.compare('>= 1', '1.0')).toBeUndefined();
    expect(comparatorOf('Packagist')!.compare('^1.0 || ^2.0', '1.0')).toBeUndefined();
    expect(comparatorOf('Debian:12')!.compare('1.0 (bookworm)', '1.0')).toBeUndefined();
    expect(comparatorOf('Alpine:v3.19')!.compare('', '1.0')).toBeUndefined();
    expect(comparatorOf('Red Hat')!.compare('1-2-3', '1')).toBeUndefined();
    expect(comparatorOf('CRAN')!.compare('1.0a', '1.0')).toBeUndefined();
    expect(comparatorOf('Hackage')!.compare('1.0-1', '1.0')).toBeUndefined();
    expect(comparatorOf('Pub')!.compare('1.0', '1.0.0')).toBeUndefined();
  });

  it('knows no order for an ecosystem it has not learned', () => {
    expect(comparatorOf('ConanCenter')).toBeUndefined();
    expect(comparatorOf('Root:constructor')).toBeUndefined();
    expect(comparatorOf('constructor')).toBeUndefined();
    expect(comparatorOf('constructor:12')).toBeUndefined();
    expect(comparatorOf('npm:12')).toBeUndefined();
  });
});

describe('ecosystemNamed', () => {
  it.each([
    ['npm', 'npm'],
    ['pypi', 'PyPI'],
    ['cargo', 'crates.io'],
    ['golang', 'Go'],
    ['composer', 'Packagist'],
    ['debian:12', 'Debian:12'],
    ['deb', 'Debian'],
    ['red hat', 'Red Hat'],
    ['swift', 'SwiftURL'],
    ['Alpine:v3.19', 'Alpine:v3.19'],
  ])('takes %s for %s', (text, ecosystem) => {
    expect(ecosystemNamed(text)).toBe(ecosystem);
  });

  it.each(['', 'nothing', 'constructor', 'npm:12', 'x'.repeat(200)])('knows none for %.20s', (text) => {
    expect(ecosystemNamed(text)).toBeUndefined();
  });
});

describe('canonicalName', () => {
  it('takes the spellings of a repository for one package of Swift', () => {
    const spellings = [
      'https://github.com/Apple/swift-nio.git',
      'git@github.com:apple/swift-nio',
      'ssh://git@github.com/apple/swift-nio/',
      'github.com/apple/swift-nio',
    ];

    expect(new Set(spellings.map((name) => canonicalName('SwiftURL', name)))).toEqual(new Set(['github.com/apple/swift-nio']));
  });

  it('spells PyPI names as PEP 503 does', () => {
    expect(canonicalName('PyPI', 'Zope._-Interface')).toBe('zope-interface');
  });

  it('looks at case only where the registry does', () => {
    expect(['NuGet', 'Packagist', 'Go', 'Maven', 'RubyGems'].map((ecosystem) => canonicalName(ecosystem, 'A/B'))).toEqual([
      ...['a/b', 'a/b'],
      ...['A/B', 'A/B', 'A/B'],
    ]);
  });
});
