/** A git process did not do what it was asked. Its words are kept short: they may hold text of the repository. */
export class GitFailed extends Error {
  readonly code = 'git_failed';

  /** @param hostAway no connection came about: what holds for one repository of the host holds for all */
  constructor(
    readonly verb: string,
    readonly exit: number | undefined,
    why: string,
    readonly hostAway = false,
  ) {
    super(`git ${verb} ${why}`);
  }
}
