import type { Asked, Copy, Lock } from '../../locks/lock.ts';
import type { Need } from '../../locks/release.ts';
import { FixRefused } from '../version-change.ts';
import { movedAddress } from './address.ts';
import { objectOf, textOf, type Fields } from '../../editing/unknown.ts';
import { needOf, needsOf, npmRules, type NpmRelease } from './releases.ts';
import { berry, byCode, classic, readBlocks, textOfBlocks, type YarnBlock, type YarnDialect, type YarnFields } from './yarn-blocks.ts';

interface Entry extends Copy {
  readonly block: YarnBlock;
  version: string;
  /** Descriptors whose askers are not known: those of workspaces that nobody listed. */
  readonly foreign: Set<string>;
}

interface OwnWish {
  readonly where: string;
  readonly need: Need;
}

/** yarn.lock of yarn 1 and of the later ones: an entry for each version, with the descriptors that it serves. */
export class YarnLock implements Lock<NpmRelease> {
  private readonly path: string;
  private readonly dialect: YarnDialect;
  private readonly head: string;
  private entries: Entry[];
  private readonly others: YarnBlock[];
  private readonly own: OwnWish[];
  private readonly neededBefore: Set<Entry>;

  constructor(path: string, text: string, manifest: string | undefined) {
    this.path = path;
    this.dialect = /^__metadata:/m.test(text) ? berry : classic;
    const { head, blocks } = readBlocks(text, this.dialect);
    this.head = head;
    this.others = blocks.filter((block) => !isPackage(block, this.dialect));
    this.entries = blocks.filter((block) => isPackage(block, this.dialect)).map((block) => entryOf(block));
    this.own = this.dialect === berry ? this.others.flatMap(workspaceWishes) : manifestWishes(manifest);
    this.neededBefore = new Set(this.asked().flatMap(({ gets }) => (gets ? [gets as Entry] : [])));
    const known = new Set(this.asked().map(({ need }) => this.descriptorOf(need)));
    for (const { block, foreign } of this.entries) for (const one of block.descriptors) if (!known.has(one)) foreign.add(one);
  }

  copies(): readonly Copy[] {
    return this.entries;
  }

  asked(): readonly Asked[] {
    const own = this.own.map(({ where, need }) => ({ by: undefined, where, need, gets: this.find(need) }));
    const inner = this.entries.flatMap((by) => needsIn(by.block).map((need) => ({ by, where: '', need, gets: this.find(need) })));
    return [...own, ...inner];
  }

  resolve(_by: Copy, need: Need): Copy | undefined {
    return this.find(need);
  }

  raise(copy: Copy, to: string, release: NpmRelease | undefined): void {
    const entry = copy as Entry;
    const { block, version } = entry;
    const held = [...entry.foreign].find((descriptor) => !this.admitsForeign(descriptor, to));
    if (held !== undefined) throw new FixRefused(`${this.path} serves ${held} to a workspace that is not known here: raise it there first`);
    if (!this.comesFromRegistry(entry)) throw new FixRefused(`${entry.name} in ${this.path} does not come from a registry`);
    block.fields =
      this.dialect === classic ? classicFields(block.fields, version, to, release) : berryFields(entry.name, block.fields, to, release);
    block.raw = undefined;
    entry.version = to;
  }

  add(_by: Copy, need: Need, release: NpmRelease): Copy {
    const same = this.entries.find((entry) => entry.name === need.name && entry.version === release.version);
    const descriptor = this.descriptorOf(need);
    this.take(descriptor);
    if (same) {
      same.block.descriptors = [...same.block.descriptors, descriptor];
      same.block.raw = undefined;
      return same;
    }
    const sample = this.entries.find((entry) => this.comesFromRegistry(entry))?.block.fields;
    const blank: YarnFields =
      this.dialect === classic ? { resolved: textOf(sample?.['resolved']) } : { languageName: 'node', linkType: 'hard' };
    const fields =
      this.dialect === classic
        ? classicFields(blank, '', release.version, release)
        : berryFields(need.name, blank, release.version, release);
    const entry: Entry = {
      name: need.name,
      version: release.version,
      block: { descriptors: [descriptor], fields, raw: undefined },
      foreign: new Set(),
    };
    this.entries.push(entry);
    this.neededBefore.add(entry);
    return entry;
  }

  ask({ where, need, gets }: Asked, range: string): void {
    const raised = { ...need, range, specification: need.specification.replace(need.range!, range) };
    this.own.splice(
      this.own.findIndex((wish) => wish.where === where && wish.need === need),
      1,
      { where, need: raised },
    );
    const { block } = gets as Entry;
    block.descriptors = [...new Set([...block.descriptors, this.descriptorOf(raised)])];
    block.raw = undefined;
    this.repeatInWorkspace(where, need, raised.specification);
  }

  /** What nobody asks for is dropped, and entries that became one version become one entry. */
  prune(): void {
    this.merge();
    for (;;) {
      const used = new Set(this.asked().map(({ need }) => this.descriptorOf(need)));
      const isUsed = ({ block, foreign }: Entry): boolean => block.descriptors.some((one) => used.has(one) || foreign.has(one));
      const unused = this.entries.filter((entry) => this.neededBefore.has(entry) && !isUsed(entry));
      for (const { block, foreign } of this.entries) {
        if (block.raw !== undefined) continue;
        const kept = block.descriptors.filter((one) => used.has(one) || foreign.has(one));
        if (kept.length > 0) block.descriptors = kept;
      }
      if (unused.length === 0) return;
      this.entries = this.entries.filter((entry) => !unused.includes(entry));
    }
  }

  text(): string {
    const blocks = [...this.others, ...this.entries.map(({ block }) => block)];
    const first = ({ descriptors }: YarnBlock): string => [...descriptors].sort(byCode)[0]!;
    return textOfBlocks(
      this.head,
      blocks.sort((a, b) => rankOf(a) - rankOf(b) || byCode(first(a), first(b))),
      this.dialect,
    );
  }

  /** What an unknown asker wants must stay true. */
  private admitsForeign(descriptor: string, to: string): boolean {
    const at = descriptor.indexOf('@', 1);
    const { range } = withoutProtocol(needOf(descriptor.slice(0, at), descriptor.slice(at + 1), 'required'));
    return range === undefined || npmRules.admits(range, to);
  }

  /** Later yarns keep a checksum of an archive that they pack themselves: no registry knows it. */
  incomplete(): string | undefined {
    const changed = this.dialect === berry && this.entries.some(({ block }) => block.raw === undefined);
    return changed ? 'yarn computes the checksum of the new archive itself: run yarn install to add it' : undefined;
  }

  private find(need: Need): Entry | undefined {
    const descriptor = this.descriptorOf(need);
    return this.entries.find(({ block }) => block.descriptors.includes(descriptor));
  }

  private descriptorOf({ as, specification }: Need): string {
    const named = specification.includes(':') || this.dialect === classic;
    return `${as}@${named ? specification : `npm:${specification}`}`;
  }

  /** A descriptor is served by one entry only. */
  private take(descriptor: string): void {
    for (const { block } of this.entries) {
      if (!block.descriptors.includes(descriptor)) continue;
      block.descriptors = block.descriptors.filter((one) => one !== descriptor);
      block.raw = undefined;
    }
  }

  private merge(): void {
    const byVersion = new Map<string, Entry>();
    for (const entry of this.entries) {
      const key = `${entry.name}@${entry.version}`;
      const first = byVersion.get(key);
      if (first === undefined) byVersion.set(key, entry);
      else if (first.block.raw === undefined || entry.block.raw === undefined) {
        first.block.descriptors = [...new Set([...first.block.descriptors, ...entry.block.descriptors])];
        first.block.raw = undefined;
        for (const one of entry.foreign) first.foreign.add(one);
        this.entries = this.entries.filter((other) => other !== entry);
      }
    }
  }

  private comesFromRegistry({ block: { fields } }: Entry): boolean {
    if (this.dialect === berry) return /@npm:/.test(textOf(fields['resolution']));
    return /^https?:\/\/.*\.tgz/.test(textOf(fields['resolved'])) || fields['resolved'] === undefined;
  }

  private repeatInWorkspace(where: string, need: Need, specification: string): void {
    if (this.dialect !== berry) return;
    for (const block of this.others.filter((one) => workspaceOf(one) === where)) {
      const dependencies = objectOf(block.fields['dependencies']) as Record<string, string>;
      if (dependencies[need.as] === undefined) continue;
      block.fields = {
        ...block.fields,
        dependencies: { ...dependencies, [need.as]: specification.includes(':') ? specification : `npm:${specification}` },
      };
      block.raw = undefined;
    }
  }
}

function entryOf(block: YarnBlock): Entry {
  const first = textOf(block.fields['resolution']) || block.descriptors[0]!;
  const at = first.indexOf('@', 1);
  const alias = /^npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(first.slice(at + 1))?.[1];
  return { name: alias ?? first.slice(0, at), version: textOf(block.fields['version']), block, foreign: new Set() };
}

function isPackage({ descriptors, fields }: YarnBlock, dialect: YarnDialect): boolean {
  if (descriptors[0] === '__metadata' || typeof fields['version'] !== 'string') return false;
  return dialect === classic || (fields['linkType'] === 'hard' && !textOf(fields['resolution']).includes('@workspace:'));
}

function rankOf({ descriptors }: YarnBlock): number {
  return descriptors[0] === '__metadata' ? 0 : 1;
}

function needsIn({ fields }: YarnBlock): readonly Need[] {
  return needsOf(
    Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, field === 'peerDependencies' ? {} : value])),
  ).map((need) => withoutProtocol(need));
}

/** Later yarns write `npm:^1.0.0` for a range of the registry. */
function withoutProtocol(need: Need): Need {
  const plain = /^npm:(?!(?:@[^/@]+\/)?[^/@]+@)(.*)$/.exec(need.specification)?.[1];
  return plain === undefined ? need : needOf(need.as, plain, need.kind);
}

function workspaceOf(block: YarnBlock): string | undefined {
  const at = /@workspace:(.*)$/.exec(textOf(block.fields['resolution']))?.[1];
  return at === '.' ? '' : at;
}

function workspaceWishes(block: YarnBlock): readonly OwnWish[] {
  const where = workspaceOf(block);
  return where === undefined ? [] : needsIn(block).map((need) => ({ where, need }));
}

function manifestWishes(manifest: string | undefined): OwnWish[] {
  if (manifest === undefined) return [];
  const fields = objectOf(JSON.parse(manifest));
  const development = needsOf({ dependencies: fields['devDependencies'] });
  return [...needsOf(without(fields, 'peerDependencies')), ...development].map((need) => ({ where: '', need }));
}

function without(fields: Fields, key: string): Fields {
  return { ...fields, [key]: undefined };
}

/** `resolved` keeps its host; the part behind `#` is the old checksum of the new archive. */
function classicFields(before: YarnFields, from: string, to: string, release: NpmRelease | undefined): YarnFields {
  const resolved = textOf(before['resolved']);
  const [address] = resolved.split('#');
  const shasum = release && objectOf(release.manifest['dist'])['shasum'];
  const moved = release ? sameHost(address!, release.tarball) : movedAddress(address, from, to);
  return {
    version: to,
    ...(moved !== undefined && {
      resolved: `${moved}${typeof shasum === 'string' && (resolved.includes('#') || resolved === '') ? `#${shasum}` : ''}`,
    }),
    ...(release && release.integrity !== '' && { integrity: release.integrity }),
    ...(release ? neededBy(release, ['dependencies', 'optionalDependencies'], false) : keptNeeds(before)),
  };
}

/** The checksum is yarn's own, over an archive that it packs itself. */
function berryFields(name: string, before: YarnFields, to: string, release: NpmRelease | undefined): YarnFields {
  const needs = release ? neededBy(release, ['dependencies', 'peerDependencies', 'bin'], true) : keptNeeds(before);
  const { languageName = 'node', linkType = 'hard' } = before;
  return { version: to, resolution: `${name}@npm:${to}`, ...needs, languageName, linkType };
}

function neededBy({ manifest }: NpmRelease, fields: readonly string[], isBerry: boolean): YarnFields {
  const optional = objectOf(manifest['optionalDependencies']);
  return Object.fromEntries(
    fields.flatMap((field): [string, Record<string, string>][] => {
      const all = field === 'dependencies' && isBerry ? { ...objectOf(manifest[field]), ...optional } : objectOf(manifest[field]);
      const entries = Object.entries(all)
        .filter(([key]) => isBerry || field !== 'dependencies' || !Object.hasOwn(optional, key))
        .map(([key, value]): [string, string] => [
          key,
          isBerry && field === 'dependencies' && !textOf(value).includes(':') ? `npm:${textOf(value)}` : textOf(value),
        ])
        .sort(([a], [b]) => byCode(a, b));
      return entries.length === 0 ? [] : [[field, Object.fromEntries(entries)]];
    }),
  );
}

function keptNeeds(before: YarnFields): YarnFields {
  return Object.fromEntries(Object.entries(before).filter(([, value]) => typeof value !== 'string'));
}

function sameHost(before: string, now: string): string {
  const [old, next] = [URL.parse(before), URL.parse(now)];
  return old === null || next === null || old.host === next.host ? now : `${old.origin}${next.pathname}`;
}
