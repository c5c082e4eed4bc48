import { describe, expect, it } from '@jest/globals';
import type { SourceFile } from '../fixer.ts';
import { nowhere } from '../../world/world.ts';
import { npm } from './npm.ts';

const change = { name: 'lodash', from: ['4.17.11'], to: '4.17.21' };

const lock = (packages: object, dependencies?: object): SourceFile => ({
  path: 'package-lock.json',
  kind: 'lock',
  text: `${JSON.stringify({ name: 'shop', lockfileVersion: dependencies ? 2 : 3, requires: true, packages, ...(dependencies && { dependencies }) }, null, 2)}\n`,
});

const manifest = (content: object): SourceFile => ({
  path: 'package.json',
  kind: 'manifest',
  text: `${JSON.stringify(content, null, 2)}\n`,
});

const lodash = (version: string): object => ({
  version,
  resolved: `https://registry.example/lodash/-/lodash-${version}.tgz`,
  integrity: 'sha512-AAAA',
  license: 'MIT',
});

const fixed = (files: readonly SourceFile[], path: string): unknown => {
  const file = npm.fix(change, files, nowhere).files.find((candidate) => candidate.path === path);
  return file && (JSON.parse(file.text) as unknown);
};

describe('npm', () => {
  it('raises a direct dependency in manifest and lock file and leaves every other byte', () => {
    const files = [
      lock({
        '': { name: 'shop', dependencies: { lodash: '^4.17.11' } },
        'node_modules/lodash': lodash('4.17.11'),
        'node_modules/ms': { version: '2.0.0' },
      }),
      manifest({ name: 'shop', dependencies: { lodash: '^4.17.11', ms: '2.0.0' } }),
    ];

    const { files: raised, notes } = npm.fix(change, files, nowhere);

    expect(raised.map(({ text }) => text)).toEqual([
      files[0]!.text
        .replace('"version": "4.17.11"', '"version": "4.17.21"')
        .replace('lodash-4.17.11.tgz', 'lodash-4.17.21.tgz')
        .replace('"^4.17.11"', '"^4.17.21"')
        .replace('      "integrity": "sha512-AAAA",\n', ''),
      files[1]!.text.replace('"^4.17.11"', '"^4.17.21"'),
    ]);
    expect(notes).toEqual([expect.stringContaining('checksum')]);
  });

  it.each([
    ['^4.17.11', '^4.17.21'],
    ['~4.17.11', '~4.17.21'],
    ['4.17.11', '4.17.21'],
    ['>=4.0.0', '>=4.17.21'],
    ['4', '^4.17.21'],
    ['npm:lodash@^4.17.11', 'npm:lodash@^4.17.21'],
    ['^3.0.0 || ^4.17.11', '^3.0.0 || ^4.17.11'],
    ['latest', 'latest'],
  ])('rewrites %s as %s', (range, raised) => {
    const file = manifest({ devDependencies: { lodash: range } });

    expect(npm.fix(change, [file], nowhere).files[0]?.text ?? file.text).toBe(manifest({ devDependencies: { lodash: raised } }).text);
  });

  it('raises a transitive dependency in the lock file alone', () => {
    const packages = {
      '': { dependencies: { async: '^2.0.0' } },
      'node_modules/async': { version: '2.6.0', dependencies: { lodash: '^4.17.10' } },
      'node_modules/lodash': lodash('4.17.11'),
    };
    const files = [lock(packages), manifest({ dependencies: { async: '^2.0.0' } })];

    expect(npm.fix(change, files, nowhere).files.map(({ path }) => path)).toEqual(['package-lock.json']);
  });

  it('says who stands in the way of a transitive fix', () => {
    const packages = {
      'node_modules/old': { version: '1.0.0', dependencies: { lodash: '4.17.11' } },
      'node_modules/lodash': lodash('4.17.11'),
    };

    expect(() => npm.fix(change, [lock(packages)], nowhere)).toThrow('old asks for lodash 4.17.11: raise old first');
  });

  it('raises only the copies that are affected, and asks only those who use them', () => {
    const packages = {
      '': { dependencies: { lodash: '^4.17.11' } },
      'node_modules/lodash': lodash('4.17.11'),
      'node_modules/legacy': { version: '1.0.0', dependencies: { lodash: '^3.0.0' } },
      'node_modules/legacy/node_modules/lodash': lodash('3.10.1'),
      'node_modules/alias': { ...lodash('4.17.11'), name: 'lodash' },
    };

    expect(fixed([lock(packages)], 'package-lock.json')).toMatchObject({
      packages: {
        'node_modules/lodash': { version: '4.17.21' },
        'node_modules/legacy/node_modules/lodash': { version: '3.10.1' },
        'node_modules/alias': { version: '4.17.21' },
      },
    });
  });

  it('raises the tree of an older lock file too', () => {
    const tree = {
      async: { version: '2.6.0', requires: { lodash: '^4.17.10' } },
      lodash: lodash('4.17.11'),
      other: { version: '1.0.0', requires: { lodash: '^4.0.0' }, dependencies: { lodash: lodash('4.17.11') } },
      alias: { ...lodash('4.17.11'), version: 'npm:lodash@4.17.11' },
    };

    const packages = {
      'node_modules/alias': { ...lodash('4.17.11'), name: 'lodash' },
      'node_modules/async': { version: '2.6.0', dependencies: { lodash: '^4.17.10' } },
      'node_modules/lodash': lodash('4.17.11'),
      'node_modules/other': { version: '1.0.0', dependencies: { lodash: '^4.0.0' } },
      'node_modules/other/node_modules/lodash': lodash('4.17.11'),
    };

    expect(fixed([lock(packages, tree)], 'package-lock.json')).toMatchObject({
      dependencies: {
        lodash: { version: '4.17.21', resolved: expect.stringContaining('lodash-4.17.21.tgz') },
        other: { dependencies: { lodash: { version: '4.17.21' } } },
        alias: { version: 'npm:lodash@4.17.21' },
      },
    });
  });

  it('asks in the oldest lock file only those whose copy changes', () => {
    const tree = (range: string): SourceFile => ({
      path: 'package-lock.json',
      kind: 'lock',
      text: JSON.stringify({
        lockfileVersion: 1,
        dependencies: {
          legacy: { version: '1.0.0', requires: { lodash: '^3.0.0' }, dependencies: { lodash: lodash('3.10.1') } },
          old: { version: '1.0.0', requires: { lodash: range } },
          lodash: lodash('4.17.11'),
        },
      }),
    });

    expect(fixed([tree('^4.0.0')], 'package-lock.json')).toMatchObject({
      dependencies: { lodash: { version: '4.17.21' }, legacy: { dependencies: { lodash: { version: '3.10.1' } } } },
    });
    expect(() => npm.fix(change, [tree('4.17.11')], nowhere)).toThrow('old asks for lodash 4.17.11: raise old first');
  });

  it('raises the requirement of a workspace', () => {
    const packages = {
      '': { workspaces: ['web'] },
      web: { dependencies: { lodash: '4.17.11' } },
      'node_modules/lodash': lodash('4.17.11'),
    };

    expect(fixed([lock(packages)], 'package-lock.json')).toMatchObject({ packages: { web: { dependencies: { lodash: '4.17.21' } } } });
  });

  it.each(['git+https://git.example/lodash.git#4.17.11', 'https://evil.example/lodash.tgz', 'file:../lodash'])(
    'drops an address that it cannot derive rather than guess one: %s',
    (resolved) => {
      const packages = { 'node_modules/lodash': { version: '4.17.11', resolved, integrity: 'sha512-AAAA' } };

      expect(fixed([lock(packages)], 'package-lock.json')).toMatchObject({ packages: { 'node_modules/lodash': { version: '4.17.21' } } });
      expect(JSON.stringify(fixed([lock(packages)], 'package-lock.json'))).not.toMatch(/resolved|integrity/);
    },
  );

  it('never changes the registry of an archive', () => {
    const packages = { 'node_modules/lodash': { version: '4.17.11', resolved: 'https://npm.corp.example/x/lodash/-/lodash-4.17.11.tgz' } };

    expect(fixed([lock(packages)], 'package-lock.json')).toMatchObject({
      packages: { 'node_modules/lodash': { resolved: 'https://npm.corp.example/x/lodash/-/lodash-4.17.21.tgz' } },
    });
  });

  it.each(['bun.lock', 'web/bun.lockb'])('says that %s is not edited', (path) => {
    expect(() => npm.filesFor(path)).toThrow(/not edited yet/);
  });

  it.each(['lodash', '@babel/core', 'JSONStream'])('writes the name %s', (name) => {
    expect(npm.isName(name)).toBe(true);
  });

  it.each(['', '../x', 'a b', 'a\nb', '@a/../b', '[skip ci]', 'a"b'])('does not write the name %j', (name) => {
    expect(npm.isName(name)).toBe(false);
  });
});
