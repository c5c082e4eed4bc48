import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import type { NpmRelease } from './releases.ts';
import { cutAt, flow, scalar } from './pnpm-text.ts';

/** Fields of a package in pnpm's order. */
const order = [
  'resolution',
  'id',
  'name',
  'version',
  'engines',
  'cpu',
  'os',
  'libc',
  'deprecated',
  'hasBin',
  'prepare',
  'requiresBuild',
  'bundledDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'dependencies',
  'optionalDependencies',
  'transitivePeerDependencies',
  'dev',
  'optional',
];

/** Fields as text, by name. */
export type RawFields = ReadonlyMap<string, string>;

export function rawFields(block: string): RawFields {
  return new Map(cutAt(block.slice(block.indexOf('\n') + 1), 4).parts.map(({ key, raw }) => [key, raw.replace(/\n+$/, '\n')]));
}

/** A block of `packages` or `snapshots`. */
export function blockText(key: string, fields: RawFields): string {
  const rank = (name: string): number => (order.indexOf(name) < 0 ? order.length : order.indexOf(name));
  const sorted = [...fields].filter(([, raw]) => raw !== '').sort(([a], [b]) => rank(a) - rank(b));
  return sorted.length === 0 ? `  ${scalar(key)}: {}\n` : `  ${scalar(key)}:\n${sorted.map(([, raw]) => raw).join('')}`;
}

/** What a release is, without what it got installed with. `before` are the fields of the version before. */
export function releaseFields({ manifest, integrity, version }: NpmRelease, before: RawFields, hasBuild: boolean): Map<string, string> {
  const name = textOf(manifest['name']);
  const algorithm = /integrity: (sha\d+)-/.exec(before.get('resolution') ?? '')?.[1];
  if (integrity === '' || (algorithm === 'sha512' && !integrity.startsWith('sha512-')))
    throw new FixRefused(`the registry has a weaker checksum for ${name} ${version} than the lock file has`);
  const meta = Object.entries(objectOf(manifest['peerDependenciesMeta'])).filter(([, value]) => objectOf(value)['optional'] === true);
  const bundled = manifest['bundledDependencies'] ?? manifest['bundleDependencies'];
  return new Map([
    ['resolution', `    resolution: ${flow({ integrity })}\n`],
    ['engines', flowField('engines', texts(manifest['engines']))],
    ['cpu', flowField('cpu', manifest['cpu'])],
    ['os', flowField('os', manifest['os'])],
    ['libc', flowField('libc', manifest['libc'])],
    ['hasBin', hasBin(manifest) ? '    hasBin: true\n' : ''],
    ['requiresBuild', hasBuild && runsAtInstall(manifest) ? '    requiresBuild: true\n' : ''],
    ['bundledDependencies', listField('bundledDependencies', Array.isArray(bundled) ? bundled.map(textOf) : [])],
    ['peerDependencies', mapField('peerDependencies', peersOf(manifest))],
    ['peerDependenciesMeta', metaField(meta.map(([peer]) => peer))],
  ]);
}

/** What a package wants beside it; one that is only called optional may be of any version. */
export function peersOf(manifest: Fields): Readonly<Record<string, string>> {
  const meta = Object.keys(objectOf(manifest['peerDependenciesMeta']));
  return { ...Object.fromEntries(meta.map((peer) => [peer, '*'])), ...texts(manifest['peerDependencies']) };
}

export function mapField(name: string, map: Readonly<Record<string, string>>): string {
  const entries = Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return '';
  return `    ${name}:\n${entries.map(([key, value]) => `      ${scalar(key)}: ${scalar(value)}\n`).join('')}`;
}

export function listField(name: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `    ${name}:\n${items.map((item) => `      - ${scalar(item)}\n`).join('')}`;
}

function metaField(peers: readonly string[]): string {
  if (peers.length === 0) return '';
  return `    peerDependenciesMeta:\n${[...peers]
    .sort()
    .map((peer) => `      ${scalar(peer)}:\n        optional: true\n`)
    .join('')}`;
}

function flowField(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '' : `    ${name}: ${flow(value.map(textOf))}\n`;
  const fields = texts(value);
  return Object.keys(fields).length === 0 ? '' : `    ${name}: ${flow(fields)}\n`;
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectOf(value)).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])));
}

function hasBin(manifest: Fields): boolean {
  const { bin } = manifest;
  const directory = textOf(objectOf(manifest['directories'])['bin']);
  return (typeof bin === 'string' && bin !== '') || Object.keys(objectOf(bin)).length > 0 || directory !== '';
}

function runsAtInstall(manifest: Fields): boolean {
  const scripts = objectOf(manifest['scripts']);
  return manifest['hasInstallScript'] === true || ['preinstall', 'install', 'postinstall'].some((script) => Object.hasOwn(scripts, script));
}
