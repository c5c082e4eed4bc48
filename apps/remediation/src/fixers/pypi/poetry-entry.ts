import { textOf } from '../../editing/unknown.ts';
import { extrasIn, withoutExtras, writtenMarker } from './marker.ts';
import { membershipOf, type PoetryEntry, type PoetryPlace } from './poetry-groups.ts';
import type { Pinned } from './pinned.ts';
import type { PythonLock } from './python-lock.ts';
import type { PypiKnowledge, PypiNeed } from './releases.ts';
import { tomlKey, tomlString } from './toml-blocks.ts';

interface Told {
  readonly knowledge: PypiKnowledge;
  readonly archives: 'inside' | 'apart';
}

/** A `[[package]]` of poetry.lock as Poetry writes it; one that did not change keeps its text. */
export function poetryBlock(place: PoetryPlace, told: Told): string {
  const { pinned } = place;
  if (pinned.release !== undefined) return newBlock(place, told);
  const { raw, version } = pinned.entry!;
  const members = membershipOf(place);
  if (version === pinned.version) return withMembership(raw, members);
  return raw
    .replace(/^version = "[^"\n]*"$/m, `version = "${pinned.version}"`)
    .replace(/^files = \[\n(?:[ \t]+\{[^\n]*\},?\n)*\]$/m, 'files = []');
}

function newBlock(place: PoetryPlace, { knowledge, archives }: Told): string {
  const { pinned, lock } = place;
  const { release, name, entry } = pinned;
  const metadata = knowledge.metadata(name, release!);
  const { category, optional, groups, markers } = membershipOf(place);
  const files = release!.archives.map(({ file, hash }) => `    {file = "${file}", hash = "${hash}"},\n`);
  const plain = markers?.startsWith('"') === true;
  const lines = [
    '[[package]]',
    `name = ${tomlString(textOf(entry?.fields['name']) || name)}`,
    `version = "${release!.version}"`,
    `description = ${tomlString(metadata?.summary ?? '')}`,
    ...(category === undefined ? [] : [`category = "${category}"`]),
    `optional = ${optional}`,
    `python-versions = ${tomlString(release!.requiresPython || '*')}`,
    ...(groups === undefined ? [] : [`groups = [${groups.map(tomlString).join(', ')}]`]),
    ...(plain ? [`markers = ${markers}`] : []),
    ...(archives === 'inside' ? [`files = [${files.length > 0 ? `\n${files.join('')}` : ''}]`] : []),
    ...(markers !== undefined && !plain ? [`markers = ${markers}`] : []),
  ];
  const parts = [lines.join('\n'), dependencies(lock, pinned), extras(pinned.needs), sourceOf(place)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function withMembership(raw: string, { groups, markers, optional }: ReturnType<typeof membershipOf>): string {
  const at = raw.search(/^\[package\./m);
  const rest = at < 0 ? '' : raw.slice(at);
  let own = at < 0 ? raw : raw.slice(0, at);
  own = own.replace(/^optional = (?:true|false)$/m, `optional = ${optional}`);
  if (groups === undefined) return own + rest;
  own = own.replace(/^groups = \[.*\]$/m, `groups = [${groups.map(tomlString).join(', ')}]`);
  const old = /^markers = (.*)$/m.exec(own)?.[1];
  if (old === markers) return own + rest;
  own = own.replace(/^markers = .*\n/m, '');
  if (markers === undefined) return own + rest;
  if (markers.startsWith('"')) own = own.replace(/^groups = .*\n/m, (line) => `${line}markers = ${markers}\n`);
  else own = own.replace(/\n*$/, `\nmarkers = ${markers}\n\n`);
  return own + rest;
}

/** What is asked for on some Python of the project, and of the extras that somebody asks for. */
function dependencies(lock: PythonLock<PoetryEntry>, pinned: Pinned<PoetryEntry>): string {
  const needs = pinned.needs.filter((need) => need.range !== undefined && isAsked(lock, pinned, need));
  if (needs.length === 0) return '';
  const byName = Map.groupBy(needs, ({ name }) => name);
  const lines = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, [first, ...more]]) => {
      const key = tomlKey(first!.as);
      if (more.length === 0) return `${key} = ${dependency(first!, false)}`;
      const all = [first!, ...more].sort((a, b) => (markerText(a) < markerText(b) ? -1 : 1));
      const isPlain = all.every((need) => need.marker === undefined && need.extras.length === 0);
      return `${key} = [\n${all.map((need) => `    ${dependency(need, !isPlain)},\n`).join('')}]`;
    });
  return ['[package.dependencies]', ...lines].join('\n');
}

function isAsked(lock: PythonLock<PoetryEntry>, pinned: Pinned<PoetryEntry>, { marker }: PypiNeed): boolean {
  if (marker === undefined) return true;
  const extras = ['', ...(lock.reach().get(pinned)?.asked.keys() ?? [])];
  return extras.some((extra) => lock.machines.where(marker, extra) !== 0n);
}

function markerText({ marker }: PypiNeed): string {
  return marker === undefined ? '' : writtenMarker(marker);
}

function dependency(need: PypiNeed, asTable: boolean): string {
  const { range, extras, marker } = need;
  const version = tomlString(poetryRange(range!));
  if (extras.length === 0 && marker === undefined && !asTable) return version;
  const fields = [
    `version = ${version}`,
    ...(extras.length > 0 ? [`extras = [${[...extras].sort().map(tomlString).join(', ')}]`] : []),
    ...(marker !== undefined && extrasIn(marker).length > 0 ? ['optional = true'] : []),
    ...(marker === undefined ? [] : [`markers = ${tomlString(writtenMarker(marker))}`]),
  ];
  return `{${fields.join(', ')}}`;
}

/** In the order of Poetry: from, to, exceptions; `~=` as what it means. */
export function poetryRange(range: string): string {
  const clauses = range
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
    .flatMap((clause) => {
      const compatible = /^~=\s*((?:\d+\.)*)(\d+)\.(\d+)$/.exec(clause);
      if (compatible) return [`>=${compatible[1]}${compatible[2]}.${compatible[3]}`, `<${compatible[1]}${Number(compatible[2]) + 1}.0`];
      return [clause.replace(/\s+/g, '')];
    });
  if (clauses.length === 0) return '*';
  if (clauses.length === 1) return clauses[0]!.replace(/^==(?!=)([^*]+)$/, '$1');
  const rank = (clause: string): number => (clause.startsWith('>') ? 0 : clause.startsWith('<') ? 1 : 2);
  return clauses.sort((a, b) => rank(a) - rank(b)).join(',');
}

function extras(needs: readonly PypiNeed[]): string {
  const names = [...new Set(needs.flatMap(({ marker }) => (marker === undefined ? [] : extrasIn(marker))))].sort();
  if (names.length === 0) return '';
  const lines = names.map((extra) => {
    const own = needs.filter(({ marker }) => marker !== undefined && extrasIn(marker).includes(extra)).map(requirementText);
    return `${tomlKey(extra)} = [${own.sort().map(tomlString).join(', ')}]`;
  });
  return ['[package.extras]', ...lines].join('\n');
}

function requirementText({ as, extras: wanted, range, marker }: PypiNeed): string {
  const rest = marker && withoutExtras(marker);
  const version = range === '' || range === undefined ? '' : ` (${rangeText(range)})`;
  return `${as}${wanted.length > 0 ? `[${[...wanted].sort().join(',')}]` : ''}${version}${rest ? ` ; ${writtenMarker(rest)}` : ''}`;
}

function rangeText(range: string): string {
  const text = poetryRange(range);
  return /^\d/.test(text) ? `==${text}` : text;
}

/** A new package comes from where the one comes from that asks for it. */
function sourceOf({ lock, pinned }: PoetryPlace): string {
  const asker = pinned.entry ?? lock.pinned.find(({ needs, entry }) => entry && needs.some(({ name }) => name === pinned.name))?.entry;
  return /^\[package\.source\]\n(?:[^[\n][^\n]*\n?)*/m.exec(asker?.raw ?? '')?.[0].trimEnd() ?? '';
}
