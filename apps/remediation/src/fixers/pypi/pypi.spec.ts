import { describe, expect, it } from '@jest/globals';
import { nowhere } from '../../world/world.ts';
import { pypi } from './pypi.ts';

const change = { name: 'requests', from: ['2.19.0'], to: '2.32.4' };

const raised = (path: string, text: string): string => {
  const [wanted] = pypi.filesFor(path);
  return pypi.fix(change, [{ ...wanted!, text }], nowhere).files[0]?.text ?? text;
};

describe('requirements files', () => {
  it.each([
    ['requests==2.19.0', 'requests==2.32.4'],
    ['Requests == 2.19.0  # pinned', 'Requests == 2.32.4  # pinned'],
    ['requests[security]==2.19.0 ; python_version < "3.9"', 'requests[security]==2.32.4 ; python_version < "3.9"'],
    ['requests>=2.0', 'requests>=2.32.4'],
    ['requests~=2.19.0', 'requests~=2.32.4'],
    ['requests>=2.0,<3', 'requests>=2.0,<3'],
    ['requests', 'requests'],
    ['requests-oauth==2.19.0', 'requests-oauth==2.19.0'],
    ['# requests==2.19.0', '# requests==2.19.0'],
    ['-r requests.txt', '-r requests.txt'],
  ])('rewrites %s as %s', (before, after) => {
    expect(raised('requirements.txt', `flask==1.0\n${before}\nurllib3==1.24\n`)).toBe(`flask==1.0\n${after}\nurllib3==1.24\n`);
  });

  it('takes the hashes of the old archives out with their lines', () => {
    const text = 'requests==2.19.0 \\\n    --hash=sha256:aaaa \\\n    --hash=sha256:bbbb\nflask==1.0 \\\n    --hash=sha256:cccc\n';

    expect(raised('requirements.txt', text)).toBe('requests==2.32.4\nflask==1.0 \\\n    --hash=sha256:cccc\n');
    expect(pypi.fix(change, [{ path: 'requirements.txt', kind: 'manifest', text }], nowhere).notes).toEqual([
      expect.stringContaining('Hashes'),
    ]);
  });

  it('refuses what asks for less than the fix', () => {
    expect(() => raised('requirements.txt', 'requests>=2.0,<2.20\n')).toThrow('requirements.txt asks for requests >=2.0,<2.20');
  });
});

describe('poetry.lock', () => {
  const block = (name: string, version: string, more = ''): string =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\ndescription = "x"\noptional = false\nfiles = [\n    {file = "${name}-${version}.tar.gz", hash = "sha256:aaaa"},\n]\n${more}\n`;
  const lock = (...blocks: readonly string[]): string => `${blocks.join('')}[metadata]\nlock-version = "2.0"\ncontent-hash = "abc"\n`;

  it('raises the package and leaves its archives out', () => {
    const text = lock(block('flask', '1.0'), block('requests', '2.19.0'), block('urllib3', '1.24'));

    expect(raised('poetry.lock', text)).toBe(
      text
        .replace('"2.19.0"\ndescription', '"2.32.4"\ndescription')
        .replace('files = [\n    {file = "requests-2.19.0.tar.gz", hash = "sha256:aaaa"},\n]', 'files = []'),
    );
  });

  it('says who stands in the way', () => {
    const text = lock(block('old', '1.0', '\n[package.dependencies]\nrequests = ">=2.0,<2.20"\n'), block('requests', '2.19.0'));

    expect(() => raised('poetry.lock', text)).toThrow('old asks for requests >=2.0,<2.20: raise old first');
  });

  it('raises what pyproject.toml asks for where it must', () => {
    const text =
      '[tool.poetry.dependencies]\npython = "^3.9"\nrequests = "2.19.0"\nflask = {version = "^1.0", extras = ["async"]}\n\n[tool.other]\nrequests = "2.19.0"\n';

    expect(raised('pyproject.toml', text)).toBe(text.replace('"2.19.0"\nflask', '"2.32.4"\nflask'));
  });

  it('reads requirements of PEP 621', () => {
    const text = '[project]\nname = "x"\ndependencies = [\n  "requests[socks]==2.19.0; python_version<\'4\'",\n  "flask>=1",\n]\n';

    expect(raised('pyproject.toml', text)).toBe(text.replace('==2.19.0', '==2.32.4'));
  });
});

describe('Pipfile.lock', () => {
  it('raises the pin and takes the hashes out', () => {
    const lock = {
      _meta: { hash: { sha256: 'x' } },
      default: { requests: { hashes: ['sha256:a'], index: 'pypi', version: '==2.19.0' } },
      develop: {},
    };

    expect(JSON.parse(raised('Pipfile.lock', JSON.stringify(lock, null, 4)))).toEqual({
      ...lock,
      default: { requests: { index: 'pypi', version: '==2.32.4' } },
    });
  });

  it('raises what the Pipfile pins', () => {
    expect(raised('Pipfile', '[packages]\nrequests = "==2.19.0"\nflask = "*"\n')).toBe('[packages]\nrequests = "==2.32.4"\nflask = "*"\n');
  });
});

describe('pypi', () => {
  it.each(['Pipfile.toml', 'a/setup.py'])('says that %s is not edited', (path) => {
    expect(() => pypi.filesFor(path)).toThrow(/not edited yet/);
  });
});
