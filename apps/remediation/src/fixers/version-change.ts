/** A version that must not stay, and the smallest one that closes every finding of the group. */
export interface VersionChange {
  /** As the ecosystem spells it: `@babel/core`, `django`. */
  readonly name: string;
  /** Installed versions that are affected. */
  readonly from: readonly string[];
  readonly to: string;
}

/** A fix that cannot be made exactly; the message says which file or requirement stands in the way. */
export class FixRefused extends Error {
  readonly code: string = 'fix_refused';
}

/** The release that fixes is too young to be trusted yet. */
export class FixTooYoung extends FixRefused {
  override readonly code = 'fix_too_young';

  readonly until: Date;

  constructor(message: string, until: Date) {
    super(message);
    this.until = until;
  }
}
