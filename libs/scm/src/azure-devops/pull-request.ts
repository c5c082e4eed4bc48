import { ownWork } from '../own-work.ts';
import { at, branchRef, commit, firstText, line, listOf, needed, positive } from '../payload.ts';
import type { RepositoryAddress, ScmFact, Site, Translation } from '../provider.ts';
import { azureRepository } from './told.ts';

/** What a vote says. */
const votes: ReadonlyMap<unknown, 'approved' | 'changes_requested' | 'dismissed'> = new Map([
  [10, 'approved'],
  [5, 'approved'],
  [0, 'dismissed'],
  [-5, 'changes_requested'],
  [-10, 'changes_requested'],
]);
/** An update tells that somebody voted only in its words. */
const voting = /^ (?:has )?(?:approved|rejected|voted|reset|left suggestions|(?:is )?waiting)\b/i;

type Proposal = Extract<ScmFact, { type: 'change.proposed' }>['fields'];
type Review = Extract<ScmFact, { type: 'change.reviewed' }>['fields'];
type Abandonment = Extract<ScmFact, { type: 'change.abandoned' }>['fields'];
type Merge = Extract<ScmFact, { type: 'change.merged' }>['fields'];

/** What the facts of a pull request have in common. */
export type Request = Pick<Proposal, 'repository' | 'source' | 'number'>;

/** Reads a pull request. `merged` tells of an attempt, which may have been made to see whether it would work: the status decides. */
export function translateAzurePullRequest(payload: unknown, site: Site): Translation {
  const told = at(payload, 'resource');
  const repository = azureRepository(payload, site);
  const number = needed(positive(at(told, 'pullRequestId')), 'resource.pullRequestId', 'a whole number');
  return { repository, facts: [factOf(payload, repository, { repository: repository.id, source: site.source, number })], unsure: true };
}

function factOf(payload: unknown, repository: RepositoryAddress, request: Request): ScmFact {
  const told = at(payload, 'resource');
  if (at(told, 'status') === 'abandoned') return { type: 'change.abandoned', fields: abandonmentOf(told, request) };
  if (at(told, 'status') === 'completed') return { type: 'change.merged', fields: mergeOf(told, request) };
  const voter = voterOf(payload);
  if (voter !== undefined) return { type: 'change.reviewed', fields: reviewOf(told, request, voter) };
  return { type: 'change.proposed', fields: { ...proposalOf(told, request), url: `${repository.url}/pullrequest/${request.number}` } };
}

/** A pull request as an event or the server tells it. */
export function proposalOf(told: unknown, request: Request): Omit<Proposal, 'url'> {
  return {
    ...request,
    title: line(at(told, 'title'), 300),
    author: personOf(at(told, 'createdBy')),
    head: headOf(told),
    headRef: needed(branchRef(at(told, 'sourceRefName')), 'resource.sourceRefName', 'a branch name'),
    fork: typeof at(told, 'forkSource') === 'object',
    base: commit(at(told, 'lastMergeTargetCommit', 'commitId')),
    baseRef: needed(branchRef(at(told, 'targetRefName')), 'resource.targetRefName', 'a branch name'),
    // A merge that was tried leads to both sides.
    headAt: `refs/pull/${request.number}/merge`,
  };
}

export function mergeOf(told: unknown, request: Request): Merge {
  const id = needed(commit(at(told, 'lastMergeCommit', 'commitId')), 'resource.lastMergeCommit.commitId', 'a commit id');
  const baseRef = needed(branchRef(at(told, 'targetRefName')), 'resource.targetRefName', 'a branch name');
  const bypass = at(told, 'completionOptions', 'bypassPolicy') === true ? { bypass: true } : {};
  const own = ownWork(at(told, 'closedBy'), at(told, 'createdBy'));
  const source = commit(at(told, 'lastMergeSourceCommit', 'commitId'));
  const head = source === undefined ? {} : { head: source };
  return { ...request, commit: id, ...head, baseRef, mergedBy: personOf(at(told, 'closedBy')), ...bypass, ...own };
}

export function abandonmentOf(told: unknown, request: Request): Abandonment {
  return { ...request, closedBy: personOf(at(told, 'closedBy')) };
}

/** What somebody among the reviewers says of the head. */
export function reviewOf(told: unknown, request: Request, voter: unknown): Review {
  const state = needed(votes.get(at(voter, 'vote')), 'resource.reviewers.vote', 'a vote');
  return { ...request, commit: headOf(told), reviewer: personOf(voter), state, ...ownWork(voter, at(told, 'createdBy')) };
}

export function reviewersOf(told: unknown): readonly unknown[] {
  return listOf(at(told, 'reviewers')).slice(0, 200);
}

export function personOf(identity: unknown): string {
  return line(firstText(at(identity, 'uniqueName'), at(identity, 'displayName')), 200);
}

function headOf(told: unknown): string {
  const id = commit(at(told, 'lastMergeSourceCommit', 'commitId'));
  return needed(id, 'resource.lastMergeSourceCommit.commitId', 'a commit id: let the subscription send all resource details');
}

function voterOf(payload: unknown): unknown {
  const words = line(at(payload, 'message', 'text'), 500);
  return reviewersOf(at(payload, 'resource')).find((reviewer) => {
    const name = at(reviewer, 'displayName');
    return typeof name === 'string' && name !== '' && words.startsWith(name) && voting.test(words.slice(name.length));
  });
}
