import { FixRefused, FixTooYoung } from '../fixers/version-change.ts';
import type { World } from '../world/world.ts';
import type { Knowledge, Release, Rules } from './release.ts';

const day = 24 * 60 * 60 * 1000;

/** Which releases may be installed at all. */
export class Choice<R extends Release> {
  readonly knowledge: Knowledge<R>;
  readonly rules: Rules;
  private readonly world: Pick<World, 'now' | 'minimumAgeDays'>;

  constructor(knowledge: Knowledge<R>, rules: Rules, world: Pick<World, 'now' | 'minimumAgeDays'>) {
    this.knowledge = knowledge;
    this.rules = rules;
    this.world = world;
  }

  /**
   * The smallest release from a version on that exists, is not affected itself and is old enough; undefined when the
   * registry cannot be asked. Throws `FixTooYoung` when one has to be waited for.
   */
  fixing(name: string, from: string): R | undefined {
    const known = this.knowledge.releases(name);
    if (known === undefined) return undefined;
    const { compare, line } = this.rules;
    const higher = known.filter((release) => compare(release.version, from) >= 0 && this.isSound(name, release, from));
    const near = higher.filter((release) => line(release.version) === line(from));
    const choices = near.length > 0 ? near : higher;
    if (choices.length === 0) throw new FixRefused(`the registry has no release of ${name} from ${from} on that is free of known flaws`);
    const found = choices.find((release) => this.isRipe(release) && this.tells(name, release)) ?? choices.find((one) => this.isRipe(one));
    if (!found)
      throw new FixTooYoung(`${name} ${choices[0]!.version} is younger than ${this.world.minimumAgeDays} days`, this.earliest(choices));
    return found;
  }

  /** The highest release that the ranges let in; undefined when there is none or nobody can tell. */
  within(name: string, ...ranges: readonly string[]): R | undefined {
    const known = this.knowledge.releases(name) ?? [];
    const admitted = known.filter(({ version }) => ranges.every((range) => this.rules.admits(range, version)));
    const good = admitted.filter((release) => this.isSound(name, release, release.version) && this.isRipe(release));
    const stable = good.filter((release) => !this.rules.isPrerelease(release.version));
    const told = (release: R): boolean => this.tells(name, release);
    return stable.findLast(told) ?? stable.at(-1) ?? good.at(-1);
  }

  /** The lowest sound release above a version that all ranges let in. */
  next(name: string, version: string, ranges: readonly string[]): R | undefined {
    return this.above(name, version)?.find(
      (release) => ranges.every((range) => this.rules.admits(range, release.version)) && this.tells(name, release),
    );
  }

  /** Sound releases above a version, the lowest first; undefined when the registry cannot be asked. */
  above(name: string, version: string): readonly R[] | undefined {
    return this.knowledge
      .releases(name)
      ?.filter(
        (release) => this.rules.compare(release.version, version) > 0 && this.isSound(name, release, version) && this.isRipe(release),
      );
  }

  /** Not withdrawn, not affected, and no pre-release unless one was there before. */
  private isSound(name: string, release: R, before: string): boolean {
    const { isPrerelease } = this.rules;
    if (release.withdrawn || (isPrerelease(release.version) && !isPrerelease(before))) return false;
    return !this.knowledge.affected(name, release.version);
  }

  private tells(name: string, release: R): boolean {
    return this.knowledge.tells?.(name, release) ?? true;
  }

  private isRipe(release: R): boolean {
    return this.ripeAt(release) <= this.world.now.getTime();
  }

  private ripeAt({ published }: R): number {
    return published === undefined ? 0 : published.getTime() + this.world.minimumAgeDays * day;
  }

  private earliest(releases: readonly R[]): Date {
    return new Date(Math.min(...releases.map((release) => this.ripeAt(release))));
  }
}
