import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import { pdmHashes } from './content-hash.ts';
import { inOrder } from './in-order.ts';
import type { PythonLockFile } from './lock-file.ts';
import { Machines } from './machines.ts';
import { joined, readMarker } from './marker.ts';
import { normalName } from './names.ts';
import { pdmBlocks, type PdmEntry } from './pdm-entry.ts';
import { readPyproject } from './pyproject.ts';
import type { Pinned } from './pinned.ts';
import { PythonLock } from './python-lock.ts';
import { needOf, type PypiNeed } from './releases.ts';
import { readTomlBlocks, tomlText } from './toml-blocks.ts';
import { readToml } from './toml-manifest.ts';

/** pdm.lock since its version 4.3: a package stands once for itself and once for each set of extras. */
export const pdmLock: PythonLockFile = {
  file: /^pdm\.lock$/,
  manifest: () => 'pyproject.toml',
  read(path, text, beside) {
    const manifest = beside === undefined ? undefined : readPyproject('pyproject.toml', beside);
    const lock = readToml(path, text);
    const metadata = objectOf(lock['metadata']);
    const entries = listOf(lock['package']).map(objectOf);
    const cut = readTomlBlocks(text);
    const version = /^4\.(\d+)/.exec(textOf(metadata['lock_version']))?.[1];
    if (version === undefined || Number(version) < 3 || cut.blocks.length !== entries.length)
      throw new FixRefused(`${path} is of a version that is not edited: write it anew with a newer pdm`);
    const pinned = pinnedOf(entries, cut.blocks);
    const ranges = listOf(metadata['targets']).map((target) => textOf(objectOf(target)['requires_python']));
    const machines = new Machines(manifest?.requiresPython || (ranges[0] ?? ''), false);
    const locked = new Set(listOf(metadata['groups']).map((group) => normalName(textOf(group))));
    const own = (manifest?.own ?? [])
      .map((one) => ({ ...one, group: one.group === 'main' ? 'default' : one.group.replace(/^extra:/, '') }))
      .filter(({ group }) => locked.has(group));
    return {
      own,
      machines,
      open: (knowledge) =>
        new PythonLock({ path, pinned, own, machines }, knowledge, (changed) =>
          tomlText({ ...cut, blocks: inOrder(changed.pinned).flatMap((one) => pdmBlocks(changed, one, knowledge)) }),
        ),
      repeat: (edited, before, after) => repeatHash(path, edited, textOf(metadata['content_hash']), before, after),
    };
  },
};

function pinnedOf(entries: readonly Fields[], raw: readonly string[]): Pinned<PdmEntry>[] {
  const blocks = entries.map((fields, index) => ({ fields, raw: raw[index]! }));
  const byPackage = Map.groupBy(blocks, ({ fields }) => `${normalName(textOf(fields['name']))} ${textOf(fields['version'])}`);
  return [...byPackage.values()].map((all) => {
    const { fields } = all[0]!;
    const version = textOf(fields['version']);
    const isElsewhere = ['path', 'url', 'git', 'hg', 'svn'].some((key) => fields[key] !== undefined);
    return {
      name: normalName(textOf(fields['name'])),
      version,
      needs: all.flatMap((block) => needsOf(block.fields)),
      release: undefined,
      entry: { blocks: all, version },
      held: isElsewhere ? 'does not come from a package index' : undefined,
    };
  });
}

/** Of a block with extras, what they bring; that it asks for the package itself says nothing. */
function needsOf(fields: Fields): readonly PypiNeed[] {
  const name = textOf(fields['name']);
  const extras = listOf(fields['extras']).map(textOf);
  const asked = extras.flatMap((extra) => readMarker(`extra == "${normalName(extra)}"`) ?? []);
  return listOf(fields['dependencies'])
    .map((text) => needOf(textOf(text), name))
    .filter((need) => need.name !== normalName(name) || need.extras.length > 0)
    .map((need) => {
      if (asked.length === 0) return need;
      const extra = joined('or', asked);
      return { ...need, marker: need.marker ? joined('and', [need.marker, extra]) : extra };
    });
}

function repeatHash(path: string, text: string, old: string, before: string, after: string): string {
  const kind = pdmHashes(readToml('pyproject.toml', before)).indexOf(old.replace(/^sha256:/, ''));
  if (kind < 0) throw new FixRefused(`${path} was not made from this pyproject.toml: bring it up to date with pdm lock first`);
  return text.replace(old, `sha256:${pdmHashes(readToml('pyproject.toml', after))[kind]!}`);
}
