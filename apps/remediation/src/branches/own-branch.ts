import { createHash } from 'node:crypto';
import { isOwnBranch, ownBranchPrefix } from '@throughline/scm';

/** The fix that a branch is for. */
export interface BranchOf {
  readonly proposal: string;
  readonly name: string;
  readonly to: string;
  /** How often the fix was taken back. */
  readonly undone: number;
}

/**
 * Short name of the branch of a fix: the same however often it is approved, until it is taken back. A deleted branch
 * is never used again: hosts close the change requests of one some time after its deletion, whatever has its name by then.
 */
export function branchOf({ proposal, name, to, undone }: BranchOf): string {
  const words = `${name}-${to}`
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const mark = createHash('sha256').update(proposal).digest('hex').slice(0, 8);
  const again = undone === 0 ? '' : `-${undone + 1}`;
  return `${ownBranchPrefix}${words === '' ? 'fix' : words}-${mark}${again}`;
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
