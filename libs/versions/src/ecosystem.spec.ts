import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import reference from 'semver';
import { canonicalName, comparatorOf } from './ecosystem.ts';

const number = fc.nat({ max: 30 }).map(String);
const release = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const word = fc.constantFrom('alpha', 'beta', 'rc', 'a', '0', '1', '10', '2');
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

  it.each(['npm', 'PyPI', 'Maven', 'NuGet', 'Packagist', 'RubyGems'])('is a total order over everything that %s can read', (ecosystem) => {
    const order = comparatorOf(ecosystem)!;
    const sample = fc.oneof(
      versions,
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
  });

  it('does not order what is no version', () => {
    expect(comparatorOf('npm')!.compare('file:../x', '1.0.0')).toBeUndefined();
    expect(comparatorOf('npm')!.compare('1.0.0', '9'.repeat(300))).toBeUndefined();
    expect(comparatorOf('PyPI')!.compare('', '1.0')).toBeUndefined();
    expect(comparatorOf('Maven')!.compare('[1.0,2.0)', '1.0')).toBeUndefined();
    expect(comparatorOf('Maven')!.compare('${revision}', '1.0')).toBeUndefined();
    expect(comparatorOf('NuGet')!.compare('1.*', '1.0')).toBeUndefined();
    expect(comparatorOf('RubyGems')!.compare('>= 1', '1.0')).toBeUndefined();
    expect(comparatorOf('Packagist')!.compare('^1.0 || ^2.0', '1.0')).toBeUndefined();
  });

  it('knows no order for an ecosystem it has not learned', () => {
    expect(comparatorOf('Hackage')).toBeUndefined();
    expect(comparatorOf('constructor')).toBeUndefined();
  });
});

describe('canonicalName', () => {
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
