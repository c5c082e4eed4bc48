import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import { contentHashes } from './content-hash.ts';
import { inOrder } from './in-order.ts';
import type { PythonLockFile } from './lock-file.ts';
import { Machines } from './machines.ts';
import { joined, readMarker } from './marker.ts';
import { normalName } from './names.ts';
import { poetryBlock } from './poetry-entry.ts';
import type { PoetryEntry } from './poetry-groups.ts';
import { readPyproject, tableNeed } from './pyproject.ts';
import type { Pinned } from './pinned.ts';
import { PythonLock } from './python-lock.ts';
import type { PypiNeed } from './releases.ts';
import { readTomlBlocks, tomlKey, tomlText, type TomlBlocks } from './toml-blocks.ts';
import { readToml } from './toml-manifest.ts';

/** poetry.lock of Poetry 1.1 and later. */
export const poetryLock: PythonLockFile = {
  file: /^poetry\.lock$/,
  manifest: () => 'pyproject.toml',
  read(path, text, beside) {
    const manifest = beside === undefined ? undefined : readPyproject('pyproject.toml', beside);
    const lock = readToml(path, text);
    const metadata = objectOf(lock['metadata']);
    const cut = readTomlBlocks(text);
    const entries = listOf(lock['package']).map(objectOf);
    if (cut.blocks.length !== entries.length || entries.length === 0)
      throw new FixRefused(`${path} is written in a way that is not edited`);
    const pinned = entries.map((fields, index) => pinnedOf(fields, cut.blocks[index]!));
    const python = manifest?.requiresPython || textOf(metadata['python-versions']);
    const machines = new Machines(python === '*' ? '' : python, true);
    const own = manifest?.own ?? [];
    const index = indexOf(entries);
    return {
      own,
      machines,
      ...(index !== undefined && { index }),
      alone: { note: 'Archives and hashes in poetry.lock, and its content hash where pyproject.toml changes, are missing' },
      open: (knowledge) =>
        new PythonLock({ path, pinned, own, machines }, knowledge, (changed) =>
          lockText(changed, cut, metadata, { knowledge, archives: archivesOf(text) }),
        ),
      repeat: (edited, before, after) => repeatHash(path, edited, textOf(metadata['content-hash']), before, after),
    };
  },
};

function pinnedOf(fields: Fields, raw: string): Pinned<PoetryEntry> {
  const source = objectOf(fields['source']);
  const type = textOf(source['type']);
  return {
    name: normalName(textOf(fields['name'])),
    version: textOf(fields['version']),
    needs: Object.entries(objectOf(fields['dependencies'])).flatMap(([name, value]) => needsOf(name, value)),
    release: undefined,
    entry: { raw, fields, version: textOf(fields['version']) },
    held: type === '' || type === 'legacy' ? undefined : 'does not come from a package index',
  };
}

function needsOf(name: string, value: unknown): readonly PypiNeed[] {
  if (Array.isArray(value)) return value.flatMap((one) => needsOf(name, one));
  const need = tableNeed(name, value);
  const marker = textOf(objectOf(value)['markers']);
  // Until Poetry 1.0 what belongs to an extra was only called optional.
  if (objectOf(value)['optional'] !== true || marker.includes('extra')) return [need];
  const never = readMarker('extra == "an extra that the file does not name"')!;
  return [{ ...need, marker: need.marker ? joined('and', [need.marker, never]) : never }];
}

/** The index of the packages that name one; the public one stands for itself in no entry. */
function indexOf(entries: readonly Fields[]): string | undefined {
  const urls = entries
    .map(({ source }) => textOf(objectOf(source)['url']))
    .filter((url, index) => url !== '' && objectOf(entries[index]!['source'])['type'] === 'legacy');
  return urls.length > entries.length / 2 ? urls[0] : undefined;
}

function lockText(lock: PythonLock<PoetryEntry>, cut: TomlBlocks, metadata: Fields, told: Parameters<typeof poetryBlock>[1]): string {
  const sorted = inOrder(lock.pinned);
  const blocks = sorted.map((pinned) => poetryBlock({ lock, pinned, version: textOf(metadata['lock-version']) }, told));
  return tomlText({ ...cut, blocks, tail: tailText(cut.tail, sorted, told.archives) });
}

/** Until Poetry 1.4 the archives stood in a section of their own. */
const oldFiles = /^\[metadata\.files\]\n([\s\S]*?)(?=^\[|(?![\s\S]))/m;

function archivesOf(text: string): 'inside' | 'apart' {
  return oldFiles.test(text) ? 'apart' : 'inside';
}

function tailText(tail: string, pinned: readonly Pinned<PoetryEntry>[], archives: 'inside' | 'apart'): string {
  if (archives === 'inside') return tail;
  const section = oldFiles.exec(tail);
  if (!section) return tail;
  const before = new Map(
    [...section[1]!.matchAll(/^("?)([\w.-]+)\1 = \[(?:\]|\n(?:[ \t]+\{[^\n]*\n)*\])$/gm)].map((match) => [normalName(match[2]!), match[0]]),
  );
  const lists = pinned.map(({ name, version, release, entry }) => {
    const old = before.get(name);
    if (version === entry?.version && release === undefined) return old ?? `${tomlKey(name)} = []`;
    const files = (release?.archives ?? []).map(({ file, hash }) => `    {file = "${file}", hash = "${hash}"},\n`);
    return `${tomlKey(name)} = [${files.length > 0 ? `\n${files.join('')}` : ''}]`;
  });
  return `${tail.slice(0, section.index)}[metadata.files]\n${lists.join('\n')}\n${tail.slice(section.index + section[0].length)}`;
}

/** The hash of the manifest, computed as the Poetry that wrote the old one did. */
function repeatHash(path: string, text: string, old: string, before: string, after: string): string {
  const kind = contentHashes(readToml('pyproject.toml', before)).indexOf(old);
  if (kind < 0) throw new FixRefused(`${path} was not made from this pyproject.toml: bring it up to date with poetry lock first`);
  return text.replace(`content-hash = "${old}"`, `content-hash = "${contentHashes(readToml('pyproject.toml', after))[kind]}"`);
}
