/** Below it lie the branches that are ours. */
export const ownBranchPrefix = 'throughline/';

const ownBranch = /^throughline\/[a-z0-9][a-z0-9._-]{0,99}$/;

/** Whether the short name is one of a branch of ours, which git allows: nothing else is ever written. */
export function isOwnBranch(branch: string): boolean {
  return ownBranch.test(branch) && !/\.\.|\.lock$|\.$/.test(branch);
}
