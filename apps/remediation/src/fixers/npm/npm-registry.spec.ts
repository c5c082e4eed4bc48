import { describe, expect, it } from '@jest/globals';
import { told, type Told } from '../../world/fixtures/known.ts';
import type { Fix, SourceFile } from '../fixer.ts';
import { npm } from './npm.ts';

type Entry = Readonly<Record<string, unknown>>;

const archive = (name: string, version: string): Entry => ({
  version,
  resolved: `https://registry.example/${name}/-/${name}-${version}.tgz`,
  integrity: 'sha512-OLD',
});

function files(packages: Readonly<Record<string, Entry>>): SourceFile[] {
  const own = packages['']!;
  return [
    { path: 'package-lock.json', kind: 'lock', text: `${JSON.stringify({ lockfileVersion: 3, requires: true, packages }, null, 2)}\n` },
    { path: 'package.json', kind: 'manifest', text: `${JSON.stringify(own, null, 2)}\n` },
  ];
}

const bad = { name: 'bad', from: ['1.0.0'], to: '1.0.1' };

function fix(packages: Readonly<Record<string, Entry>>, world: Told, change = bad): Fix & { lock: Record<string, Entry>; manifest: Entry } {
  const given = files(packages);
  const made = npm.fix(change, given, told(world));
  const parsed = (path: string): Record<string, Entry> =>
    JSON.parse([...made.files, ...given].find((file) => file.path === path)!.text) as Record<string, Entry>;
  return { ...made, lock: parsed('package-lock.json')['packages'] as Record<string, Entry>, manifest: parsed('package.json') };
}

describe('a fix of package-lock.json that a registry was asked about', () => {
  const direct = { '': { dependencies: { bad: '^1.0.0' } }, 'node_modules/bad': { ...archive('bad', '1.0.0'), license: 'MIT' } };

  it('has the checksum of the registry and nothing missing', () => {
    const { lock, incomplete, notes } = fix(direct, { npm: { bad: { '1.0.1': { more: { license: 'MIT' } } } } });

    expect(lock['node_modules/bad']).toEqual({
      version: '1.0.1',
      resolved: 'https://registry.example/bad/-/bad-1.0.1.tgz',
      integrity: 'sha512-bad-1.0.1',
      license: 'MIT',
    });
    expect([incomplete, notes]).toEqual([undefined, []]);
  });

  it('takes the next release when the one that was named does not exist, was withdrawn, or is flawed itself', () => {
    const world = {
      npm: { bad: { '1.0.2': { more: { deprecated: 'broken' } }, '1.0.3': {}, '1.0.4-rc.1': {}, '1.0.4': {}, '2.0.0': {} } },
      affected: { bad: [{ introduced: '1.0.3' }, { fixed: '1.0.4' }] },
    };

    expect(fix(direct, world).to).toBe('1.0.4');
  });

  it('waits for a release that is too young', () => {
    const world = { npm: { bad: { '1.0.1': { published: '2026-05-31' } } }, now: '2026-06-01' };

    expect(() => fix(direct, world)).toThrow(expect.objectContaining({ code: 'fix_too_young', until: new Date('2026-06-03') }));
    expect(fix(direct, { ...world, now: '2026-06-03' }).to).toBe('1.0.1');
  });

  it('refuses a version that nobody published', () => {
    expect(() => fix(direct, { npm: { bad: { '1.0.0': {} } } })).toThrow('no release of bad from 1.0.1 on');
  });

  it('leads no archive to another host, and takes no weaker checksum', () => {
    const moved = { dist: { tarball: 'https://evil.example/bad/-/bad-1.0.1.tgz', integrity: 'sha512-x' } };
    const weak = { dist: { tarball: 'https://registry.example/bad/-/bad-1.0.1.tgz', integrity: 'sha1-x' } };

    expect(fix(direct, { npm: { bad: { '1.0.1': { more: moved } } } }).lock['node_modules/bad']!['resolved']).toBe(
      'https://registry.example/bad/-/bad-1.0.1.tgz',
    );
    expect(() => fix(direct, { npm: { bad: { '1.0.1': { more: weak } } } })).toThrow('weaker checksum');
  });

  it('brings what the new version asks for, and takes out what nobody needs any more', () => {
    const packages = {
      '': { dependencies: { bad: '^1.0.0' } },
      'node_modules/bad': { ...archive('bad', '1.0.0'), dependencies: { old: '^1.0.0', shared: '^1.0.0' } },
      'node_modules/old': { ...archive('old', '1.0.0'), dependencies: { older: '*' } },
      'node_modules/older': archive('older', '1.0.0'),
      'node_modules/shared': archive('shared', '1.0.0'),
    };
    const world = {
      npm: { bad: { '1.0.1': { needs: { fresh: '^2.0.0', shared: '^1.0.0' } } }, fresh: { '2.0.0': {}, '2.1.0': {}, '3.0.0': {} } },
    };

    const { lock, notes } = fix(packages, world);

    expect(Object.keys(lock)).toEqual(['', 'node_modules/bad', 'node_modules/fresh', 'node_modules/shared']);
    expect(lock['node_modules/fresh']).toMatchObject({ version: '2.1.0', integrity: 'sha512-fresh-2.1.0' });
    expect(notes).toEqual(['fresh 2.1.0 comes with it', 'old 1.0.0 is no longer needed', 'older 1.0.0 is no longer needed']);
  });

  it('makes a package that production needs now no longer one for development', () => {
    const packages = {
      '': { dependencies: { bad: '^1.0.0' }, devDependencies: { tool: '^1.0.0' } },
      'node_modules/bad': archive('bad', '1.0.0'),
      'node_modules/tool': { ...archive('tool', '1.0.0'), dev: true },
    };

    const { lock } = fix(packages, { npm: { bad: { '1.0.1': { needs: { tool: '^1.0.0' } } } } });

    expect(lock['node_modules/tool']).toEqual(archive('tool', '1.0.0'));
  });
});

describe('a transitive fix', () => {
  const packages = {
    '': { dependencies: { parent: '^1.0.0' } },
    'node_modules/parent': { ...archive('parent', '1.0.0'), dependencies: { bad: '1.0.0' } },
    'node_modules/bad': archive('bad', '1.0.0'),
  };

  it('raises the ancestor that accepts the fix', () => {
    const { lock, manifest, overrides } = fix(packages, {
      npm: { bad: { '1.0.1': {} }, parent: { '1.0.0': { needs: { bad: '1.0.0' } }, '1.1.0': { needs: { bad: '^1.0.1' } } } },
    });

    expect(lock['node_modules/parent']).toMatchObject({ version: '1.1.0', dependencies: { bad: '^1.0.1' } });
    expect(lock['']).toEqual({ dependencies: { parent: '^1.1.0' } });
    expect(manifest).toEqual({ dependencies: { parent: '^1.1.0' } });
    expect(overrides).toEqual([]);
  });

  it('overrides where no ancestor does', () => {
    const { lock, manifest, overrides } = fix(packages, {
      npm: { bad: { '1.0.1': {} }, parent: { '1.0.0': { needs: { bad: '1.0.0' } } } },
    });

    expect(lock['node_modules/bad']).toMatchObject({ version: '1.0.1' });
    expect(manifest['overrides']).toEqual({ parent: { bad: '1.0.1' } });
    expect(overrides).toMatchObject([{ dependent: 'parent', name: 'bad', version: '1.0.1' }]);
  });

  it('raises the ancestor to another major only when the fix is one, too', () => {
    const npm = {
      bad: { '1.0.1': {}, '2.0.0': {} },
      parent: { '1.0.0': { needs: { bad: '1.0.0' } }, '2.0.0': { needs: { bad: '^1.0.1 || ^2.0.0' } } },
    };

    expect(fix(packages, { npm }).manifest).toMatchObject({ dependencies: { parent: '^1.0.0' }, overrides: {} });
    expect(fix(packages, { npm }, { ...bad, to: '2.0.0' }).manifest).toEqual({ dependencies: { parent: '^2.0.0' } });
  });
});
