import fc from 'fast-check';
import { globMatches, scopeCovers } from './scope.ts';

describe('globMatches', () => {
  it.each([
    ['acme/shop', 'acme/shop', true],
    ['Acme/Shop', 'acme/shop', true],
    ['acme/*', 'acme/shop', true],
    ['acme/*', 'acme/shop/deep', false],
    ['acme/**', 'acme/shop/deep', true],
    ['**', 'anything/at/all', true],
    ['*/shop', 'acme/shop', true],
    ['acme/s*p', 'acme/shop', true],
    ['acme/shop', 'acme/shop2', false],
    ['acme/shop', 'evil/acme/shop', false],
    ['acme.shop/*', 'acmexshop/a', false],
    ['', 'acme/shop', false],
    ['git.example/acme/*', 'git.example/acme/shop', true],
  ])('%s on %s is %s', (glob, text, expected) => {
    expect(globMatches(glob, text)).toBe(expected);
  });

  it('agrees with a literal comparison where there is no star', () => {
    const text = fc.stringMatching(/^[a-z/.]{0,20}$/);
    fc.assert(fc.property(text, text, (glob, name) => expect(globMatches(glob, name)).toBe(glob === name)));
  });

  it('stays quick on a glob made to be slow', () => {
    const started = performance.now();

    expect(globMatches('*a'.repeat(100), `${'a'.repeat(250)}b`)).toBe(false);

    expect(performance.now() - started).toBeLessThan(500);
  });
});

it('covers everything without a list, and nothing with an empty one', () => {
  const repository = { id: 'git.example/acme/shop', fullName: 'acme/shop' };

  expect(scopeCovers({}, repository)).toBe(true);
  expect(scopeCovers({ repositories: [] }, repository)).toBe(false);
  expect(scopeCovers({ repositories: ['acme/*'] }, repository)).toBe(true);
});
