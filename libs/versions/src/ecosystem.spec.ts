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

  it.each(['npm', 'PyPI'])('is a total order over everything that %s can read', (ecosystem) => {
    const order = comparatorOf(ecosystem)!;
    const sample = fc.oneof(versions, fc.constantFrom('1.0', 'v2', '1!1.0', '1.0.post1', '0.1-bulbasaur', 'final'));

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
});
