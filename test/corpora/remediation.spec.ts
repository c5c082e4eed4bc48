import { expect, it } from '@jest/globals';
import { NodeModules } from '../../apps/remediation/src/fixers/npm/node-modules.ts';
import type { Fields } from '../../apps/remediation/src/editing/unknown.ts';
import { npm } from '../../apps/remediation/src/fixers/npm/npm.ts';
import { pypi } from '../../apps/remediation/src/fixers/pypi/pypi.ts';
import { nowhere } from '../../apps/remediation/src/world/world.ts';
import { corpusText, describeCorpus } from './corpora.ts';
import { universe } from './npm-universe.ts';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly packages?: Readonly<Record<string, Entry>>;
  readonly dependencies?: Readonly<Record<string, Entry | string>>;
}

/** Version and address of every installed package, by its place in the file. */
function pinned(lock: Entry, place = ''): readonly string[] {
  const own = lock.resolved === undefined ? [] : [`${place} ${lock.version} ${lock.resolved}`];
  const below = { ...lock.packages, ...lock.dependencies };
  return [
    ...own,
    ...Object.entries(below).flatMap(([name, entry]) => (typeof entry === 'string' ? [] : pinned(entry, `${place}/${name}`))),
  ];
}

const path = 'package-lock.json';
const example = 'https://npm.registry.example';

interface Update {
  readonly name: string;
  readonly versionFrom: string;
  readonly versionTo: string;
}

interface Patch {
  readonly packageUpdates?: readonly Update[];
}

const updatesOf = (patch: Patch): readonly Update[] => patch.packageUpdates ?? [];

function versionsOf(text: string, name: string): readonly string[] {
  return new NodeModules(path, text)
    .copies()
    .filter((copy) => copy.name === name)
    .map(({ version }) => version);
}

describeCorpus('remediation', () => {
  it('pins in package-lock.json what is recorded, at the recorded addresses', () => {
    let text = corpusText('remediation/lockfile/npm/write/package-lock.json');

    for (const [from, to] of [
      ['1.2.3', '1.2.4'],
      ['2.3.4', '2.3.5'],
    ] as const) {
      text = npm.fix({ name: '@fake-registry/a', from: [from], to }, [{ path, kind: 'lock', text }], nowhere).files[0]!.text;
    }

    const want = JSON.parse(corpusText('remediation/lockfile/npm/write/want.package-lock.json')) as Entry;
    expect(pinned(JSON.parse(text) as Entry)).toEqual(pinned(want));
  });

  it('writes package-lock.json byte for byte as recorded, from what the registry said', () => {
    const lock = new NodeModules('package-lock.json', corpusText('remediation/lockfile/npm/write/package-lock.json'));

    for (const [from, to] of [
      ['1.2.3', '1.2.4'],
      ['2.3.4', '2.3.5'],
    ] as const) {
      const manifest = JSON.parse(corpusText(`remediation/lockfile/npm/fake_registry/a-${to}.json`)) as Fields;
      const { tarball, integrity } = manifest['dist'] as { tarball: string; integrity: string };
      const release = { version: to, withdrawn: false, manifest, tarball, integrity };
      for (const copy of lock.copies()) if (copy.name === '@fake-registry/a' && copy.version === from) lock.raise(copy, to, release);
    }

    expect(lock.text()).toBe(corpusText('remediation/lockfile/npm/write/want.package-lock.json'));
  });

  it('fixes both copies of a package in place as recorded', () => {
    const checksums: Readonly<Record<string, string>> = { '1.0.1': 'sha512-aaaaaaaaaaaa', '2.0.1': 'sha512-bbbbbbbbbbbb' };
    const world = universe(
      corpusText('remediation/testdata/npm/universe.yaml'),
      example,
      (_name, version) => checksums[version] ?? 'sha512-x',
    );
    const result = JSON.parse(corpusText('remediation/testdata/npm/basic/result.json')) as { patches: Patch[] };
    let text = corpusText('remediation/testdata/npm/basic/package-lock.json');

    for (const { name, versionFrom, versionTo } of result.patches.flatMap(updatesOf)) {
      text = npm.fix({ name, from: [versionFrom], to: versionTo }, [{ path, kind: 'lock', text }], world).files[0]!.text;
    }

    expect(text).toBe(corpusText('remediation/testdata/npm/basic/want.package-lock.json'));
  });

  it('raises the dependency above a flawed one as recorded', () => {
    const folder = 'remediation/testdata/npm/basicrelax';
    const world = universe(corpusText('remediation/testdata/npm/universe.yaml'), example, () => 'sha512-x');
    const files = [
      { path, kind: 'lock' as const, text: corpusText(`${folder}/package-lock.json`) },
      { path: 'package.json', kind: 'manifest' as const, text: corpusText(`${folder}/package.json`) },
    ];

    const fix = npm.fix({ name: 'vuln', from: ['1.0.0'], to: '2.0.0' }, files, world);

    expect(fix.files.find((file) => file.kind === 'manifest')!.text).toBe(corpusText(`${folder}/want.package.json`));
  });

  it('makes every patch in place that is recorded', () => {
    const world = universe(corpusText('remediation/strategy/inplace/npm/universe.yaml'), 'https://registry.npmjs.org', () => 'sha512-x');
    const text = corpusText('remediation/strategy/inplace/npm/package-lock.json');
    const updates = (JSON.parse(corpusText('remediation/strategy/inplace/npm/patches.json')) as Patch[]).flatMap(updatesOf);

    const made = updates.map(({ name, versionFrom, versionTo }) => {
      const { files, to, overrides } = npm.fix({ name, from: [versionFrom], to: versionTo }, [{ path, kind: 'lock', text }], world);
      return { to, overrides: overrides.length, left: versionsOf(files[0]!.text, name).includes(versionFrom) };
    });

    expect(made).toEqual(updates.map(({ versionTo }) => ({ to: versionTo, overrides: 0, left: false })));
    expect(updates.length).toBeGreaterThanOrEqual(4);
  });

  it('changes only the pin in a requirements file', () => {
    const text = corpusText('remediation/manifest/python/requirements/requirements.txt');

    const { files } = pypi.fix(
      { name: 'docopt', from: ['0.6.1'], to: '0.6.2' },
      [{ path: 'requirements.txt', kind: 'manifest', text }],
      nowhere,
    );

    expect(files[0]!.text).toBe(text.replace('docopt == 0.6.1', 'docopt == 0.6.2'));
  });
});
