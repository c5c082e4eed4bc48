import type { Asked, Copy, Lock } from '../../locks/lock.ts';
import type { Need } from '../../locks/release.ts';
import { FixRefused } from '../version-change.ts';
import type { Machines, Mask } from './machines.ts';
import type { Pinned } from './pinned.ts';
import { reachOf, type OwnNeed, type Reach } from './reach.ts';
import { keyOf, pypiRules, type PypiKnowledge, type PypiNeed, type PypiRelease } from './releases.ts';

/** The packages of a Python lock file as a graph: mostly one version of each, asked for under markers and extras. */
export class PythonLock<E> implements Lock<PypiRelease> {
  readonly path: string;
  readonly machines: Machines;
  readonly own: OwnNeed[];
  readonly before: Reach<E>;
  pinned: Pinned<E>[];
  /** Whether what the file does not name is installed all the same. */
  private readonly isOpen: boolean;
  private readonly knowledge: PypiKnowledge;
  private readonly write: (lock: PythonLock<E>) => string;
  private reached: Reach<E> | undefined;
  private byName: ReadonlyMap<string, readonly Pinned<E>[]> | undefined;

  constructor(
    read: {
      readonly path: string;
      readonly pinned: Pinned<E>[];
      readonly own: OwnNeed[];
      readonly machines: Machines;
      readonly isOpen?: boolean;
    },
    knowledge: PypiKnowledge,
    write: (lock: PythonLock<E>) => string,
  ) {
    this.path = read.path;
    this.pinned = read.pinned;
    this.own = read.own;
    this.machines = read.machines;
    this.isOpen = read.isOpen ?? false;
    this.knowledge = knowledge;
    this.write = write;
    this.before = this.reach();
  }

  copies(): readonly Copy[] {
    return this.pinned;
  }

  asked(): readonly Asked[] {
    const own = this.own.map(({ where, need }) => ({ by: undefined, where, need, gets: this.find(need)[0] }));
    const inner = this.pinned.flatMap((by) =>
      by.needs.filter((need) => this.concerns(by, need)).flatMap((need) => this.find(need).map((gets) => ({ by, where: '', need, gets }))),
    );
    return [...own, ...inner];
  }

  resolve(_by: Copy, need: Need): Copy | undefined {
    return this.find(need)[0];
  }

  /** Whether a need counts: somewhere its marker holds, and its extra is asked for. */
  concerns(copy: Copy, need: Need): boolean {
    const reached = this.reach().get(copy as Pinned<E>);
    const { marker } = need as PypiNeed;
    if (this.isOpen && this.find(need).length === 0) return false;
    if (reached === undefined) return this.machines.where(marker) !== 0n;
    return [...reached.asked].some(([extra, mask]) => (mask & this.machines.where(marker, extra)) !== 0n);
  }

  raise(copy: Copy, to: string, release: PypiRelease | undefined): void {
    const pinned = copy as Pinned<E>;
    if (pinned.held !== undefined) throw new FixRefused(`${pinned.name} in ${this.path} ${pinned.held}`);
    if (this.named(pinned.name).length > 1)
      throw new FixRefused(
        `${this.path} holds several versions of ${pinned.name} for different Pythons or systems: raise it with its own tool`,
      );
    pinned.version = to;
    pinned.release = release;
    if (release) pinned.needs = this.knowledge.needs(pinned.name, release);
    this.reached = undefined;
  }

  add(_by: Copy | undefined, need: Need, release: PypiRelease): Copy | undefined {
    if (this.find(need).length > 0) return undefined;
    const { name } = need;
    const pinned: Pinned<E> = {
      name,
      version: release.version,
      needs: this.knowledge.needs(name, release),
      release,
      entry: undefined,
      held: undefined,
    };
    this.pinned.push(pinned);
    this.byName = undefined;
    this.reached = undefined;
    return pinned;
  }

  ask({ need }: Asked, range: string): void {
    const own = this.own.find((one) => one.need === need)!;
    own.need = { ...own.need, range };
    this.reached = undefined;
  }

  /** What a changed package asks for and does not get: of an extra that is new, too. */
  lacking(): readonly { readonly by: Copy; readonly need: Need }[] {
    for (const pinned of this.pinned) this.refresh(pinned);
    this.refuseHalfMet();
    return this.pinned
      .filter(({ release }) => release !== undefined)
      .flatMap((by) => by.needs.filter((need) => this.concerns(by, need) && this.find(need).length === 0).map((need) => ({ by, need })));
  }

  prune(): void {
    if (this.isOpen) return;
    const now = this.reach();
    this.pinned = this.pinned.filter((one) => now.has(one) || (!this.before.has(one) && one.entry !== undefined));
    this.byName = undefined;
    this.reached = undefined;
  }

  text(): string {
    return this.write(this);
  }

  reach(): Reach<E> {
    this.reached ??= reachOf(this.own, (need) => this.find(need), this.machines);
    return this.reached;
  }

  /** Where a package is needed; undefined while nobody asks for it. */
  neededAt(name: string): Mask | undefined {
    const masks = this.named(name).flatMap((one) => this.reach().get(one)?.asked.get('') ?? []);
    return masks.length === 0 ? undefined : masks.reduce((all, mask) => all | mask, 0n);
  }

  /** All versions of a package. */
  named(name: string): readonly Pinned<E>[] {
    this.byName ??= Map.groupBy(this.pinned, (one) => one.name);
    return this.byName.get(name) ?? [];
  }

  /** The packages that serve a need: those of its versions where there are several. */
  find(need: Need): readonly Pinned<E>[] {
    const named = this.named(need.name);
    if (named.length < 2 || need.range === undefined) return named;
    const admitted = named.filter(({ version }) => pypiRules.admits(need.range!, version));
    return admitted.length > 0 ? admitted : named;
  }

  /** Where a package has several versions, each must suit who asks for it now. */
  private refuseHalfMet(): void {
    for (const by of this.pinned.filter(({ release }) => release !== undefined)) {
      for (const need of by.needs) {
        const named = this.named(need.name);
        if (named.length < 2 || !this.concerns(by, need) || this.find(need).length === named.length) continue;
        const where = this.machines.where(need.marker);
        const left = named.filter((one) => !this.find(need).includes(one) && ((this.before.get(one)?.asked.get('') ?? 0n) & where) !== 0n);
        if (left.length > 0)
          throw new FixRefused(`${this.path} holds several versions of ${need.name}, and ${by.name} ${by.version} accepts not all of them`);
      }
    }
  }

  /** A package that is asked for with an extra that it was not asked for before needs what comes with it. */
  private refresh(pinned: Pinned<E>): void {
    if (pinned.release !== undefined) return;
    const had = this.before.get(pinned)?.asked;
    const isWider = [...(this.reach().get(pinned)?.asked.keys() ?? [])].some((extra) => extra !== '' && !had?.has(extra));
    if (!isWider || had === undefined) return;
    const release = this.knowledge.releases(pinned.name)?.find(({ version }) => keyOf(version) === keyOf(pinned.version));
    if (release) this.raise(pinned, pinned.version, release);
  }
}
