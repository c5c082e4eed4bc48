import { ownWork } from '../own-work.ts';
import { at, branchRef, commit, firstText, line, needed, positive } from '../payload.ts';
import type { RepositoryAddress, ScmFact, Site, Translation } from '../provider.ts';
import { dataCenterRepository, fullNameOf } from './told.ts';

/** What a review says, by its event. */
const reviews: Readonly<Record<string, 'approved' | 'changes_requested' | 'dismissed'>> = {
  'pr:reviewer:approved': 'approved',
  'pr:reviewer:unapproved': 'dismissed',
  'pr:reviewer:needs_work': 'changes_requested',
  'pr:reviewer:changes_requested': 'changes_requested',
};

/** Events after which the head or the base of a pull request may be another. */
const proposing = new Set(['pr:opened', 'pr:from_ref_updated', 'pr:to_ref_updated', 'pr:reopened']);
const ended = new Set(['pr:declined', 'pr:deleted']);

/** Reads a pull request of Bitbucket Data Center. */
export function translateDataCenterPullRequest(event: string, payload: unknown, site: Site): Translation {
  const review = Object.hasOwn(reviews, event) ? reviews[event] : undefined;
  const proposes = proposing.has(event) || (event === 'pr:modified' && movesBase(payload));
  if (!review && !proposes && event !== 'pr:merged' && !ended.has(event)) {
    return { ignored: `event "${event}" changes no code` };
  }
  const repository = dataCenterRepository(payload, site);
  const request = at(payload, 'pullRequest');
  const number = needed(positive(at(request, 'id')), 'pullRequest.id', 'a whole number');
  const common = { repository: repository.id, source: site.source, number };
  if (ended.has(event)) {
    const closedBy = personOf(at(payload, 'actor'));
    return { repository, facts: [{ type: 'change.abandoned', fields: { ...common, closedBy } }] };
  }
  const head = needed(commit(at(request, 'fromRef', 'latestCommit')), 'pullRequest.fromRef.latestCommit', 'a commit id');
  if (review) {
    const reviewer = personOf(at(payload, 'participant', 'user')) || personOf(at(payload, 'actor'));
    const seen = commit(at(payload, 'participant', 'lastReviewedCommit')) ?? head;
    const own = ownWork(at(payload, 'participant', 'user') ?? at(payload, 'actor'), at(request, 'author', 'user'));
    return { repository, facts: [{ type: 'change.reviewed', fields: { ...common, commit: seen, reviewer, state: review, ...own } }] };
  }
  const baseRef = needed(branchRef(at(request, 'toRef', 'id')), 'pullRequest.toRef.id', 'a branch name');
  if (event === 'pr:merged') {
    // A merge that only moved the branch on made no commit of its own.
    const merged = commit(at(request, 'properties', 'mergeCommit', 'id')) ?? head;
    const mergedBy = personOf(at(payload, 'actor'));
    const own = ownWork(at(payload, 'actor'), at(request, 'author', 'user'));
    return { repository, facts: [{ type: 'change.merged', fields: { ...common, commit: merged, head, baseRef, mergedBy, ...own } }] };
  }
  return { repository, facts: [proposal(request, repository, { ...common, head, baseRef })] };
}

function proposal(
  request: unknown,
  repository: RepositoryAddress,
  known: { repository: string; source: string; number: number; head: string; baseRef: string },
): ScmFact {
  const fields = {
    ...known,
    title: line(at(request, 'title'), 300),
    author: personOf(at(request, 'author', 'user')),
    headRef: needed(branchRef(at(request, 'fromRef', 'id')), 'pullRequest.fromRef.id', 'a branch name'),
    fork: fullNameOf(at(request, 'fromRef', 'repository'))?.toLowerCase() !== repository.fullName.toLowerCase(),
    base: commit(at(request, 'toRef', 'latestCommit')),
    url: `${repository.url}/pull-requests/${known.number}`,
    headAt: `refs/pull-requests/${known.number}/from`,
  };
  return { type: 'change.proposed', fields };
}

/** A change that aims the request at another branch; other changes are words only. */
function movesBase(payload: unknown): boolean {
  const former = at(payload, 'previousTarget', 'id');
  return typeof former === 'string' && former !== at(payload, 'pullRequest', 'toRef', 'id');
}

function personOf(user: unknown): string {
  return line(firstText(...['name', 'slug', 'displayName'].map((name) => at(user, name))), 200);
}
