import { FixRefused, type VersionChange } from '../fixers/version-change.ts';
import type { Choice } from './choice.ts';
import type { Asked, Copy, Lock, Override } from './lock.ts';
import type { Need, Release } from './release.ts';

/** A requirement of one of the repository's own manifests that asks for another range now. */
export interface RaisedWish {
  readonly where: string;
  readonly as: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Another package of which the versions changed, too. */
export interface Moved {
  readonly name: string;
  /** Versions that are gone. */
  readonly from: readonly string[];
  /** Versions that are new. */
  readonly to: readonly string[];
}

/** What can be changed beside the lock file. */
export interface Means {
  /** Whether the package manager knows overrides, and there is a manifest to write one into. */
  readonly overrides: boolean;
  /** Whether the manifest of one of the repository's own packages is there. */
  readonly hasManifest: (where: string) => boolean;
}

const mostMoves = 60;

/** Raises copies in a lock file until everybody gets what he asks for; pure but for the lock file that it changes. */
export class Raising<R extends Release> {
  readonly wishes: RaisedWish[] = [];
  readonly overrides: Override[] = [];
  moved: readonly Moved[] = [];
  private steps = 0;
  private readonly done = new Map<Copy, string>();

  private readonly path: string;
  private readonly lock: Lock<R>;
  private readonly choice: Choice<R>;
  private readonly means: Means;

  constructor(path: string, lock: Lock<R>, choice: Choice<R>, means: Means) {
    this.path = path;
    this.lock = lock;
    this.choice = choice;
    this.means = means;
  }

  /** Answers the version that it came to: higher when a dependent asks for more. Throws `FixRefused` when somebody stands in the way. */
  raise(change: VersionChange): string {
    const before = versionsOf(this.lock);
    const { knowledge } = this.choice;
    const release = knowledge.releases(change.name)?.find(({ version }) => version === change.to);
    const targets = this.lock.copies().filter((copy) => sameName(copy.name, change.name) && change.from.includes(copy.version));
    if (targets.length === 0) throw new FixRefused(`${this.path} does not hold ${change.name} ${change.from.join(', ')}`);
    for (const target of targets) this.raiseCopy(target, change.to, release);
    this.complete();
    this.lock.prune();
    this.moved = movedBetween(before, versionsOf(this.lock)).filter(({ name }) => !sameName(name, change.name));
    const held = targets.map(({ version }) => version).sort((a, b) => this.choice.rules.compare(a, b));
    return held[0]!;
  }

  private raiseCopy(copy: Copy, to: string, release: R | undefined): void {
    if (this.done.get(copy) === to) return;
    this.done.set(copy, to);
    this.steps += 1;
    if (this.steps > mostMoves) throw new FixRefused(`more than ${mostMoves} packages would have to change`);
    const { version: from, name } = copy;
    const own = this.lock.asked().filter(({ gets, by }) => gets === copy && by === undefined);
    for (const asked of own) this.raiseWish(asked, from, to);
    this.lock.raise(copy, to, release);
    for (let opposed = this.opposed(copy); opposed.length > 0; opposed = this.opposed(copy)) this.settle(opposed, name, from, copy);
    if (release) this.satisfy(copy, release);
  }

  /** The repository's own requirement lets the new version in, and no longer the old one. */
  private raiseWish(asked: Asked, from: string, to: string): void {
    const { as, name, range } = asked.need;
    if (range === undefined) return;
    const raised = this.choice.rules.raised(range, { from: [from], to });
    if (raised === undefined) throw new FixRefused(`${this.path} asks for ${name} ${range}, which is not rewritten by machine`);
    if (raised === range || (!this.means.hasManifest(asked.where) && this.choice.rules.admits(range, to))) return;
    this.lock.ask(asked, raised);
    this.wishes.push({ where: asked.where, as, name, from: range, to: raised });
  }

  /** Who asks for less than the copy is now, and is not overridden. */
  private opposed(copy: Copy): readonly Asked[] {
    return this.lock
      .asked()
      .filter(
        ({ by, gets, need }) =>
          gets === copy &&
          by !== undefined &&
          need.range !== undefined &&
          !this.choice.rules.admits(need.range, copy.version) &&
          !this.isOverridden(by, need),
      );
  }

  /** One of those who ask for less gets a release that does not; when none of them can, the first is overridden. */
  private settle(opposed: readonly Asked[], name: string, from: string, copy: Copy): void {
    const { rules } = this.choice;
    const { version: to } = copy;
    const ways = opposed.map((asked) => ({ by: asked.by!, need: asked.need, releases: this.ancestors(asked.by!, name, to) }));
    for (const { by, releases } of ways) {
      const near = releases?.find((release) => rules.line(release.version) === rules.line(by.version));
      if (near) return this.raiseCopy(by, near.version, near);
    }
    const [{ by, need, releases }] = ways as [(typeof ways)[number]];
    const compatible = rules.line(from) === rules.line(to);
    const far = compatible && this.means.overrides ? undefined : releases?.[0];
    if (far) return this.raiseCopy(by, far.version, far);
    if (releases === undefined) throw new FixRefused(`${by.name} asks for ${name} ${need.range ?? ''}: raise ${by.name} first`);
    if (!this.means.overrides) throw new FixRefused(`${by.name} asks for ${name} ${need.range ?? ''}, and no release of it accepts ${to}`);
    const override = { dependent: by.name, range: need.range!, specification: need.specification, name, version: to };
    this.overrides.push(override);
    this.lock.override?.(override);
  }

  private isOverridden(by: Copy, { name }: Need): boolean {
    return this.overrides.some((override) => override.dependent === by.name && sameName(override.name, name));
  }

  /** Releases of a dependent that accept the version, and that those who ask for the dependent can get. */
  private ancestors(by: Copy, name: string, to: string): readonly R[] | undefined {
    const { rules, knowledge } = this.choice;
    const askers = this.lock.asked().filter(({ gets }) => gets === by);
    const reachable = this.choice
      .above(by.name, by.version)
      ?.filter(({ version }) =>
        askers.every(({ by: asker, need }) => asker === undefined || need.range === undefined || rules.admits(need.range, version)),
      );
    const accepts = (release: R): boolean =>
      knowledge.tells?.(by.name, release) !== false &&
      knowledge
        .needs(by.name, release)
        .filter((need) => sameName(need.name, name) && need.range !== undefined && this.lock.concerns?.(by, need) !== false)
        .every((need) => rules.admits(need.range!, to) || this.getsHigher(need, to));
    return knowledge.isDear === true ? this.firstOf(reachable, by.version, accepts) : reachable?.filter(accepts);
  }

  /** Where every question costs a document: the first release that accepts, sought by halves in the own line, then above it. */
  private firstOf(releases: readonly R[] | undefined, version: string, accepts: (release: R) => boolean): readonly R[] | undefined {
    const { line } = this.choice.rules;
    const near = releases?.filter((release) => line(release.version) === line(version)) ?? [];
    const far = releases?.filter((release) => line(release.version) !== line(version)) ?? [];
    const found = firstAccepting(near, accepts) ?? firstAccepting(far, accepts);
    return releases && (found ? [found] : []);
  }

  /** Whether everything that a need lets in, as far as it may be installed, is at least the version. */
  private getsHigher({ name, range }: Need, to: string): boolean {
    const found = this.choice.within(name, range!);
    return found !== undefined && this.choice.rules.compare(found.version, to) > 0;
  }

  /** What the new version asks for is there, or comes with it. */
  private satisfy(copy: Copy, release: R): void {
    for (const need of this.choice.knowledge.needs(copy.name, release)) {
      if (this.lock.concerns?.(copy, need) === false) continue;
      const got = this.lock.resolve(copy, need);
      if (got && (need.range === undefined || this.isOverridden(copy, need) || this.choice.rules.admits(need.range, got.version))) continue;
      if (need.kind === 'peer' || (need.kind === 'optional' && !got)) continue;
      if (need.range === undefined)
        throw new FixRefused(`${copy.name} ${release.version} asks for ${need.as} at a place that is no version`);
      const found = this.choice.within(need.name, need.range);
      if (!found)
        throw new FixRefused(`${copy.name} ${release.version} asks for ${need.name} ${need.range}, of which no sound release is known`);
      const added = got && this.mayFollow(got, copy, found) ? undefined : this.lock.add(copy, need, found);
      if (added) this.satisfy(added, found);
      else this.follow(got!, need.range, found);
    }
  }

  /** The only copy of a package changes to what suits everybody, where there is such a release. */
  private follow(got: Copy, range: string, found: R): void {
    const others = this.lock.asked().flatMap(({ gets, by, need }) => (gets === got && by !== undefined ? (need.range ?? []) : []));
    const ranges = [range, ...others];
    const release = this.choice.next(got.name, got.version, ranges) ?? this.choice.within(got.name, ...ranges) ?? found;
    this.raiseCopy(got, release.version, release);
  }

  /** Brings what is asked for only since something else came. */
  private complete(): void {
    for (let lacking = this.lock.lacking?.() ?? []; lacking.length > 0; lacking = this.lock.lacking?.() ?? []) {
      const [{ by, need }] = lacking as [(typeof lacking)[number]];
      this.steps += 1;
      const found = this.steps > mostMoves || need.range === undefined ? undefined : this.choice.within(need.name, need.range);
      const added = found && this.lock.add(by, need, found);
      if (!added)
        throw new FixRefused(`${by.name} ${by.version} asks for ${need.name} ${need.range ?? ''}, of which no sound release is known`);
      this.satisfy(added, found);
    }
  }

  /** Whether a copy can change with the one that asks for it: nobody else minds. */
  private mayFollow(got: Copy, copy: Copy, release: R): boolean {
    const others = this.lock.asked().filter(({ gets, by }) => gets === got && by !== copy);
    return others.every(({ need }) => need.range !== undefined && this.choice.rules.admits(need.range, release.version));
  }
}

/** The highest must accept; below it those that accept are taken to lie together. */
function firstAccepting<R>(releases: readonly R[], accepts: (release: R) => boolean): R | undefined {
  if (releases.length === 0 || !accepts(releases.at(-1)!)) return undefined;
  let [low, high] = [0, releases.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (accepts(releases[middle]!)) high = middle;
    else low = middle + 1;
  }
  return releases[high];
}

function versionsOf(lock: Lock<Release>): ReadonlyMap<string, ReadonlySet<string>> {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of lock.copies()) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return versions;
}

function movedBetween(before: ReadonlyMap<string, ReadonlySet<string>>, after: ReadonlyMap<string, ReadonlySet<string>>): readonly Moved[] {
  const none: ReadonlySet<string> = new Set();
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const [was, is] = [before.get(name) ?? none, after.get(name) ?? none];
    const [from, to] = [[...was].filter((version) => !is.has(version)), [...is].filter((version) => !was.has(version))];
    return from.length + to.length === 0 ? [] : [{ name, from, to }];
  });
}

/** Names are compared without case: package URLs of npm are in lower case, some old packages are not. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
