/** Who gets something into a branch without the check that it requires of others. */
export type Exempt =
  /** Whoever administers the repository. */
  | 'administrators'
  /** Whoever may push to the branch: only change requests need the check. */
  | 'pushes';

/** Whether a branch takes changes only with a check, and whose word for that counts. */
export interface RequiredCheck {
  readonly required: boolean;
  /** Ids of the Apps that it has to come from: anybody's word counts when there are none. Undefined where the host knows no such thing. */
  readonly apps?: readonly string[];
  /** As far as the host tells; absent where it tells of nobody. */
  readonly exempt?: readonly Exempt[];
}

/** What the protection of a branch says of a check. Throws `ScmCallFailed`. */
export type RequiredChecks = (fullName: string, branch: string, check: string) => Promise<RequiredCheck>;
