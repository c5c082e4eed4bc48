import { compare } from '@renovatebot/pep440';
import { listOf, objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import type { Archive } from './index-page.ts';
import { joined, readMarker, withoutExtras, writtenMarker, type Marker } from './marker.ts';
import { sameHosts } from './archive-address.ts';
import type { Pinned } from './pinned.ts';
import type { PythonLock } from './python-lock.ts';
import { pypiRules, type PypiNeed } from './releases.ts';
import { tomlKey, tomlList, tomlString } from './toml-blocks.ts';
import { uvMarker } from './uv-marker.ts';
import { runsOn } from './wheel-tags.ts';

export interface UvEntry {
  readonly raw: string;
  readonly fields: Fields;
  readonly version: string;
}

/** A `[[package]]` of uv.lock as uv writes it; one that did not change keeps its text. */
export function uvBlock(lock: PythonLock<UvEntry>, pinned: Pinned<UvEntry>): string {
  const { release, name, version } = pinned;
  if (release === undefined) return pinned.entry!.raw;
  const sample =
    pinned.entry?.fields ?? lock.pinned.find(({ entry }) => objectOf(entry?.fields['source'])['registry'] !== undefined)!.entry!.fields;
  const archives = sameHosts(
    name,
    release.archives,
    lock.pinned.flatMap(({ entry }) => addressesIn(entry?.fields)),
  );
  const source = archives.findLast(({ kind }) => kind === 'source');
  const wheels = archives.filter((one) => one.kind === 'wheel' && runsOn(one.file, lock.machines.oldestMinor()));
  const lines = [
    '[[package]]',
    `name = ${tomlString(name)}`,
    `version = ${tomlString(version)}`,
    `source = { registry = ${tomlString(textOf(objectOf(sample['source'])['registry']))} }`,
    ...tomlList('dependencies', edges(lock, pinned, '')),
    ...(source ? [`sdist = ${archiveText(source, sample)}`] : []),
    ...tomlList(
      'wheels',
      wheels.map((wheel) => archiveText(wheel, sample)),
    ),
  ];
  const extras = [...(lock.reach().get(pinned)?.asked.keys() ?? [])].filter((extra) => extra !== '').sort();
  const optional = extras.flatMap((extra) => tomlList(tomlKey(extra), edges(lock, pinned, extra)));
  return [...lines, ...(optional.length > 0 ? ['', '[package.optional-dependencies]', ...optional] : [])].join('\n');
}

/** The clauses in uv's order, without spaces. */
export function uvSpecifier(range: string): string {
  const clauses = range.split(',').map((clause) => clause.replace(/\s+/g, ''));
  const versionOf = (clause: string): string => clause.replace(/^[<>=!~]+/, '').replace(/\.\*$/, '');
  try {
    return clauses.sort((a, b) => compare(versionOf(a), versionOf(b))).join(',');
  } catch {
    return clauses.join(',');
  }
}

/** Addresses of the archives that the file names already. */
function addressesIn(fields: Fields | undefined): readonly string[] {
  const archives = [fields?.['sdist'], ...listOf(fields?.['wheels'])];
  return archives.map((archive) => textOf(objectOf(archive)['url'])).filter((url) => url !== '');
}

/** With a size and a time where the file has them for others, too. */
function archiveText({ url, hash, size, uploaded }: Archive, sample: Fields): string {
  const known = objectOf(sample['sdist'] ?? listOf(sample['wheels'])[0]);
  const fields = [
    `url = ${tomlString(url)}`,
    `hash = "${hash}"`,
    ...(size !== undefined && known['size'] !== undefined ? [`size = ${size}`] : []),
    ...(uploaded !== undefined && known['upload-time'] !== undefined ? [`upload-time = "${timeText(uploaded)}"`] : []),
  ];
  return `{ ${fields.join(', ')} }`;
}

/** To the millisecond, without zeros at its end. */
function timeText(uploaded: string): string {
  return new Date(uploaded).toISOString().replace(/\.?0*Z$/, 'Z');
}

interface Edge {
  readonly target: Pinned<UvEntry>;
  readonly extras: readonly string[];
  readonly markers: readonly (Marker | undefined)[];
}

/** Whom a package asks for; of an extra, what comes with it only. */
function edges(lock: PythonLock<UvEntry>, pinned: Pinned<UvEntry>, extra: string): readonly string[] {
  const { machines } = lock;
  const counts = ({ marker }: PypiNeed): boolean => machines.where(marker, extra) !== 0n && (extra === '' || machines.where(marker) === 0n);
  const found = new Map<string, Edge>();
  for (const need of pinned.needs.filter(counts)) {
    const targets = lock.find(need).filter((target) => target !== pinned || need.extras.length > 0);
    if (targets.length === 0) throw new FixRefused(`${pinned.name} asks for ${need.name}, which ${lock.path} does not hold`);
    for (const target of targets) {
      const key = `${target.name} ${target.version} ${need.extras.join(',')}`;
      const before = found.get(key)?.markers ?? [];
      const own = forkMarker(lock, target);
      const marker = need.marker && withoutExtras(need.marker);
      found.set(key, { target, extras: need.extras, markers: [...before, own && marker ? joined('and', [own, marker]) : (own ?? marker)] });
    }
  }
  return [...found.values()]
    .sort(({ target: a }, { target: b }) => (a.name === b.name ? pypiRules.compare(a.version, b.version) : a.name < b.name ? -1 : 1))
    .flatMap(({ target, extras, markers }) => edgeText(lock, target, extras, markers));
}

function edgeText(
  lock: PythonLock<UvEntry>,
  target: Pinned<UvEntry>,
  extras: readonly string[],
  markers: Edge['markers'],
): readonly string[] {
  const marker = markers.includes(undefined) ? undefined : uvMarker(joined('or', markers as readonly Marker[]), lock.machines);
  if (marker === 'never') return [];
  const isFork = lock.named(target.name).length > 1;
  const registry = textOf(objectOf(target.entry?.fields['source'])['registry']);
  const fields = [
    `name = ${tomlString(target.name)}`,
    ...(isFork ? [`version = ${tomlString(target.version)}`, `source = { registry = ${tomlString(registry)} }`] : []),
    ...(extras.length > 0 ? [`extra = [${[...extras].sort().map(tomlString).join(', ')}]`] : []),
    ...(marker === undefined ? [] : [`marker = ${tomlString(writtenMarker(marker, "'"))}`]),
  ];
  return [`{ ${fields.join(', ')} }`];
}

/** Where one of several versions of a package belongs. */
function forkMarker(lock: PythonLock<UvEntry>, target: Pinned<UvEntry>): Marker | undefined {
  const isFork = lock.named(target.name).length > 1;
  const markers = listOf(target.entry?.fields['resolution-markers']).flatMap((one) => readMarker(textOf(one)) ?? []);
  return isFork && markers.length > 0 ? joined('or', markers) : undefined;
}
