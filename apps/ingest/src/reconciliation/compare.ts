/** A branch that is elsewhere than we were told. */
export interface MovedBranch {
  readonly ref: string;
  /** Where we were told it was; absent for a branch that we never heard of. */
  readonly before?: string;
  readonly after: string;
}

/** How the branches of a remote differ from what we were told. */
export interface Difference {
  readonly moved: readonly MovedBranch[];
  /** Gone at the remote. */
  readonly gone: readonly string[];
  /** Not heard of before, and no news: the repository had them when we first looked. */
  readonly learned: readonly MovedBranch[];
}

/** What is news depends on whether all branches were seen before, and whether all are followed or only those we know. */
export function compareHeads(
  told: ReadonlyMap<string, string>,
  remote: ReadonlyMap<string, string>,
  repository: { readonly branchesKnown: boolean; readonly followsAll: boolean },
): Difference {
  const branches = [...remote].filter(([ref]) => ref.startsWith('refs/heads/'));
  const moved = branches.filter(([ref, after]) => told.has(ref) && told.get(ref) !== after);
  const fresh = branches.filter(([ref]) => !told.has(ref)).map(([ref, after]): MovedBranch => ({ ref, after }));
  const isNews = repository.branchesKnown && repository.followsAll;
  return {
    moved: [...moved.map(([ref, after]) => ({ ref, before: told.get(ref)!, after })), ...(isNews ? fresh : [])],
    gone: [...told.keys()].filter((ref) => !remote.has(ref)),
    learned: isNews || !repository.followsAll ? [] : fresh,
  };
}
