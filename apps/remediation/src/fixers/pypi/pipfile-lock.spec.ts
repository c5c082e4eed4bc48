import { describe, expect, it } from '@jest/globals';
import { hashOf, pythonIndex, type IndexedPackages } from '../../world/fixtures/python-index.ts';
import { told } from '../../world/fixtures/known.ts';
import { pipfileHash } from './content-hash.ts';
import { pypi } from './pypi.ts';
import { readToml } from './toml-manifest.ts';

type Section = Record<string, object>;

const pipfile = (packages: string): string =>
  `[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true\nname = "pypi"\n\n[packages]\n${packages}\n\n[dev-packages]\ntool = "*"\n\n[requires]\npython_version = "3.11"\n`;

const hashes = (name: string, version: string): string[] =>
  [`${name}-${version}-py3-none-any.whl`, `${name}-${version}.tar.gz`].map((file) => `sha256:${hashOf(file)}`).sort();

const entry = (name: string, version: string, more = {}): object => ({ hashes: hashes(name, version), ...more, version: `==${version}` });

function lockOf(manifest: string, main: Section, develop: Section): string {
  const meta = {
    hash: { sha256: pipfileHash(readToml('Pipfile', manifest)) },
    'pipfile-spec': 6,
    requires: { python_version: '3.11' },
    sources: [{ name: 'pypi', url: 'https://pypi.org/simple', verify_ssl: true }],
  };
  return `${JSON.stringify({ _meta: meta, default: main, develop }, null, 4)}\n`;
}

function fixed(manifest: string, lock: string, packages: IndexedPackages): Record<string, string> {
  const files = [
    { path: 'Pipfile.lock', kind: 'lock' as const, text: lock },
    { path: 'Pipfile', kind: 'manifest' as const, text: manifest },
  ];
  const made = pypi.fix({ name: 'bad', from: ['1.0'], to: '1.1' }, files, told({ documents: pythonIndex(packages) }));
  return Object.fromEntries([...files, ...made.files].map(({ path, text }) => [path, text]));
}

describe('Pipfile.lock with the index', () => {
  const packages = {
    bad: { '1.0': { requires: ['old'] }, '1.1': { requires: ['fresh>=1; python_version < "3.12"', 'tool'], python: '>=3.8, !=3.8.1' } },
    old: { '1.0': {} },
    fresh: { '1.0': { python: '>=3.7' } },
    tool: { '3.0': {} },
  };

  it('gets all hashes, the hash of the Pipfile, and what comes and goes with the new version in its sections', () => {
    const [before, after] = [pipfile('bad = "==1.0"'), pipfile('bad = "==1.1"')];
    const old = lockOf(before, { bad: entry('bad', '1.0', { index: 'pypi' }), old: entry('old', '1.0') }, { tool: entry('tool', '3.0') });

    const files = fixed(before, old, packages);

    expect(files['Pipfile']).toBe(after);
    expect(files['Pipfile.lock']).toBe(
      lockOf(
        after,
        {
          bad: entry('bad', '1.1', { index: 'pypi', markers: "python_version >= '3.8' and python_full_version != '3.8.1'" }),
          fresh: entry('fresh', '1.0', { markers: "python_version >= '3.7'" }),
          tool: entry('tool', '3.0'),
        },
        { tool: entry('tool', '3.0') },
      ),
    );
  });

  it('refuses a lock file that was not made from the Pipfile', () => {
    const old = lockOf(pipfile('other = "*"'), { bad: entry('bad', '1.0') }, {});

    expect(() => fixed(pipfile('bad = "==1.0"'), old, packages)).toThrow('bring it up to date with pipenv lock first');
  });
});
