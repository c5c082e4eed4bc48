import { Problem } from '@throughline/service';

/** Branches that are ours: nothing else is ever opened for writing. */
const ownBranch = /^throughline\/[a-z0-9][a-z0-9._-]{0,99}$/;

/** Throws `Problem` 403 for any other branch, and for none. */
export function refuseBranch(branch: string | undefined): void {
  if (branch !== undefined && ownBranch.test(branch) && !/\.\.|\.lock$|\.$/.test(branch)) return;
  throw new Problem(403, 'forbidden', 'only branches below throughline/ are opened for writing');
}
