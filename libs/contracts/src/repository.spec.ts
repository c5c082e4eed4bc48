import fc from 'fast-check';
import { repositoryId, RepositoryAddressRefused } from './repository.ts';

describe('repositoryId', () => {
  it.each([
    ['https://git.example/Acme/Shop.git', 'git.example/acme/shop'],
    ['https://user:secret@git.example/acme/shop/', 'git.example/acme/shop'],
    ['git@git.example:acme/shop.git', 'git.example/acme/shop'],
    ['ssh://git@git.example:22/acme/shop', 'git.example/acme/shop'],
    ['ssh://git@git.example:2222/acme/shop', 'git.example:2222/acme/shop'],
    ['http://127.0.0.1:3000/acme/shop.git', '127.0.0.1:3000/acme/shop'],
    ['file:///srv/git/Shop.git', 'localhost/srv/git/shop'],
    ['git.example/acme/shop', 'git.example/acme/shop'],
  ])('reads %s as %s', (address, id) => {
    expect(repositoryId(address)).toBe(id);
  });

  it.each([
    '',
    'shop',
    'https://git.example/',
    'git.example/a/../b',
    'https://git.example/a%2f..%2fb',
    'https://git.example/a%0ab',
    'git.example/a\nb',
    'x'.repeat(3000),
  ])('refuses %j', (address) => {
    expect(() => repositoryId(address)).toThrow(RepositoryAddressRefused);
  });

  it('maps an id to itself and throws nothing but its own error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const id = repositoryId(text);
          expect(repositoryId(id)).toBe(id);
        } catch (error) {
          expect(error).toBeInstanceOf(RepositoryAddressRefused);
        }
      }),
    );
  });
});
