import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { compareVersions, parsePurls, scoreVectors, tellAffected } from './lines.ts';

let printed: string;
let said: string;

beforeEach(() => {
  printed = '';
  said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** In pieces that end in the middle of lines and letters. */
async function* input(text: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
}

const lines = (): unknown[] =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('versions compare', () => {
  it('answers each line, with null and the reason for what cannot be compared', async () => {
    await compareVersions({ ecosystem: 'npm' }, input('1.0.0 1.0\r\n1.0.0-rc.1 1.0.0\n2.0.0\t1.0.0\nbulbasaur 1.0.0\n1.0\n\nv2.0.0 1.9.9'));

    expect(lines()).toEqual([0, -1, 1, null, null, null, 1]);
    expect(said).toContain('line 4: bulbasaur: no version of npm');
    expect(said).toContain('line 5: two versions');
  });

  it.each(['debian:12', 'Debian', 'deb'])('knows the ecosystem %s', async (ecosystem) => {
    await compareVersions({ ecosystem }, input('1.0~rc1 1.0\n'));

    expect(lines()).toEqual([-1]);
  });

  it('refuses an ecosystem that it does not know', async () => {
    await expect(compareVersions({ ecosystem: 'nowhere' }, input('1 2'))).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('versions affects', () => {
  it('answers true, false or unknown', async () => {
    const osv = {
      id: 'X-1',
      affected: [
        { package: { ecosystem: 'npm', name: 'x' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }] },
        { package: { ecosystem: 'Debian:12', name: 'zwölf' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] },
      ],
    };
    const purls = [
      'pkg:npm/x@1.0.0',
      'pkg:npm/x@2.0.0',
      'pkg:npm/x@file:..',
      'pkg:deb/debian/libx@1?upstream=zw%C3%B6lf&distro=debian-12',
      'x',
    ];

    await tellAffected(input(`${purls.map((purl) => JSON.stringify({ osv, purl })).join('\n')}\n{}\nnull\n{"osv":`));

    expect(lines()).toEqual([true, false, 'unknown', true, null, null, null, null]);
    expect(said).toContain('line 5: `purl` is no package URL');
  });
});

describe('purl parse', () => {
  it('takes package URLs apart and names what advisories call them', async () => {
    await parsePurls(input('pkg:PyPI/Zope.Interface@5.0\npkg:deb/debian/libcurl4@7.88.1-10?distro=debian-12&upstream=curl\npkg:npm\n'));

    expect(lines()).toEqual([
      {
        ...{ type: 'pypi', namespace: null, name: 'zope-interface', version: '5.0', qualifiers: null, subpath: null },
        ...{ canonical: 'pkg:pypi/zope-interface@5.0', ecosystem: 'PyPI', package: 'zope-interface' },
      },
      expect.objectContaining({ qualifiers: { distro: 'debian-12', upstream: 'curl' }, ecosystem: 'Debian:12', package: 'curl' }),
      null,
    ]);
  });
});

describe('cvss score', () => {
  it('scores vectors of all versions', async () => {
    await scoreVectors(input('AV:N/AC:L/Au:N/C:P/I:P/A:P\nCVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n9.8\n'));

    expect(lines()).toEqual([
      { version: '2.0', base: 7.5, overall: 7.5, severity: 'high' },
      { version: '3.1', base: 9.8, temporal: 9.8, environmental: 9.8, overall: 9.8, severity: 'critical' },
      null,
    ]);
  });
});
