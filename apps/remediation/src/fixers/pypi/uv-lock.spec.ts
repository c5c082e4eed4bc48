import { describe, expect, it } from '@jest/globals';
import { addressIn, hashOf, pythonIndex, type IndexedPackages } from '../../world/fixtures/python-index.ts';
import { told } from '../../world/fixtures/known.ts';
import type { Fix } from '../fixer.ts';
import { pypi } from './pypi.ts';

const archive = (file: string): string =>
  `{ url = "${addressIn(file)}", hash = "sha256:${hashOf(file)}", size = ${file.length * 100}, upload-time = "2020-01-01T10:00:00.12Z" }`;

const block = (name: string, version: string, dependencies = '', optional = '', markers = ''): string =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://pypi.org/simple" }\n${markers}${dependencies}` +
  `sdist = ${archive(`${name}-${version}.tar.gz`)}\nwheels = [\n    ${archive(`${name}-${version}-py3-none-any.whl`)},\n]\n${optional}\n`;

const list = (key: string, ...items: string[]): string => `${key} = [\n${items.map((item) => `    { ${item} },\n`).join('')}]\n`;

const root = (requires: string, extra = ''): string =>
  `[[package]]\nname = "shop"\nversion = "0.1.0"\nsource = { virtual = "." }\n${list('dependencies', 'name = "bad"')}\n[package.metadata]\nrequires-dist = [{ name = "bad", specifier = "${requires}" }]\n${extra}\n`;

const lockOf = (...blocks: string[]): string => `version = 1\nrevision = 3\nrequires-python = ">=3.9"\n\n${blocks.join('').trimEnd()}\n`;

const pyproject = (requires: string): string =>
  `[project]\nname = "shop"\nversion = "0.1.0"\nrequires-python = ">=3.9"\ndependencies = ["bad${requires}"]\n`;

function fix(
  lock: string,
  manifest: string,
  packages: IndexedPackages,
  files: Record<string, string> = {},
): Fix & { texts: Record<string, string> } {
  const given = [
    { path: 'uv.lock', kind: 'lock' as const, text: lock },
    { path: 'pyproject.toml', kind: 'manifest' as const, text: manifest },
  ];
  const made = pypi.fix({ name: 'bad', from: ['1.0'], to: '1.1' }, given, told({ documents: pythonIndex(packages), files }));
  return { ...made, texts: Object.fromEntries([...given, ...made.files].map(({ path, text }) => [path, text])) };
}

describe('uv.lock', () => {
  it('gets the archives, what the new version asks for, and what the manifest asks for now', () => {
    const requires = [
      'fresh >=1, <2 ; python_version < "3.11"',
      'fresh[x]; extra == "net"',
      'never; python_version < "3.8"',
      'kept; python_version >= "3.7"',
    ];
    const packages = { bad: { '1.0': {}, '1.1': { requires, extras: ['net'] } }, fresh: { '1.5': {}, '2.0': {} }, kept: { '1.0': {} } };

    const { texts, notes } = fix(lockOf(block('bad', '1.0'), block('kept', '1.0'), root('>=1.0')), pyproject('>=1.0'), packages);

    const edges = list('dependencies', `name = "fresh", marker = "python_full_version < '3.11'"`, 'name = "kept"');
    expect(texts['uv.lock']).toBe(lockOf(block('bad', '1.1', edges), block('fresh', '1.5'), block('kept', '1.0'), root('>=1.1')));
    expect(texts['pyproject.toml']).toBe(pyproject('>=1.1'));
    expect(notes).toEqual(['fresh 1.5 comes with it']);
  });

  it('asks the index which range stands behind an edge, and raises who stands in the way', () => {
    const parent = { '1.0': { requires: ['bad<1.1'] }, '1.1': { requires: ['bad<2'] } };
    const lock = lockOf(block('bad', '1.0'), block('parent', '1.0', list('dependencies', 'name = "bad"')), root('>=1.0'));

    const { texts, moved } = fix(lock, pyproject('>=1.0'), { bad: { '1.0': {}, '1.1': {} }, parent });

    expect(moved).toEqual([{ name: 'parent', from: ['1.0'], to: ['1.1'] }]);
    expect(texts['uv.lock']).toContain(block('parent', '1.1', list('dependencies', 'name = "bad"')));
  });

  it('names the version where a package has several, each on its Pythons', () => {
    const fork = (version: string, ...markers: string[]): string =>
      block('fork', version, '', '', `resolution-markers = [\n${markers.map((one) => `    "${one}",\n`).join('')}]\n`);
    const forks = [
      fork('1.0', "python_full_version < '3.10'"),
      fork('10.0', "python_full_version >= '3.11'", "python_full_version == '3.10.*'"),
    ];
    const source = 'source = { registry = "https://pypi.org/simple" }';
    const edges = list(
      'dependencies',
      `name = "fork", version = "1.0", ${source}, marker = "python_full_version < '3.10'"`,
      `name = "fork", version = "10.0", ${source}, marker = "python_full_version >= '3.10'"`,
    );

    const asks = (requires: string): IndexedPackages => ({
      bad: { '1.0': {}, '1.1': { requires: [requires] } },
      fork: { '1.0': {}, '10.0': {} },
    });
    const { texts } = fix(lockOf(block('bad', '1.0', edges), ...forks, root('>=1.0')), pyproject('>=1.0'), asks('fork>=1'));

    expect(texts['uv.lock']).toBe(lockOf(block('bad', '1.1', edges), ...forks, root('>=1.1')));
    expect(() => fix(lockOf(block('bad', '1.0', edges), ...forks, root('>=1.0')), pyproject('>=1.0'), asks('fork>=2'))).toThrow(
      'holds several versions of fork, and bad 1.1 accepts not all of them',
    );
  });

  it('raises what another package of the repository asks for', () => {
    const member = root('>=1.0').replace('"shop"', '"tool"').replace('virtual = "."', 'editable = "libs/tool"');
    const workspace = '[tool.uv.workspace]\nmembers = ["libs/*"]\n';

    const { texts } = fix(
      lockOf(block('bad', '1.0'), member),
      workspace,
      { bad: { '1.1': {} } },
      { 'libs/tool/pyproject.toml': pyproject('>=1.0') },
    );

    expect(texts['libs/tool/pyproject.toml']).toBe(pyproject('>=1.1'));
    expect(texts['uv.lock']).toContain('specifier = ">=1.1"');
  });

  it('takes no release that is later than the project wants', () => {
    const lock = lockOf(block('bad', '1.0'), root('>=1.0')).replace(
      '\n\n[[',
      '\n\n[options]\nexclude-newer = "2022-01-01T00:00:00Z"\n\n[[',
    );

    expect(() => fix(lock, pyproject('>=1.0'), { bad: { '1.0': {}, '1.1': { published: '2023-01-01' } } })).toThrow(
      'no release of bad from 1.1 on',
    );
  });

  it('leads nobody to another host', () => {
    expect(() =>
      fix(lockOf(block('bad', '1.0'), root('>=1')), pyproject('>=1'), { bad: { '1.1': { host: 'https://evil.example' } } }),
    ).toThrow('the index has the archives of bad at evil.example');
  });

  it('is not edited while the index is away', () => {
    const lock = { path: 'uv.lock', kind: 'lock' as const, text: lockOf(block('bad', '1.0'), root('>=1')) };
    const documents = { 'pypi https://pypi.org/simple bad': { away: 'it does not answer' } };

    expect(() => pypi.fix({ name: 'bad', from: ['1.0'], to: '1.1' }, [lock], told({ documents }))).toThrow('it does not answer');
  });
});
