import { blockText, listField, mapField, peersOf, releaseFields } from './pnpm-entry.ts';
import { reachedFrom, type Installed, type Links, type PnpmState } from './pnpm-file.ts';
import { cutAt, scalar, withScalar } from './pnpm-text.ts';

/** The lock file as pnpm writes it; what did not change keeps its text. */
export function pnpmText(lock: PnpmState): string {
  const { file, form } = lock;
  renamePeers(lock);
  const sections = file.sections.map(({ key, raw }) => {
    if (key === 'packages') return form.hasSnapshots ? describedText(lock, raw) : packagesText(lock, raw);
    return key === 'snapshots' && form.hasSnapshots ? packagesText(lock, raw) : raw;
  });
  let text = `${withOverrides(lock, file.head + sections.join('')).trimEnd()}\n`;
  for (const { path, wishes } of file.importers) {
    for (const [as, { need, before, field, to }] of wishes) {
      const at = (name: string): readonly string[] =>
        form.version < 6 ? [...path, name === 'specifier' ? 'specifiers' : field, as] : [...path, field, as, name];
      if (need !== before) text = withScalar(text, at('specifier'), need.specification);
      if (to && to.key !== keyOf(lock, to)) text = withScalar(text, at('version'), refOf(lock, as, to));
    }
  }
  return text;
}

/** Who is named as a peer is named by its version: the names follow it. */
function renamePeers({ file }: PnpmState): void {
  const present = new Set(file.installed.map(({ name, version }) => `${name}@${version}`));
  for (const raised of file.installed) {
    if (raised.release === undefined || raised.key === undefined) continue;
    const { was: before } = raised;
    if (before === raised.version || present.has(`${raised.name}@${before}`)) continue;
    for (const one of file.installed) {
      for (const end of ['(', ')'])
        one.peers = one.peers.replaceAll(`(${raised.name}@${before}${end}`, `(${raised.name}@${raised.version}${end}`);
    }
  }
}

function keyOf({ form }: PnpmState, { name, version, peers, held, key }: Installed): string {
  return held !== undefined && key !== undefined ? key : form.keyOf(name, version, peers);
}

function refOf(lock: PnpmState, as: string, to: Installed): string {
  return as === to.name ? `${to.version}${to.peers}` : keyOf(lock, to);
}

/** Under `packages` since version 9: each release once. */
function describedText(lock: PnpmState, raw: string): string {
  const { head, parts } = cutAt(raw, 2);
  const kept = new Map(parts.map(({ key, raw: block }) => [key, block]));
  const blocks = new Map<string, string>();
  for (const one of lock.file.installed) {
    const key = one.held === undefined ? lock.form.keyOf(one.name, one.version, '') : (one.key ?? '').replace(/(?<=.)\(.*$/, '');
    const block = kept.get(key) ?? (one.release ? blockText(key, releaseFields(one.release, one.described, false)) : undefined);
    if (block !== undefined) blocks.set(key, block);
  }
  return withBlocks(head, blocks);
}

function packagesText(lock: PnpmState, raw: string): string {
  const { head, parts } = cutAt(raw, 2);
  const kept = new Map(parts.map(({ key, raw: block }) => [key, block]));
  const flags = flagsOf(lock);
  const blocks = lock.file.installed.map((one): [string, string] => {
    const key = keyOf(lock, one);
    const old = one.key === undefined ? undefined : kept.get(one.key);
    return [key, old !== undefined && isSame(lock, one) && !flags.changed.has(one) ? old : newBlock(lock, one, key, flags.of(one))];
  });
  return withBlocks(head, new Map(blocks));
}

/** The blocks in the order of their keys, an empty line between them, as behind each section. */
function withBlocks(head: string, blocks: ReadonlyMap<string, string>): string {
  const sorted = [...blocks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, block]) => `${block.replace(/\n+$/, '')}\n`);
  return `${head}${sorted.join('\n')}\n`;
}

function isSame(lock: PnpmState, one: Installed): boolean {
  if (one.release !== undefined || one.key !== keyOf(lock, one)) return false;
  return [...one.links].every(([as, { to, ref }]) => to === undefined || ref === refOf(lock, as, to));
}

interface Flags {
  readonly isDev: boolean;
  readonly isOptional: boolean;
}

function newBlock(lock: PnpmState, one: Installed, key: string, { isDev, isOptional }: Flags): string {
  const { form } = lock;
  const fields = new Map(one.fields);
  if (one.release !== undefined) {
    fields.clear();
    if (!form.hasSnapshots) for (const [name, raw] of releaseFields(one.release, one.described, true)) fields.set(name, raw);
    fields.set('transitivePeerDependencies', listField('transitivePeerDependencies', openPeers(one)));
  }
  for (const field of ['dependencies', 'optionalDependencies'] as const) fields.set(field, linksText(lock, one.links, field));
  if (!form.hasSnapshots) fields.set('dev', `    dev: ${isDev}\n`);
  fields.set('optional', isOptional ? '    optional: true\n' : '');
  return blockText(key, fields);
}

function linksText(lock: PnpmState, links: Links, field: 'dependencies' | 'optionalDependencies'): string {
  const own = [...links].filter(([, { isOptional }]) => isOptional === (field === 'optionalDependencies'));
  return mapField(field, Object.fromEntries(own.map(([as, { to, ref }]) => [as, to ? refOf(lock, as, to) : ref])));
}

/** Peers that those below want, and that nobody provides. */
function openPeers(one: Installed): readonly string[] {
  const below = [...one.links.values()].flatMap(({ to }) => (to && to !== one ? [...listed(to), ...unmet(to)] : []));
  return [...new Set(below)].filter((peer) => !one.links.has(peer)).sort();
}

function listed({ fields, release }: Installed): readonly string[] {
  if (release !== undefined) return [];
  return [...(fields.get('transitivePeerDependencies') ?? '').matchAll(/^\s+- '?([^'\n]+)'?$/gm)].map((match) => match[1]!);
}

function unmet({ ownPeers, release, links }: Installed): readonly string[] {
  const wanted = release ? Object.keys(peersOf(release.manifest)) : [...(ownPeers ?? [])];
  return wanted.filter((peer) => !links.has(peer));
}

/** Who is needed for development only, or only by what is optional; and of whom that is no longer what it was. */
function flagsOf({ file, form }: PnpmState): { readonly of: (one: Installed) => Flags; readonly changed: ReadonlySet<Installed> } {
  const production = reachedFrom(file.importers, ({ field }) => field !== 'devDependencies');
  const firm = reachedFrom(file.importers, ({ field }) => field !== 'optionalDependencies', false);
  const of = (one: Installed): Flags => ({ isDev: !production.has(one), isOptional: !firm.has(one) });
  const changed = file.installed.filter((one) => {
    if (file.loose.has(one) || one.release !== undefined || one.key === undefined) return false;
    const wasDev = /dev: true/.test(one.fields.get('dev') ?? '');
    return (!form.hasSnapshots && one.fields.has('dev') && wasDev !== of(one).isDev) || one.fields.has('optional') !== of(one).isOptional;
  });
  return { of, changed: new Set(changed) };
}

/** Overrides stand behind the settings. */
function withOverrides({ overrides, file }: PnpmState, text: string): string {
  if (overrides.size === 0) return text;
  const section = file.sections.find(({ key }) => key === 'overrides');
  const old = section ? cutAt(section.raw, 2).parts.map(({ raw }) => raw.trimEnd()) : [];
  const added = [...overrides].map(([key, version]) => `  ${scalar(key)}: ${scalar(version)}`);
  const written = `overrides:\n${[...old, ...added].join('\n')}\n\n`;
  if (section) return text.replace(section.raw, written);
  const next = file.sections.find(({ key }) => !['lockfileVersion', 'settings', 'catalogs'].includes(key))!;
  return text.replace(next.raw.split('\n')[0]!, (line) => `${written}${line}`);
}
