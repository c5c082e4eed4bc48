import { readJson, type JsonNode } from '../../editing/json-text.ts';
import { rewriteJson, valueOf } from '../../editing/json-rewrite.ts';
import { applyEdits } from '../../editing/text-edit.ts';
import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import { pipfileHash } from './content-hash.ts';
import { pinnedByIndex } from './pinned-by-index.ts';
import type { PythonLockFile } from './lock-file.ts';
import { Machines } from './machines.ts';
import { joined, withoutExtras, writtenMarker, type Marker } from './marker.ts';
import { normalName } from './names.ts';
import { placed, tableNeed } from './pyproject.ts';
import type { Pinned } from './pinned.ts';
import { PythonLock } from './python-lock.ts';
import { readToml } from './toml-manifest.ts';

interface Entry {
  /** By section; the key is the name as it is written. */
  readonly sections: ReadonlyMap<string, { readonly key: string; readonly fields: Fields }>;
  readonly version: string;
}

const sectionOf: Readonly<Record<string, string>> = { packages: 'default', 'dev-packages': 'develop' };

/** Pipfile.lock: versions and hashes by section; what its packages ask for, only the index knows. */
export const pipfileLock: PythonLockFile = {
  file: /^Pipfile\.lock$/,
  manifest: () => 'Pipfile',
  read(path, text, beside) {
    const root = readJson(text);
    const lock = objectOf(valueOf(root));
    const meta = objectOf(lock['_meta']);
    const requires = objectOf(meta['requires']);
    const python = textOf(requires['python_version']) || textOf(requires['python_full_version']).split('.').slice(0, 2).join('.');
    const machines = new Machines(python === '' ? '' : `==${python}.*`, false);
    const own = beside === undefined ? [] : ownOf(readToml('Pipfile', beside), beside);
    const sources = listOf(meta['sources']).map((source) => textOf(objectOf(source)['url']));
    return {
      own,
      machines,
      ...(sources[0] !== undefined && { index: sources[0] }),
      alone: { note: 'Hashes in Pipfile.lock, and the hash of the Pipfile where it changes, are missing' },
      open: (knowledge) => {
        const pinned = pinnedOf(lock).map((one) => pinnedByIndex(one, knowledge));
        return new PythonLock({ path, pinned, own, machines }, knowledge, (changed) => lockText(changed, text, root, lock));
      },
      repeat: (edited, before, after) => repeatHash(path, edited, before, after),
    };
  },
};

function ownOf(pipfile: Fields, text: string): ReturnType<typeof placed> {
  const tables = Object.entries(pipfile).filter(([key]) => !/^(?:source|requires|scripts|pipenv|pipfile)$/.test(key));
  const listed = tables.flatMap(([table, packages]) =>
    Object.entries(objectOf(packages)).map(([name, value]) => ({
      table,
      group: sectionOf[table] ?? table,
      need: tableNeed(name, value === '*' ? '' : typeof value === 'string' ? value : starless(objectOf(value))),
    })),
  );
  return placed(listed, text);
}

function starless(value: Fields): Fields {
  return value['version'] === '*' ? { ...value, version: '' } : value;
}

function pinnedOf(lock: Fields): Pinned<Entry>[] {
  const byName = new Map<string, Map<string, { key: string; fields: Fields }>>();
  for (const [section, packages] of Object.entries(lock)) {
    if (section === '_meta') continue;
    for (const [key, value] of Object.entries(objectOf(packages))) {
      const sections = byName.get(normalName(key)) ?? new Map<string, { key: string; fields: Fields }>();
      byName.set(normalName(key), sections.set(section, { key, fields: objectOf(value) }));
    }
  }
  return [...byName].map(([name, sections]) => {
    const versions = new Set([...sections.values()].map(({ fields }) => textOf(fields['version']).replace(/^==/, '')));
    const [version = ''] = versions;
    const held =
      version === '' ? 'does not come from a package index' : versions.size > 1 ? 'has another version in each section' : undefined;
    return { name, version, needs: [], release: undefined, held, entry: { sections, version } };
  });
}

function lockText(lock: PythonLock<Entry>, text: string, root: JsonNode, before: Fields): string {
  const sections = Object.entries(before).map(([section, packages]): [string, unknown] =>
    section === '_meta' ? [section, packages] : [section, sectionNow(lock, section, objectOf(packages))],
  );
  return applyEdits(text, rewriteJson(text, root, Object.fromEntries(sections)));
}

function sectionNow(lock: PythonLock<Entry>, section: string, before: Fields): Fields {
  const entries = lock.pinned.flatMap((pinned): [string, unknown][] => {
    const old = pinned.entry?.sections.get(section);
    const isNew =
      old === undefined &&
      lock.reach().get(pinned)?.groups.has(section) === true &&
      (pinned.entry === undefined || wasElsewhere(lock, pinned, section));
    if (!old && !isNew) return [];
    if (old && lock.before.get(pinned)?.groups.has(section) && !lock.reach().get(pinned)?.groups.has(section)) return [];
    const sample = old?.fields ?? [...(pinned.entry?.sections.values() ?? [])][0]?.fields ?? {};
    return [[old?.key ?? pinned.name, fieldsNow(lock, pinned, sample)]];
  });
  const kept = Object.fromEntries(entries);
  const order = [
    ...Object.keys(before).filter((key) => Object.hasOwn(kept, key)),
    ...Object.keys(kept).filter((key) => !Object.hasOwn(before, key)),
  ];
  const added = order.some((key) => !Object.hasOwn(before, key));
  return Object.fromEntries((added ? order.sort() : order).map((key) => [key, kept[key]]));
}

/** A package of one section may come to be needed in another. */
function wasElsewhere(lock: PythonLock<Entry>, pinned: Pinned<Entry>, section: string): boolean {
  return lock.before.get(pinned)?.groups.has(section) === false;
}

function fieldsNow(lock: PythonLock<Entry>, pinned: Pinned<Entry>, before: Fields): Fields {
  const { release, version, entry } = pinned;
  if (release === undefined && version === entry?.version) return before;
  if (release === undefined) return { ...without(before, ['hashes']), version: `==${version}` };
  const markers = markersOf(lock, pinned);
  const all = {
    ...without(before, ['hashes', 'markers']),
    hashes: [...new Set(release.archives.map(({ hash }) => hash))].sort(),
    ...(markers !== '' && { markers }),
    version: `==${version}`,
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

/** What the release says about Python, and when everybody who asks for it does. */
function markersOf(lock: PythonLock<Entry>, pinned: Pinned<Entry>): string {
  const python = pythonMarkers(pinned.release!.requiresPython);
  const askers = lock.asked().filter(({ gets }) => gets === pinned);
  const conditions = askers.map(({ need }) => {
    const { marker } = need as { readonly marker?: Marker };
    return marker && withoutExtras(marker);
  });
  const always = conditions.length === 0 || conditions.some((one) => one === undefined || lock.machines.isEverywhere(one));
  const all = [...python, ...(always ? [] : [joined('or', conditions as Marker[])])];
  return all.length === 0 ? '' : writtenMarker(joined('and', all), "'");
}

function pythonMarkers(range: string): readonly Marker[] {
  return range.split(',').flatMap((clause): Marker[] => {
    const match = /^\s*(>=|<=|<|>|==|!=|~=)\s*([\d.]+(?:\.\*)?)\s*$/.exec(clause);
    if (!match) return [];
    const variable = match[2]!.replace('.*', '').split('.').length > 2 ? 'python_full_version' : 'python_version';
    return [{ kind: 'compare', variable, operator: match[1]!, value: match[2]!, flipped: false }];
  });
}

function repeatHash(path: string, text: string, before: string, after: string): string {
  const old = pipfileHash(readToml('Pipfile', before));
  if (!text.includes(`"${old}"`))
    throw new FixRefused(`${path} was not made from this Pipfile: bring it up to date with pipenv lock first`);
  return text.replace(`"${old}"`, `"${pipfileHash(readToml('Pipfile', after))}"`);
}
