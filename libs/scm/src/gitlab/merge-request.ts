import { ownWork } from '../own-work.ts';
import { at, branchRef, commit, firstText, line, needed, positive } from '../payload.ts';
import type { RepositoryAddress, ScmFact, Site, Translation } from '../provider.ts';
import { defaultBranchAmong } from '../push.ts';
import { repositoryAt } from '../site.ts';
import { toldByGitlab } from './push.ts';

/** What an approval says, by the action of its event. */
const reviews: Readonly<Record<string, 'approved' | 'dismissed'>> = {
  approved: 'approved',
  approval: 'approved',
  unapproved: 'dismissed',
  unapproval: 'dismissed',
};

/** Reads a merge request. GitLab names no commit of the target branch: the origin is asked for it. */
export function translateMergeRequest(payload: unknown, site: Site): Translation {
  const request = at(payload, 'object_attributes');
  const action = line(at(request, 'action'), 64);
  const review = Object.hasOwn(reviews, action) ? reviews[action] : undefined;
  if (!review && !proposes(payload, action) && action !== 'merge' && action !== 'close') {
    return { ignored: `merge request action "${action}" changes no code` };
  }
  const repository = repositoryAt(toldByGitlab(payload), site);
  const number = needed(positive(at(request, 'iid')), 'object_attributes.iid', 'a whole number');
  const common = { repository: repository.id, source: site.source, number };
  const user = line(firstText(at(payload, 'user', 'username'), at(payload, 'user', 'name')), 200);
  if (action === 'close') return { repository, facts: [{ type: 'change.abandoned', fields: { ...common, closedBy: user } }] };
  const head = needed(commit(at(request, 'last_commit', 'id')), 'object_attributes.last_commit.id', 'a commit id');
  const own = ownWork(at(payload, 'user'), at(request, 'author_id'));
  if (review)
    return { repository, facts: [{ type: 'change.reviewed', fields: { ...common, commit: head, reviewer: user, state: review, ...own } }] };
  const baseRef = needed(branchRef(at(request, 'target_branch')), 'object_attributes.target_branch', 'a branch name');
  if (action === 'merge') {
    const merged = commit(at(request, 'merge_commit_sha')) ?? commit(at(request, 'squash_commit_sha')) ?? head;
    return { repository, facts: [{ type: 'change.merged', fields: { ...common, commit: merged, head, baseRef, mergedBy: user, ...own } }] };
  }
  return { repository, facts: [proposal(payload, repository, { ...common, head, baseRef })] };
}

function proposal(
  payload: unknown,
  repository: RepositoryAddress,
  known: { repository: string; source: string; number: number; head: string; baseRef: string },
): ScmFact {
  const request = at(payload, 'object_attributes');
  return {
    type: 'change.proposed',
    fields: {
      ...known,
      title: line(at(request, 'title'), 300),
      author: line(firstText(at(payload, 'user', 'username'), at(payload, 'user', 'name')), 200),
      headRef: needed(branchRef(at(request, 'source_branch')), 'object_attributes.source_branch', 'a branch name'),
      fork: at(request, 'source_project_id') !== at(request, 'target_project_id'),
      base: undefined,
      defaultBranch: defaultBranchAmong(at(payload, 'project', 'default_branch'), at(request, 'target', 'default_branch')),
      url: `${repository.url}/-/merge_requests/${known.number}`,
      headAt: `refs/merge-requests/${known.number}/head`,
    },
  };
}

/** An update that brings commits has `oldrev`; one that only changes words has not. */
function proposes(payload: unknown, action: string): boolean {
  if (action === 'open' || action === 'reopen') return true;
  if (action !== 'update') return false;
  return at(payload, 'object_attributes', 'oldrev') !== undefined || at(payload, 'changes', 'target_branch') !== undefined;
}
