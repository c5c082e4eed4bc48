import { describe, expect, it } from '@jest/globals';
import { addressOf } from './address.ts';
import { publicRegistry } from './public-registry.ts';

const none = { npm: '', pypi: '' };

describe('the address of a document', () => {
  it.each([
    [{ kind: 'npm', at: publicRegistry, name: '@a/b' }, `${publicRegistry}/@a%2fb`],
    [{ kind: 'pypi', at: 'https://pypi.org/simple', name: 'requests' }, 'https://pypi.org/simple/requests/'],
    [{ kind: 'pypi-release', at: 'https://pypi.org/simple', name: 'requests/2.0' }, 'https://pypi.org/pypi/requests/2.0/json'],
    [{ kind: 'pypi-metadata', at: 'https://pypi.org/simple', name: 'https://f.example/a.whl' }, 'https://f.example/a.whl.metadata'],
  ] as const)('of %j is %s', (name, address) => {
    expect(addressOf(name, none)).toBe(address);
  });

  it('leads to the operator’s mirror in place of the public index, and to no other', () => {
    const mirrors = { npm: '', pypi: 'http://mirror.example/root/simple/' };

    expect(addressOf({ kind: 'pypi', at: 'https://pypi.org/simple', name: 'a' }, mirrors)).toBe('http://mirror.example/root/simple/a/');
    expect(addressOf({ kind: 'pypi-release', at: 'https://pypi.org/simple', name: 'a/1' }, mirrors)).toBe(
      'http://mirror.example/root/pypi/a/1/json',
    );
    expect(addressOf({ kind: 'pypi', at: 'https://other.example/simple', name: 'a' }, mirrors)).toBe('https://other.example/simple/a/');
  });

  it.each(['http://plain.example', 'https://user:secret@index.example', 'file:///etc', 'https://index.example/?token=x', 'nonsense'])(
    'is refused for %s',
    (at) => {
      expect(addressOf({ kind: 'npm', at, name: 'a' }, none)).toBeUndefined();
    },
  );

  it('does not lead past the mirror for an archive that lies elsewhere without TLS', () => {
    const name = { kind: 'pypi-metadata', at: 'https://pypi.org/simple', name: 'http://elsewhere.example/a.whl' } as const;

    expect(addressOf(name, { npm: '', pypi: 'http://mirror.example/simple' })).toBeUndefined();
  });
});
