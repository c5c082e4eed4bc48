import { describe, expect, it } from '@jest/globals';
import { acquittal, namesIt, speaksOf, type About, type Spoken } from './vex-verdict.ts';
import { isWithin, scopeOf } from './vex-scope.ts';

const finding: About = {
  repository: 'git.example/acme/shop',
  cve: 'CVE-2021-23337',
  names: ['GHSA-35jh-r3h4-6jhm'],
  inUse: [{ purl: 'pkg:npm/lodash@4.17.20', version: '4.17.20' }],
};
const statement: Spoken = {
  ...{ number: '1', names: ['CVE-2021-23337'], status: 'not_affected', identity: 'vendor', component: null },
  ...{ product: 'pkg:npm/lodash', productKey: 'pkg:npm/lodash', at: new Date(1000), scopes: ['pkg:npm/lodash'] },
};
const saying = (fields: Partial<Spoken>): Spoken => ({ ...statement, ...fields });

describe('acquittal', () => {
  it('needs trust for the product', () => {
    expect(acquittal(finding, [statement])).toBe(statement);
    expect(acquittal(finding, [saying({ scopes: [] })])).toBeUndefined();
    expect(acquittal(finding, [saying({ scopes: ['pkg:npm/lodas/*', 'pkg:npm/lodash.merge'] })])).toBeUndefined();
  });

  it('speaks of every version in use, or of none', () => {
    const both = { ...finding, inUse: [...finding.inUse, { purl: 'pkg:npm/lodash@4.17.11', version: '4.17.11' }] };
    const one = saying({ product: 'pkg:npm/lodash@4.17.20' });
    const other = saying({ number: '2', product: 'pkg:npm/lodash@4.17.11' });

    expect(acquittal(finding, [one])).toBe(one);
    expect(acquittal(both, [one])).toBeUndefined();
    expect(acquittal(both, [one, other])).toBeDefined();
    expect(acquittal({ ...finding, inUse: [] }, [statement])).toBeUndefined();
  });

  it('takes the newest word of each account, and none when they differ', () => {
    const later = { at: new Date(2000) };

    expect(acquittal(finding, [statement, saying({ ...later, status: 'affected' })])).toBeUndefined();
    expect(acquittal(finding, [saying({ status: 'affected' }), saying(later)])).toMatchObject(later);
    expect(acquittal(finding, [statement, saying({ identity: 'other', status: 'under_investigation', at: new Date(1) })])).toBeUndefined();
    expect(acquittal(finding, [statement, saying({ identity: 'stranger', status: 'affected', scopes: [] })])).toBe(statement);
    expect(acquittal(finding, [statement, saying({ status: 'fixed' })])).toBeUndefined();
  });
});

describe('what a statement is about', () => {
  const used = finding.inUse[0]!;

  it('is the vulnerability by its CVE where both have one', () => {
    expect(namesIt(['CVE-2021-23337', 'GHSA-other'], finding)).toBe(true);
    expect(namesIt(['CVE-2021-1', 'GHSA-35jh-r3h4-6jhm'], finding)).toBe(false);
    expect(namesIt(['GHSA-35jh-r3h4-6jhm'], finding)).toBe(true);
    expect(namesIt(['CVE-2021-23337'], { ...finding, cve: null, names: ['X-1'] })).toBe(false);
  });

  it('is a part of a product only where that product is', () => {
    const part = { product: 'pkg:github/acme/shop', component: 'pkg:npm/lodash' };

    expect(speaksOf(part, { ...finding, repository: 'github.com/acme/shop' }, used)).toBe(true);
    expect(speaksOf(part, finding, used)).toBe(false);
    expect(speaksOf({ ...part, component: 'pkg:npm/lodash-es' }, { ...finding, repository: 'github.com/acme/shop' }, used)).toBe(false);
    expect(speaksOf({ product: 'pkg:npm/lodash', component: 'pkg:npm/lodash' }, finding, used)).toBe(false);
  });

  it('is no image or commit that it names by a digest', () => {
    const image = { ...finding, repository: 'image:acme/shop' };
    const at = 'pkg:oci/shop?repository_url=ghcr.io/acme/shop';

    expect(speaksOf({ product: at, component: null }, image, used)).toBe(true);
    expect(speaksOf({ product: 'image:acme/shop', component: null }, image, used)).toBe(true);
    expect(speaksOf({ product: `${at}&tag=1.0`, component: null }, image, used)).toBe(false);
    expect(speaksOf({ product: at.replace('?', '@sha256:00?'), component: null }, image, used)).toBe(false);
  });

  it('is a package with the qualifiers that it names', () => {
    const deb = { purl: 'pkg:deb/debian/curl@7.50.3-1?arch=amd64&distro=jessie', version: '7.50.3-1' };

    expect(speaksOf({ product: 'pkg:deb/debian/curl?distro=jessie', component: null }, finding, deb)).toBe(true);
    expect(speaksOf({ product: 'pkg:deb/debian/curl?distro=bookworm', component: null }, finding, deb)).toBe(false);
    expect(speaksOf({ product: 'pkg:deb/ubuntu/curl', component: null }, finding, deb)).toBe(false);
  });
});

describe('scopeOf', () => {
  it.each([
    ['pkg:npm/%40Acme/*', 'pkg:npm/%40acme/*'],
    ['pkg:npm/lodash', 'pkg:npm/lodash'],
    ['https://git.example/Acme/Shop.git', 'git.example/acme/shop'],
    ['git.example/*', 'git.example/*'],
    ['image:acme/*', 'image:acme/*'],
    ['pkg:oci/shop?repository_url=ghcr.io/acme/shop', 'image:acme/shop'],
  ])('reads %s', (product, scope) => {
    expect(scopeOf(product)).toBe(scope);
  });

  it.each(['*', '/*', 'pkg:npm/lo*', 'pkg:npm/lodash@4', 'lodash', 'pkg:*', ''])('refuses %j', (product) => {
    expect(scopeOf(product)).toBeUndefined();
  });

  it('ends at a slash', () => {
    expect(isWithin('git.example/acme-evil/shop', ['git.example/acme/*'])).toBe(false);
    expect(isWithin('git.example/acme/shop', ['git.example/acme/*'])).toBe(true);
  });
});
