import { describe, expect, it } from '@jest/globals';
import { publicRegistry } from '../../registries/public-registry.ts';
import { told, type Told } from '../../world/fixtures/known.ts';
import type { Fix } from '../fixer.ts';
import { npm } from './npm.ts';

type Npm = NonNullable<Told['npm']>;

interface Wish {
  readonly range: string;
  readonly version: string;
}

interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peers?: Readonly<Record<string, string>>;
}

const below = (indent: string, title: string, entries: Readonly<Record<string, string>> = {}): string =>
  Object.keys(entries).length === 0
    ? ''
    : `${indent}${title}:\n${Object.entries(entries)
        .map(([key, value]) => `${indent}  ${key}: ${value}\n`)
        .join('')}`;

const integrity = (key: string): string => `    resolution: {integrity: sha512-${key.replace(/\(.*/, '').replace('@', '-')}}\n`;

function version9(wishes: Readonly<Record<string, Wish>>, snapshots: Readonly<Record<string, Snapshot>>, more = ''): string {
  const own = Object.entries(wishes).map(
    ([name, { range, version }]) => `      ${name}:\n        specifier: ${range}\n        version: ${version}\n`,
  );
  const packages = new Map(
    Object.entries(snapshots).map(([key, { peers }]) => {
      const plain = key.replace(/\(.*/, '');
      return [plain, `  ${plain}:\n${integrity(plain)}${below('    ', 'peerDependencies', peers)}`];
    }),
  );
  const installed = Object.entries(snapshots).map(([key, { dependencies, optionalDependencies }]) => {
    const links = below('    ', 'dependencies', dependencies) + below('    ', 'optionalDependencies', optionalDependencies);
    return links === '' ? `  ${key}: {}\n` : `  ${key}:\n${links}`;
  });
  return (
    `lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\n${more}importers:\n\n  .:\n    dependencies:\n${own.join('')}\n` +
    `packages:\n\n${[...packages.values()].join('\n')}\nsnapshots:\n\n${installed.join('\n')}`
  );
}

const manifest = (dependencies: Readonly<Record<string, string>>, more = {}): string =>
  `${JSON.stringify({ dependencies, ...more }, null, 2)}\n`;

function fix(
  lock: string,
  own: string,
  packages: Npm,
  change = { name: 'bad', from: ['1.0.0'], to: '1.0.1' },
  more: Omit<Told, 'npm'> = {},
): Fix & { texts: Record<string, string> } {
  const given = [
    { path: 'pnpm-lock.yaml', kind: 'lock' as const, text: lock },
    { path: 'package.json', kind: 'manifest' as const, text: own },
  ];
  const made = npm.fix(change, given, told({ ...more, npm: packages, registry: publicRegistry }));
  return { ...made, texts: Object.fromEntries([...given, ...made.files].map(({ path, text }) => [path, text])) };
}

const bad = { range: '^1.0.0', version: '1.0.0' };
const good = { range: '^1.0.1', version: '1.0.1' };

describe('pnpm-lock.yaml of version 9', () => {
  it('gets the checksum of the registry, and what comes and goes with the new version', () => {
    const before = version9(
      { bad },
      { 'bad@1.0.0': { dependencies: { old: '1.0.0', shared: '1.0.0' } }, 'old@1.0.0': {}, 'shared@1.0.0': {} },
    );
    const needs = { fresh: '^2.0.0', shared: '^1.0.0' };

    const { texts, notes } = fix(before, manifest({ bad: '^1.0.0' }), {
      bad: { '1.0.1': { needs } },
      fresh: { '2.0.0': {}, '2.1.0': { more: { engines: { node: '>=18' }, bin: 'cli.js', os: ['linux', '!win32'] } } },
    });

    const described = version9(
      { bad: good },
      { 'bad@1.0.1': { dependencies: { fresh: '2.1.0', shared: '1.0.0' } }, 'fresh@2.1.0': {}, 'shared@1.0.0': {} },
    );
    const fresh = "sha512-fresh-2.1.0}\n    engines: {node: '>=18'}\n    os: [linux, '!win32']\n    hasBin: true\n";
    expect(texts['pnpm-lock.yaml']).toBe(described.replace('sha512-fresh-2.1.0}\n', fresh));
    expect(texts['package.json']).toBe(manifest({ bad: '^1.0.1' }));
    expect(notes).toEqual(['fresh 2.1.0 comes with it', 'old 1.0.0 is no longer needed']);
  });

  it('raises the dependent that stands in the way, whose range only the registry knows', () => {
    const before = version9({ parent: bad }, { 'bad@1.0.0': {}, 'parent@1.0.0': { dependencies: { bad: '1.0.0' } } });
    const parent = { '1.0.0': { needs: { bad: '1.0.0' } }, '1.1.0': { needs: { bad: '^1.0.1' } } };

    const { texts } = fix(before, manifest({ parent: '^1.0.0' }), { bad: { '1.0.1': {} }, parent });

    const after = { 'bad@1.0.1': {}, 'parent@1.1.0': { dependencies: { bad: '1.0.1' } } };
    expect(texts['pnpm-lock.yaml']).toBe(version9({ parent: { range: '^1.1.0', version: '1.1.0' } }, after));
  });

  it('overrides where no release of a dependent accepts the fix', () => {
    const before = version9({ parent: bad }, { 'bad@1.0.0': {}, 'parent@1.0.0': { dependencies: { bad: '1.0.0' } } });
    const packages = { bad: { '1.0.1': {} }, parent: { '1.0.0': { needs: { bad: '1.0.0' } } } };

    const { texts } = fix(before, manifest({ parent: '^1.0.0' }), packages);

    const after = { 'bad@1.0.1': {}, 'parent@1.0.0': { dependencies: { bad: '1.0.1' } } };
    expect(texts['pnpm-lock.yaml']).toBe(version9({ parent: bad }, after, 'overrides:\n  parent>bad: 1.0.1\n\n'));
    expect(texts['package.json']).toBe(manifest({ parent: '^1.0.0' }, { pnpm: { overrides: { 'parent>bad': '1.0.1' } } }));
  });

  it('writes the override where the project has its settings', () => {
    const before = version9({ parent: bad }, { 'bad@1.0.0': {}, 'parent@1.0.0': { dependencies: { bad: '1.0.0' } } });
    const packages = { bad: { '1.0.1': {} }, parent: { '1.0.0': { needs: { bad: '1.0.0' } } } };
    const files = { 'pnpm-workspace.yaml': '# ours\npackages:\n  - .\noverrides:\n  other: 2.0.0 # why\nnodeLinker: hoisted\n' };

    const { texts } = fix(before, manifest({ parent: '^1.0.0' }), packages, undefined, { files });

    expect(texts['pnpm-workspace.yaml']).toBe(
      '# ours\npackages:\n  - .\noverrides:\n  other: 2.0.0 # why\n  parent>bad: 1.0.1\nnodeLinker: hoisted\n',
    );
    expect(texts['package.json']).toBe(manifest({ parent: '^1.0.0' }));
  });

  it('follows a raised package in the names of those that want it beside them', () => {
    const own = { bad, user: { range: '^1.0.0', version: '1.0.0(bad@1.0.0)' } };
    const user = { dependencies: { bad: '1.0.0' }, peers: { bad: '^1.0.0' } };
    const after = { 'bad@1.0.1': {}, 'user@1.0.0(bad@1.0.1)': { ...user, dependencies: { bad: '1.0.1' } } };

    const { texts } = fix(version9(own, { 'bad@1.0.0': {}, 'user@1.0.0(bad@1.0.0)': user }), manifest({ bad: '^1.0.0', user: '^1.0.0' }), {
      bad: { '1.0.1': {} },
      user: { '1.0.0': { more: { peerDependencies: { bad: '^1.0.0' } } } },
    });

    expect(texts['pnpm-lock.yaml']).toBe(version9({ bad: good, user: { range: '^1.0.0', version: '1.0.0(bad@1.0.1)' } }, after));
  });

  it('keeps other versions of the package beside the raised one', () => {
    const before = version9(
      { bad: { range: '2.0.0', version: '2.0.0' }, parent: bad },
      { 'bad@1.0.0': {}, 'bad@2.0.0': {}, 'parent@1.0.0': { dependencies: { bad: '1.0.0' } } },
    );

    const { texts } = fix(before, manifest({ bad: '2.0.0', parent: '^1.0.0' }), {
      bad: { '1.0.1': {} },
      parent: { '1.0.0': { needs: { bad: '^1.0.0' } } },
    });

    expect(texts['pnpm-lock.yaml']).toBe(
      before.replaceAll('bad@1.0.0', 'bad@1.0.1').replace('bad-1.0.0', 'bad-1.0.1').replace('bad: 1.0.0', 'bad: 1.0.1'),
    );
    expect(texts['package.json']).toBe(manifest({ bad: '2.0.0', parent: '^1.0.0' }));
  });

  it.each([
    ['wants other beside it', { more: { peerDependencies: { other: '*' } } }, ''],
    ['weaker checksum', { more: { dist: { tarball: `${publicRegistry}/bad/-/bad-1.0.1.tgz`, integrity: 'sha1-x' } } }, ''],
    ['the project sets bad to 1.0.0 for everybody', {}, 'overrides:\n  bad: 1.0.0\n\n'],
    ['when everything was published', {}, 'time:\n  bad@1.0.0: 2020\n\n'],
  ])('says that it %s', (reason, release, more) => {
    expect(() => fix(version9({ bad }, { 'bad@1.0.0': {} }, more), manifest({ bad: '^1.0.0' }), { bad: { '1.0.1': release } })).toThrow(
      reason,
    );
  });

  it('is not edited while the registry is away', () => {
    const documents = { [`npm ${publicRegistry} bad`]: { away: 'it does not answer' } };

    expect(() => fix(version9({ bad }, { 'bad@1.0.0': {} }), manifest({ bad: '^1.0.0' }), {}, undefined, { documents })).toThrow(
      'it does not answer',
    );
  });
});

describe('older forms of pnpm-lock.yaml', () => {
  const scripts = { more: { scripts: { postinstall: 'x' } }, needs: { fresh: '^1.0.0' } };
  const packages = { bad: { '1.0.1': scripts }, fresh: { '1.0.0': {} } };

  it('of version 6 tells of each package whether it is for development, and runs something when it is installed', () => {
    const block = (key: string, more = ''): string => `  /${key}:\n${integrity(key)}${more}`;
    const text = (range: string, ...blocks: string[]): string =>
      `lockfileVersion: '6.0'\n\ndevDependencies:\n  bad:\n    specifier: ${range}\n    version: ${range.slice(1)}\n\npackages:\n\n${blocks.join('\n')}`;

    const { texts } = fix(
      text('^1.0.0', block('bad@1.0.0', '    dev: true\n')),
      manifest({}, { devDependencies: { bad: '^1.0.0' } }),
      packages,
    );

    expect(texts['pnpm-lock.yaml']).toBe(
      text(
        '^1.0.1',
        block('bad@1.0.1', '    requiresBuild: true\n    dependencies:\n      fresh: 1.0.0\n    dev: true\n'),
        block('fresh@1.0.0', '    dev: true\n'),
      ),
    );
  });

  it('of version 5 has specifiers apart, for each package of the repository', () => {
    const block = (name: string, version: string, more = ''): string =>
      `  /${name}/${version}:\n${integrity(`${name}@${version}`)}${more}    dev: false\n`;
    const text = (version: string, ...blocks: string[]): string =>
      `lockfileVersion: 5.4\n\nimporters:\n\n  .:\n    specifiers: {}\n\n  libs/a:\n    specifiers:\n      bad: ^${version}\n    dependencies:\n      bad: ${version}\n\npackages:\n\n${blocks.join('\n')}`;
    const files = { 'libs/a/package.json': manifest({ bad: '^1.0.0' }) };

    const { texts } = fix(text('1.0.0', block('bad', '1.0.0')), manifest({}), packages, undefined, { files });

    const raised = block('bad', '1.0.1', '    requiresBuild: true\n    dependencies:\n      fresh: 1.0.0\n');
    expect(texts['pnpm-lock.yaml']).toBe(text('1.0.1', raised, block('fresh', '1.0.0')));
    expect(texts['libs/a/package.json']).toBe(manifest({ bad: '^1.0.1' }));
  });
});
