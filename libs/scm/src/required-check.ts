/** Whether a branch takes changes only with a check, and whose word for that counts. */
export interface RequiredCheck {
  readonly required: boolean;
  /** Ids of the Apps that it has to come from: anybody's word counts when there are none. Undefined where the host knows no such thing. */
  readonly apps?: readonly string[];
}

/** What the protection of a branch says of a check. Throws `ScmCallFailed`. */
export type RequiredChecks = (fullName: string, branch: string, check: string) => Promise<RequiredCheck>;
