import type { Need, Release } from './release.ts';

/** An installed copy of a package. */
export interface Copy {
  readonly name: string;
  readonly version: string;
}

/** Somebody's need, and the copy that it gets. */
export interface Asked {
  /** Undefined: the repository itself asks. */
  readonly by: Copy | undefined;
  /** Which of the repository's own packages asks; empty for the root. */
  readonly where: string;
  readonly need: Need;
  readonly gets: Copy | undefined;
}

/** A lock file that can be changed copy by copy; all that is not touched keeps its bytes. */
export interface Lock<R extends Release> {
  copies(): readonly Copy[];
  asked(): readonly Asked[];
  /** The copy that this one would get for the need. */
  resolve(by: Copy, need: Need): Copy | undefined;
  /** Gives a copy another version; without a release only the version is known, and what depends on it is left out. */
  raise(copy: Copy, to: string, release: R | undefined): void;
  /** Whether a need of a copy counts at all: it may hold for other systems only, or for an extra that nobody asks for. */
  concerns?(copy: Copy, need: Need): boolean;
  /** What changed copies ask for and do not get, beside what `Raising` saw itself. */
  lacking?(): readonly { readonly by: Copy; readonly need: Need }[];
  /** Puts a copy where `by` finds it; undefined when the format has one copy of each package and it is there. */
  add(by: Copy, need: Need, release: R): Copy | undefined;
  /** Repeats what a manifest asks for now. */
  ask(asked: Asked, range: string): void;
  /** Repeats an override of the manifest. */
  override?(override: Override): void;
  /** Takes out what nobody asks for any more. */
  prune(): void;
  text(): string;
  /** What only the package manager itself can fill in. */
  incomplete?(): string | undefined;
}

/** One dependent gets another version than it asks for. */
export interface Override {
  /** Undefined: everybody. */
  readonly dependent: string | undefined;
  readonly range: string;
  /** The range as it stands in the dependent's manifest. */
  readonly specification: string;
  readonly name: string;
  readonly version: string;
}
