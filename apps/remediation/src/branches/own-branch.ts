import { createHash } from 'node:crypto';
import { isOwnBranch, ownBranchPrefix } from '@throughline/scm';

/** The fix that a branch is for; the same fix has the same branch whenever it is approved. */
export interface BranchOf {
  readonly proposal: string;
  readonly name: string;
  readonly to: string;
}

/** Short name of the branch of a fix. */
export function branchOf({ proposal, name, to }: BranchOf): string {
  const words = `${name}-${to}`
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const mark = createHash('sha256').update(proposal).digest('hex').slice(0, 8);
  return `${ownBranchPrefix}${words === '' ? 'fix' : words}-${mark}`;
}

/** The full ref of a branch of ours. Throws for any other branch, before anything is sent anywhere. */
export function ownRef(branch: string): string {
  if (!isOwnBranch(branch)) throw new Error(`${JSON.stringify(branch.slice(0, 120))} is no branch of ours: nothing else is ever written`);
  return `refs/heads/${branch}`;
}

/** Short name of the branch that a full ref names. */
export function branchIn(ref: string): string {
  return ref.slice('refs/heads/'.length);
}

/** Whether a full ref is a branch of ours. */
export function isOwnRef(ref: string): boolean {
  return ref.startsWith(`refs/heads/${ownBranchPrefix}`);
}
