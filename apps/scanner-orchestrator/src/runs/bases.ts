import type { Mirror } from '../runner/git/mirror.ts';
import type { EvidenceRequest } from './evidence-requests.ts';

/**
 * The commit that decides what counts as new: of a change request the merge base with the branch it wants to join, of a push
 * the former head, of a new branch the merge base with the default branch. Undefined when the repository has nothing before.
 */
export async function baseOf(request: EvidenceRequest, mirror: Mirror, commit: string): Promise<string | undefined> {
  if (request.baseline) return undefined;
  const { pullRequest, former, baseRef, ref } = request;
  if (pullRequest === null && former !== null && (await mirror.has(former))) return former;
  if (baseRef === null || baseRef === ref) return undefined;
  const tip = await mirror.tip(baseRef);
  return tip === undefined ? undefined : mirror.mergeBase(commit, tip);
}
