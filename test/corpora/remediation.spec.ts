import { expect, it } from '@jest/globals';
import { npm } from '../../apps/remediation/src/fixers/npm/npm.ts';
import { pypi } from '../../apps/remediation/src/fixers/pypi/pypi.ts';
import { nowhere } from '../../apps/remediation/src/world/world.ts';
import { corpusText, describeCorpus } from './corpora.ts';

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

describeCorpus('remediation', () => {
  it('pins in package-lock.json what is recorded, at the recorded addresses', () => {
    const path = 'package-lock.json';
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
