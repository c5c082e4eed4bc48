import type { Asked, Copy, Lock } from '../../locks/lock.ts';
import type { Need } from '../../locks/release.ts';
import { readJson } from '../../editing/json-text.ts';
import { rewriteJson, valueOf } from '../../editing/json-rewrite.ts';
import { applyEdits } from '../../editing/text-edit.ts';
import { FixRefused } from '../version-change.ts';
import { flagsOf, flagNames } from './dependency-flags.ts';
import { describedRelease, fieldsOfVersion, inOrder, without } from './entry.ts';
import { movedAddress } from './address.ts';
import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { needOf, needsOf, npmRules, type NpmRelease } from './releases.ts';
import { treeOf, type DependencyTree } from './dependency-tree.ts';

const folder = 'node_modules/';

interface Place extends Copy {
  readonly key: string;
  version: string;
}

/** package-lock.json, versions 1 to 3, as places in the tree of folders. */
export class NodeModules implements Lock<NpmRelease> {
  private readonly entries: Map<string, Fields>;
  private readonly places = new Map<string, Place>();
  private readonly tree: DependencyTree | undefined;
  private readonly root: Fields;
  private readonly needed: Set<string>;
  private readonly added = new Set<string>();
  private readonly flagsBefore: ReadonlyMap<string, Fields>;

  private readonly path: string;
  private readonly source: string;

  constructor(path: string, source: string) {
    this.path = path;
    this.source = source;
    this.root = objectOf(valueOf(readJson(source)));
    const packages = this.root['packages'];
    this.tree = this.root['dependencies'] === undefined ? undefined : treeOf(objectOf(this.root['dependencies']), objectOf(packages));
    this.entries = new Map(
      packages === undefined ? this.tree?.asPackages() : Object.entries(objectOf(packages)).map(([key, entry]) => [key, objectOf(entry)]),
    );
    for (const [key, entry] of this.entries) this.keep(key, entry);
    this.needed = new Set(this.asked().flatMap(({ gets }) => (gets ? [(gets as Place).key] : [])));
    this.flagsBefore = flagsOf(this.entries, (from, need) => this.keyFrom(from, need.as));
  }

  copies(): readonly Copy[] {
    return [...this.places.values()];
  }

  asked(): readonly Asked[] {
    return [...this.entries].flatMap(([key, entry]) => {
      const own = !key.includes(folder);
      const by = this.places.get(key);
      if (!own && !by) return [];
      const needs = own ? [...needsOf(entry), ...developmentNeeds(entry)] : needsOf(entry);
      return needs.map((need) => ({ by, where: own ? key : '', need, gets: this.placeFrom(key, need.as) }));
    });
  }

  resolve(by: Copy, need: Need): Copy | undefined {
    return this.placeFrom((by as Place).key, need.as);
  }

  raise(copy: Copy, to: string, release: NpmRelease | undefined): void {
    const place = copy as Place;
    const entry = this.entries.get(place.key)!;
    const resolved = release ? this.addressOf(entry, place, release) : movedAddress(entry['resolved'], place.version, to);
    const kept = without(entry, ['version', 'resolved', 'integrity', ...(release ? fieldsOfVersion : [])]);
    const integrity = release ? this.integrityOf(entry, release) : undefined;
    const described = release ? describedRelease(release) : {};
    const licence = release && described['license'] === undefined && entry['license'] !== undefined ? { license: entry['license'] } : {};
    const next = { ...kept, ...described, ...licence, version: to, ...(resolved && { resolved }), ...(integrity && { integrity }) };
    this.entries.set(place.key, inOrder(next));
    place.version = to;
  }

  add(by: Copy, need: Need, release: NpmRelease): Copy {
    const { key: above } = by as Place;
    const got = this.placeFrom(above, need.as);
    const key = got === undefined ? `${folder}${need.as}` : `${above}/${folder}${need.as}`;
    if (this.entries.has(key) || this.wouldHide(above, key, got, need.as, release.version))
      throw new FixRefused(`${by.name} needs ${need.name} ${release.version}, and others beside it need another version`);
    const parent = this.entries.get(above)!;
    const flags = Object.fromEntries(flagNames.flatMap((flag) => (parent[flag] === true ? [[flag, true]] : [])));
    const entry = {
      ...(need.as === need.name ? {} : { name: need.name }),
      version: release.version,
      resolved: this.addressOf(parent, by as Place, release),
      ...(release.integrity !== '' && { integrity: release.integrity }),
      ...flags,
      ...describedRelease(release),
    };
    this.entries.set(key, inOrder(entry));
    this.needed.add(key);
    this.added.add(key);
    return this.keep(key, entry)!;
  }

  ask({ where, need }: Asked, range: string): void {
    const entry = this.entries.get(where)!;
    const raised = Object.fromEntries(
      wishFields.flatMap((field) => {
        const wishes = objectOf(entry[field]);
        const wish = wishes[need.as];
        if (typeof wish !== 'string' || needOf(need.as, wish, 'required').range !== need.range) return [];
        return [[field, { ...wishes, [need.as]: wish.replace(need.range!, range) }]];
      }),
    );
    this.entries.set(where, { ...entry, ...raised });
  }

  prune(): void {
    this.dropDoubles();
    for (;;) {
      const used = new Set(this.asked().flatMap(({ gets }) => (gets ? [(gets as Place).key] : [])));
      const unused = [...this.places.keys()].filter((key) => this.needed.has(key) && !used.has(key));
      if (unused.length === 0) return;
      for (const key of unused) {
        for (const below of this.entries.keys()) if (below === key || below.startsWith(`${key}/`)) this.entries.delete(below);
        for (const below of this.places.keys()) if (below === key || below.startsWith(`${key}/`)) this.places.delete(below);
      }
    }
  }

  /** A copy of ours that lies below an equal one is not needed. */
  private dropDoubles(): void {
    for (const key of this.added) {
      const place = this.places.get(key);
      const above = parentOf(key);
      const outer = above === undefined ? undefined : parentOf(above);
      if (!place || outer === undefined || above === undefined) continue;
      const other = this.placeFrom(outer, key.slice(key.lastIndexOf(folder) + folder.length));
      if (other?.version !== place.version || other.name !== place.name) continue;
      this.entries.delete(key);
      this.places.delete(key);
    }
  }

  text(): string {
    this.correctFlags();
    const sorted = [...this.entries].sort(([a], [b]) => a.localeCompare(b, 'en'));
    const packages = this.root['packages'] === undefined ? {} : { packages: inSameOrder(objectOf(this.root['packages']), sorted) };
    const tree = this.tree ? { dependencies: this.tree.following(this.entries) } : {};
    return applyEdits(this.source, rewriteJson(this.source, readJson(this.source), { ...this.root, ...packages, ...tree }));
  }

  private keep(key: string, entry: Fields): Place | undefined {
    if (!key.includes(folder) || entry['link'] === true || typeof entry['version'] !== 'string') return undefined;
    const name = typeof entry['name'] === 'string' ? entry['name'] : key.slice(key.lastIndexOf(folder) + folder.length);
    const place = { key, name, version: entry['version'] };
    this.places.set(key, place);
    return place;
  }

  private placeFrom(from: string, name: string): Place | undefined {
    const key = this.keyFrom(from, name);
    return key === undefined ? undefined : this.places.get(key);
  }

  /** Node's own way: beside the package, then in each folder above it. */
  private keyFrom(from: string, name: string): string | undefined {
    for (let at: string | undefined = from; at !== undefined; at = parentOf(at)) {
      const key = `${at === '' ? '' : `${at}/`}${folder}${name}`;
      if (this.entries.has(key)) return key;
    }
    return undefined;
  }

  /** Whether packages below would find the new place instead of the one that they use. */
  private wouldHide(above: string, key: string, got: Place | undefined, as: string, version: string): boolean {
    if (got === undefined || key === `${folder}${as}`) return false;
    return this.asked().some(
      ({ by, gets, need }) =>
        gets === got &&
        (by as Place | undefined)?.key.startsWith(`${above}/`) === true &&
        !(need.range && npmRules.admits(need.range, version)),
    );
  }

  /** The archive lies where the lock file's other archives lie: a registry cannot lead it elsewhere. */
  private addressOf(entry: Fields, place: Place, release: NpmRelease): string | undefined {
    const before = entry['resolved'];
    if (before === undefined)
      return [...this.entries.values()].some((one) => typeof one['resolved'] === 'string' && one['link'] !== true)
        ? release.tarball
        : undefined;
    const [old, now] = [URL.parse(textOf(before)), URL.parse(release.tarball)];
    if (old === null || !/^https?:$/.test(old.protocol))
      throw new FixRefused(`${place.name} in ${this.path} does not come from a registry`);
    if (old.host === now?.host && old.protocol === now.protocol) return release.tarball;
    if (now === null) throw new FixRefused(`the registry gives no address of ${release.version}`);
    return `${old.origin}${now.pathname}`;
  }

  private integrityOf(entry: Fields, release: NpmRelease): string | undefined {
    const before = entry['integrity'];
    if (typeof before !== 'string') return release.integrity === '' ? undefined : release.integrity;
    if (before.startsWith('sha512-') && !release.integrity.startsWith('sha512-') && release.integrity !== 'none')
      throw new FixRefused(`the registry gives a weaker checksum of ${release.version} than ${this.path} has now`);
    return release.integrity;
  }

  /** A package that is needed by others than before may have become one for production: marks are only taken away. */
  private correctFlags(): void {
    const after = flagsOf(this.entries, (from, need) => this.keyFrom(from, need.as));
    for (const [key, entry] of this.entries) {
      const [was, is] = [this.flagsBefore.get(key), after.get(key)];
      if (was === undefined || is === undefined || !flagNames.some((flag) => was[flag] === true && is[flag] !== true)) continue;
      this.entries.set(key, inOrder({ ...without(entry, flagNames), ...is }));
    }
  }
}

const wishFields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

function developmentNeeds(entry: Fields): readonly Need[] {
  return Object.entries(objectOf(entry['devDependencies'])).flatMap(([as, range]) =>
    typeof range === 'string' ? [needOf(as, range, 'required')] : [],
  );
}

/** New entries at their place in the alphabet, all others where they were. */
function inSameOrder(before: Fields, after: readonly (readonly [string, Fields])[]): Fields {
  const now = new Map(after);
  const order = Object.keys(before).filter((key) => now.has(key));
  for (const [key] of after) {
    if (Object.hasOwn(before, key)) continue;
    const at = order.findIndex((other) => other.localeCompare(key, 'en') > 0);
    order.splice(at < 0 ? order.length : at, 0, key);
  }
  return Object.fromEntries(order.map((key) => [key, now.get(key)]));
}

function parentOf(key: string): string | undefined {
  if (key === '') return undefined;
  const at = key.lastIndexOf(`/${folder}`);
  if (at >= 0) return key.slice(0, at);
  return key.startsWith(folder) || !key.includes('/') ? '' : key.slice(0, key.lastIndexOf('/'));
}
