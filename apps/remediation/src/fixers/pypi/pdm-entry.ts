import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { sameHosts } from './archive-address.ts';
import type { Archive } from './index-page.ts';
import { extrasIn, withoutExtras, writtenMarker } from './marker.ts';
import { isSameReach, whenNeeded } from './membership.ts';
import { normalName } from './names.ts';
import type { Pinned } from './pinned.ts';
import type { PythonLock } from './python-lock.ts';
import type { PypiKnowledge, PypiNeed } from './releases.ts';
import { tomlList, tomlString } from './toml-blocks.ts';

export interface PdmBlock {
  readonly fields: Fields;
  readonly raw: string;
}

export interface PdmEntry {
  /** The package itself, and with extras. */
  readonly blocks: readonly PdmBlock[];
  readonly version: string;
}

/** The `[[package]]` tables of a package as PDM writes them; those of one that did not change keep their text. */
export function pdmBlocks(lock: PythonLock<PdmEntry>, pinned: Pinned<PdmEntry>, knowledge: PypiKnowledge): readonly string[] {
  const now = lock.reach().get(pinned);
  const isSame = pinned.entry !== undefined && (now === undefined || isSameReach(lock.before.get(pinned), now));
  if (pinned.release === undefined) {
    const { blocks } = pinned.entry!;
    return isSame ? blocks.map(({ raw }) => raw) : blocks.map(({ raw }) => withMembership(raw, lock, pinned));
  }
  const extras = new Set([...(now?.asked.keys() ?? [])].filter((extra) => extra !== ''));
  const kept = (pinned.entry?.blocks ?? []).map(({ fields }) => listOf(fields['extras']).map((extra) => normalName(textOf(extra))));
  const sets = kept.filter((set) => set.length > 0 && set.every((extra) => extras.has(extra)));
  const missing = [...extras].filter((extra) => !sets.some((set) => set.includes(extra)));
  return [[], ...sets, ...(missing.length > 0 ? [missing.sort()] : [])].map((set) => newBlock(lock, pinned, knowledge, set));
}

function newBlock(lock: PythonLock<PdmEntry>, pinned: Pinned<PdmEntry>, knowledge: PypiKnowledge, extras: readonly string[]): string {
  const { release, name, version, entry } = pinned;
  const before = entry?.blocks[0]?.fields ?? {};
  const { requiresPython } = release!;
  const summary = knowledge.metadata(name, release!)?.summary ?? '';
  const lines = [
    '[[package]]',
    `name = ${tomlString(textOf(before['name']) || name)}`,
    `version = ${tomlString(version)}`,
    ...(extras.length > 0 ? [`extras = [${extras.map(tomlString).join(', ')}]`] : []),
    ...(requiresPython === '' ? [] : [`requires_python = ${tomlString(requiresPython)}`]),
    ...(summary === '' ? [] : [`summary = ${tomlString(summary)}`]),
    ...membershipLines(lock, pinned),
    ...tomlList('dependencies', dependencies(pinned, extras).map(tomlString)),
    ...tomlList('files', files(lock, name, release!.archives)),
  ];
  return lines.join('\n');
}

function withMembership(raw: string, lock: PythonLock<PdmEntry>, pinned: Pinned<PdmEntry>): string {
  if (!/^groups = /m.test(raw)) return raw;
  const plain = raw.replace(/^marker = .*\n/m, '');
  return plain.replace(/^groups = .*$/m, membershipLines(lock, pinned).join('\n'));
}

/** Where the file tells it: for whom a package is needed, and when. */
function membershipLines(lock: PythonLock<PdmEntry>, pinned: Pinned<PdmEntry>): readonly string[] {
  const isTold = lock.pinned.some(({ entry }) => entry?.blocks[0]?.fields['groups'] !== undefined);
  if (!isTold) return [];
  const now = lock.reach().get(pinned);
  const before = pinned.entry?.blocks[0]?.fields;
  if (before && (now === undefined || isSameReach(lock.before.get(pinned), now))) {
    const marker = textOf(before['marker']);
    const groups = listOf(before['groups']).map((group) => tomlString(textOf(group)));
    return [`groups = [${groups.join(', ')}]`, ...(marker === '' ? [] : [`marker = ${tomlString(marker)}`])];
  }
  const groups = [...(now?.groups.keys() ?? [])].sort((a, b) => Number(a !== 'default') - Number(b !== 'default') || (a < b ? -1 : 1));
  const marker = whenNeeded(lock, pinned, {
    counts: () => true,
    ofGroup: () => undefined,
    written: ({ blocks }) => textOf(blocks[0]?.fields['marker']),
  });
  return [`groups = [${groups.map(tomlString).join(', ')}]`, ...(marker ? [`marker = ${tomlString(writtenMarker(marker))}`] : [])];
}

function dependencies({ needs, name, version }: Pinned<PdmEntry>, extras: readonly string[]): readonly string[] {
  const own = needs.filter(({ marker }) => {
    const named = marker === undefined ? [] : extrasIn(marker);
    return extras.length === 0 ? named.length === 0 : named.some((extra) => extras.includes(extra));
  });
  return [...new Set([...own.map(requirementText), ...(extras.length > 0 ? [`${name}==${version}`] : [])])].sort();
}

/** The clauses in the order of their text, as Python's packaging library writes them. */
function requirementText({ as, extras, range, marker }: PypiNeed): string {
  const clauses = (range ?? '')
    .split(',')
    .map((clause) => clause.replace(/\s+/g, ''))
    .sort();
  const rest = marker && withoutExtras(marker);
  return `${as}${extras.length > 0 ? `[${[...extras].sort().join(',')}]` : ''}${clauses.join(',')}${rest ? `; ${writtenMarker(rest)}` : ''}`;
}

/** By name, or by address where the file has addresses. */
function files(lock: PythonLock<PdmEntry>, name: string, archives: readonly Archive[]): readonly string[] {
  const known = lock.pinned.flatMap(({ entry }) => listOf(entry?.blocks[0]?.fields['files']).map((file) => textOf(objectOf(file)['url'])));
  const urls = known.filter((url) => url !== '');
  if (urls.length === 0) return archives.map(({ file, hash }) => `{file = ${tomlString(file)}, hash = "${hash}"}`);
  return sameHosts(name, archives, urls).map(({ url, hash }) => `{url = ${tomlString(url)}, hash = "${hash}"}`);
}
