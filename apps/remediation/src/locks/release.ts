/** What a package asks for. */
export interface Need {
  /** Name under which it is found; of an alias another than the package's. */
  readonly as: string;
  readonly name: string;
  /** Undefined for a tag, an address or a folder: such a need is taken as met by what is there. */
  readonly range: string | undefined;
  /** As it stands in the manifest. */
  readonly specification: string;
  readonly kind: 'required' | 'optional' | 'peer';
}

/** A version of a package as its registry describes it. */
export interface Release {
  readonly version: string;
  readonly published?: Date;
  /** Taken back or discouraged by its author. */
  readonly withdrawn: boolean;
}

/** What is known about packages beyond one lock file. */
export interface Knowledge<R extends Release> {
  /** The lowest first; undefined when the registry cannot be asked. */
  releases(name: string): readonly R[] | undefined;
  needs(name: string, release: R): readonly Need[];
  affected(name: string, version: string): boolean;
  /** Each release's needs are a document of their own: few are asked for. */
  readonly isDear?: boolean;
  /** Whether anybody tells what a release needs; of some it is only known once they are built. */
  tells?(name: string, release: R): boolean;
}

/** How versions of an ecosystem behave. */
export interface Rules {
  readonly admits: (range: string, version: string) => boolean;
  /** The range that asks for at least the version, in the manner of the old one; undefined for one that no machine should rewrite. */
  readonly raised: (range: string, change: { readonly from: readonly string[]; readonly to: string }) => string | undefined;
  readonly compare: (left: string, right: string) => number;
  readonly isPrerelease: (version: string) => boolean;
  /** Versions with an equal line promise to work in each other's place. */
  readonly line: (version: string) => string;
}
