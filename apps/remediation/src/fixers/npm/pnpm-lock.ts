import type { Asked, Copy, Lock, Override } from '../../locks/lock.ts';
import type { Knowledge, Need } from '../../locks/release.ts';
import { FixRefused } from '../version-change.ts';
import { objectOf } from '../../editing/unknown.ts';
import { peersOf } from './pnpm-entry.ts';
import { peersIn, pnpmForm, type PnpmForm } from './pnpm-forms.ts';
import { reachedFrom, readPnpm, type Installed, type PnpmFile, type PnpmState } from './pnpm-file.ts';
import { pnpmText } from './pnpm-writer.ts';
import { needOf, needsOf, npmRules, type NpmRelease } from './releases.ts';

/** pnpm-lock.yaml: a package once for each version and set of peers; which ranges stand behind it, the registry knows. */
export class PnpmLock implements Lock<NpmRelease>, PnpmState {
  readonly path: string;
  readonly form: PnpmForm;
  readonly file: PnpmFile;
  readonly overrides = new Map<string, string>();
  private readonly knowledge: Knowledge<NpmRelease>;

  constructor(path: string, text: string, knowledge: Knowledge<NpmRelease>) {
    this.path = path;
    this.knowledge = knowledge;
    this.file = readPnpm(path, text);
    this.form = pnpmForm(path, this.file.version);
  }

  copies(): readonly Copy[] {
    return this.file.installed;
  }

  asked(): readonly Asked[] {
    const own = this.file.importers.flatMap(({ where, wishes }) =>
      [...wishes.values()].map(({ need, to }) => ({ by: undefined, where, need, gets: to })),
    );
    const inner = this.file.installed.flatMap((by) =>
      [...by.links].flatMap(([as, { to, isOptional }]) =>
        to === undefined ? [] : [{ by, where: '', need: this.needOf(by, as, to, isOptional), gets: to }],
      ),
    );
    return [...own, ...inner];
  }

  /** What a copy gets: what it has, else the highest that is there and suits. */
  resolve(by: Copy, need: Need): Copy | undefined {
    const linked = (by as Installed).links.get(need.as)?.to;
    if (linked) return linked;
    if (need.kind === 'peer' || need.range === undefined) return undefined;
    const suited = this.file.installed.filter(
      ({ name, version, peers }) => name === need.name && peers === '' && npmRules.admits(need.range!, version),
    );
    const found = suited.sort((a, b) => npmRules.compare(a.version, b.version)).at(-1);
    if (found) this.link(by as Installed, need, found);
    return found;
  }

  raise(copy: Copy, to: string, release: NpmRelease | undefined): void {
    const installed = copy as Installed;
    if (!release) throw new FixRefused(`${this.path} is edited with the registry only, which has no ${installed.name} ${to}`);
    if (installed.held !== undefined) throw new FixRefused(`${installed.name} in ${this.path} ${installed.held}`);
    this.refuseForced(installed, to);
    const before = new Map(installed.links);
    const peers = peersOf(release.manifest);
    this.refusePeers(installed, peers, release);
    installed.version = to;
    installed.release = release;
    installed.links.clear();
    for (const need of needsOf(release.manifest)) {
      const old = before.get(need.as);
      const isKept =
        old?.to !== undefined && (need.kind === 'peer' || (need.range !== undefined && npmRules.admits(need.range, old.to.version)));
      if (isKept)
        installed.links.set(need.as, { ...old, isOptional: need.kind === 'optional' || (need.kind === 'peer' && old.isOptional) });
    }
    for (const peer of Object.keys(peers)) if (!installed.links.has(peer) && before.has(peer)) installed.links.set(peer, before.get(peer)!);
  }

  add(by: Copy, need: Need, release: NpmRelease): Copy {
    const same = this.file.installed.find(({ name, version, peers }) => name === need.name && version === release.version && peers === '');
    const required = Object.keys(objectOf(release.manifest['peerDependencies'])).filter(
      (peer) =>
        objectOf(objectOf(release.manifest['peerDependenciesMeta'])[peer])['optional'] !== true || (by as Installed).links.has(peer),
    );
    if (required.length > 0)
      throw new FixRefused(
        `${by.name} ${by.version} brings ${need.name} ${release.version}, which wants ${required.join(', ')} beside it: only pnpm can place that`,
      );
    const added: Installed = same ?? {
      name: need.name,
      version: release.version,
      was: release.version,
      peers: '',
      key: undefined,
      links: new Map(),
      release,
      fields: new Map(),
      described: new Map(),
      held: undefined,
    };
    if (!same) this.file.installed.push(added);
    this.link(by as Installed, need, added);
    return added;
  }

  ask({ where, need }: Asked, range: string): void {
    const importer = this.file.importers.find((one) => one.where === where)!;
    const wish = [...importer.wishes.values()].find((one) => one.need === need)!;
    wish.need = needOf(need.as, need.specification.replace(need.range!, range), need.kind);
  }

  override({ dependent, name, version }: Override): void {
    this.overrides.set(dependent === undefined ? name : `${dependent}>${name}`, version);
  }

  prune(): void {
    const used = reachedFrom(this.file.importers, () => true);
    this.file.installed = this.file.installed.filter((one) => used.has(one) || this.file.loose.has(one));
  }

  text(): string {
    return pnpmText(this);
  }

  private link(by: Installed, need: Need, to: Installed): void {
    by.links.set(need.as, { to, ref: '', isOptional: need.kind === 'optional' });
  }

  /** The range behind a link is a document of the registry: it is asked for only when somebody wants to know. */
  private needOf(by: Installed, as: string, to: Installed, isOptional: boolean): Need {
    const { knowledge } = this;
    const { name } = to;
    return {
      as,
      name,
      get range() {
        const release = by.release ?? knowledge.releases(by.name)?.find(({ version }) => version === by.version);
        const need = release && needsOf(release.manifest).find((one) => one.as === as);
        // A peer that did not suit before is not made to suit.
        const isKnown = need?.kind !== 'peer' || (need.range !== undefined && npmRules.admits(need.range, to.was));
        return isKnown ? need?.range : undefined;
      },
      get specification() {
        return this.range ?? '';
      },
      kind: isOptional ? 'optional' : 'required',
    };
  }

  /** What the project forces upon everybody, by an override or a catalog, is not changed behind its back. */
  private refuseForced({ name }: Installed, to: string): void {
    const forced = this.file.forced.get(name);
    if (forced !== undefined && !npmRules.admits(forced, to))
      throw new FixRefused(`the project sets ${name} to ${forced} for everybody: raise it there first`);
  }

  /** The peers of the new version must be those of the old one, or stay open. */
  private refusePeers(installed: Installed, peers: Readonly<Record<string, string>>, { manifest, version }: NpmRelease): void {
    const meta = objectOf(manifest['peerDependenciesMeta']);
    const known = new Set([...(installed.ownPeers ?? []), ...peersIn(installed.peers).map(({ name }) => name)]);
    const fresh = Object.keys(peers).filter((peer) => !known.has(peer));
    const askers = this.asked().filter(({ gets }) => gets === installed);
    const hasBeside = (peer: string): boolean =>
      askers.some(({ by, where }) =>
        by ? (by as Installed).links.has(peer) : this.file.importers.find((one) => one.where === where)?.wishes.has(peer) === true,
      );
    const open = fresh.filter((peer) => objectOf(meta[peer])['optional'] !== true || hasBeside(peer));
    if (open.length > 0) throw new FixRefused(`${installed.name} ${version} wants ${open.join(', ')} beside it: only pnpm can place that`);
    if (
      this.form.version === 5 &&
      this.file.installed.some(
        (one) => one.peers !== '' && one.links.get(installed.name)?.to === installed && one.ownPeers?.has(installed.name),
      )
    )
      throw new FixRefused(
        `others in ${this.path} want ${installed.name} beside them, which this version of the file writes as a checksum: only pnpm can write it`,
      );
  }
}
