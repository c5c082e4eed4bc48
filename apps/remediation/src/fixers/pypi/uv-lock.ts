import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import type { PythonLockFile } from './lock-file.ts';
import { Machines } from './machines.ts';
import { joined, readMarker, type Marker } from './marker.ts';
import { normalName } from './names.ts';
import { inOrder } from './in-order.ts';
import { readPyproject, type ManifestNeed } from './pyproject.ts';
import type { Pinned } from './pinned.ts';
import { PythonLock } from './python-lock.ts';
import type { PypiKnowledge, PypiNeed } from './releases.ts';
import { readTomlBlocks, tomlText, type TomlBlocks } from './toml-blocks.ts';
import { readToml } from './toml-manifest.ts';
import { uvBlock, uvSpecifier, type UvEntry } from './uv-entry.ts';

/** uv.lock: the repository's own packages stand among the others, and edges say no range. */
export const uvLock: PythonLockFile = {
  file: /^uv\.lock$/,
  manifest: () => 'pyproject.toml',
  read(path, text, beside, file) {
    const lock = readToml(path, text);
    if (lock['version'] !== 1n) throw new FixRefused(`${path} is of a version that is not edited`);
    const cut = readTomlBlocks(text);
    const entries = listOf(lock['package']).map(objectOf);
    if (cut.blocks.length !== entries.length) throw new FixRefused(`${path} is written in a way that is not edited`);
    const machines = new Machines(textOf(lock['requires-python']), false);
    const members = entries.filter(isMember).map(placeOf);
    const own = [
      ...members.flatMap((where) => manifestNeeds(where, where === '' ? beside : file(`${where}/pyproject.toml`))),
      ...(members.includes('') || beside === undefined ? [] : manifestNeeds('', beside)),
    ].filter(({ need }) => !entries.some((entry) => isMember(entry) && normalName(textOf(entry['name'])) === need.name));
    const newest = textOf(objectOf(lock['options'])['exclude-newer']);
    return {
      own,
      machines,
      ...indexOf(entries),
      ...(!Number.isNaN(Date.parse(newest)) && { notAfter: new Date(newest) }),
      open: (knowledge) => {
        refuseOverrides(path, objectOf(lock['manifest']));
        const pinned = entries.map((fields, index) => pinnedOf(fields, cut.blocks[index]!, knowledge));
        return new PythonLock({ path, pinned, own, machines }, knowledge, (changed) => lockText(changed, cut, own));
      },
    };
  },
};

function isMember({ source }: Fields): boolean {
  const { virtual, editable, directory } = objectOf(source);
  return [virtual, editable, directory].some((place) => typeof place === 'string');
}

/** The folder of one of the repository's own packages; empty for the lock file's. */
function placeOf({ source }: Fields): string {
  const { virtual, editable, directory } = objectOf(source);
  const place = textOf(virtual ?? editable ?? directory);
  return place === '.' ? '' : place;
}

function manifestNeeds(where: string, text: string | undefined): readonly ManifestNeed[] {
  if (text === undefined || where.startsWith('..')) return [];
  return readPyproject(where === '' ? 'pyproject.toml' : `${where}/pyproject.toml`, text, where).own;
}

function indexOf(entries: readonly Fields[]): { readonly index?: string } {
  const [index] = entries.map(({ source }) => textOf(objectOf(source)['registry'])).filter((address) => /^https?:/.test(address));
  return index === undefined ? {} : { index };
}

/** What a project forces upon everybody is no need of anybody: an edit could not tell whether it holds. */
function refuseOverrides(path: string, manifest: Fields): void {
  const [forced] = listOf(manifest['overrides']).map((one) => textOf(objectOf(one)['name']));
  if (forced !== undefined) throw new FixRefused(`the project of ${path} overrides ${forced} for everybody: raise the package with uv`);
}

function pinnedOf(fields: Fields, raw: string, knowledge: PypiKnowledge): Pinned<UvEntry> {
  const name = normalName(textOf(fields['name']));
  const version = textOf(fields['version']);
  const isHeld = objectOf(fields['source'])['registry'] === undefined;
  const known = isHeld ? undefined : { name, version, knowledge };
  const optional = Object.entries(objectOf(fields['optional-dependencies'])).flatMap(([extra, list]) =>
    listOf(list).map((edge) => needOf(objectOf(edge), readMarker(`extra == "${extra}"`), known)),
  );
  return {
    name,
    version,
    needs: isMember(fields) ? [] : [...listOf(fields['dependencies']).map((edge) => needOf(objectOf(edge), undefined, known)), ...optional],
    release: undefined,
    entry: { raw, fields, version },
    held: isHeld ? 'does not come from a package index' : undefined,
  };
}

interface Known {
  readonly name: string;
  readonly version: string;
  readonly knowledge: PypiKnowledge;
}

/** An edge names a version only where there are several; which range stands behind it, the index is asked when it matters. */
function needOf(edge: Fields, extra: Marker | undefined, by: Known | undefined): PypiNeed {
  const name = normalName(textOf(edge['name']));
  const version = textOf(edge['version']);
  const written = readMarker(textOf(edge['marker']));
  return {
    as: name,
    name,
    get range() {
      if (version !== '') return `==${version}`;
      const told = by?.knowledge.needsOf(by.name, by.version)?.filter((need) => need.name === name);
      return told?.flatMap(({ range }) => (range === undefined || range === '' ? [] : [range])).join(',') ?? '';
    },
    specification: name,
    kind: 'required',
    extras: listOf(edge['extra']).map((one) => normalName(textOf(one))),
    marker: extra && written ? joined('and', [extra, written]) : (extra ?? written),
  };
}

function lockText(lock: PythonLock<UvEntry>, cut: TomlBlocks, own: readonly ManifestNeed[]): string {
  const raised = own.filter(({ need, range }) => need.range !== range);
  const repeat = (text: string, where: string | undefined): string =>
    raised.filter((one) => where === undefined || one.where === where).reduce(withSpecifier, text);
  const blocks = inOrder(lock.pinned).map((pinned) => {
    const fields = pinned.entry?.fields;
    return fields && isMember(fields) ? repeat(pinned.entry.raw, placeOf(fields)) : uvBlock(lock, pinned);
  });
  return tomlText({ ...cut, head: repeat(cut.head, undefined), blocks });
}

/** Repeats what a manifest asks for in what the lock file says about it. */
function withSpecifier(text: string, { need, range }: ManifestNeed): string {
  const pattern = new RegExp(`(\\{ name = "${need.name}",[^{}\\n]*specifier = ")([^"]*)(")`, 'g');
  return text.replace(pattern, (line, before: string, specifier: string, after: string) =>
    uvSpecifier(specifier) === uvSpecifier(range ?? '') ? `${before}${uvSpecifier(need.range!)}${after}` : line,
  );
}
