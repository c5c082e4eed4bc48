import type { ChangeMerged } from '@throughline/contracts';
import { ownWork } from './own-work.ts';
import { at, branchRef, commit, firstText, line, needed, positive } from './payload.ts';
import type { RepositoryAddress, ScmFact, Site, Translation } from './provider.ts';
import { defaultBranchAmong } from './push.ts';
import { repositoryAt, toldByGithubForm } from './site.ts';

/** Actions after which the head or the base of a change request may be another. Gitea says `synchronized`. */
const proposing = new Set(['opened', 'synchronize', 'synchronized', 'reopened', 'ready_for_review']);

/** Reads a pull request in the form that GitHub gave it; `page` is the path part before the number in its web address. */
export function translateChangeRequest(payload: unknown, site: Site, page: 'pull' | 'pulls'): Translation {
  const action = line(at(payload, 'action'), 64);
  const closed = action === 'closed';
  if (!proposing.has(action) && !closed && !movesBase(payload, action)) {
    return { ignored: `pull request action "${action}" changes no code` };
  }
  const repository = repositoryAt(toldByGithubForm(payload), site);
  const number = needed(numberOf(payload), 'pull_request.number', 'a whole number');
  if (closed) return { repository, facts: [closing(payload, repository, site, number)] };
  const head = commit(at(payload, 'pull_request', 'head', 'sha'));
  const base = commit(at(payload, 'pull_request', 'base', 'sha'));
  if (head === undefined && at(payload, 'pull_request', 'head') === undefined) {
    return { ignored: 'the pull request names no head commit: pushes to its branch are used instead' };
  }
  const fields = {
    repository: repository.id,
    source: site.source,
    number,
    title: line(at(payload, 'pull_request', 'title'), 300),
    author: line(at(payload, 'pull_request', 'user', 'login'), 200),
    head: needed(head, 'pull_request.head.sha', 'a commit id'),
    headRef: needed(branchRef(at(payload, 'pull_request', 'head', 'ref')), 'pull_request.head.ref', 'a branch name'),
    fork: isFork(payload, repository),
    base: needed(base, 'pull_request.base.sha', 'a commit id'),
    baseRef: needed(baseRefOf(payload), 'pull_request.base.ref', 'a branch name'),
    defaultBranch: defaultBranchAmong(at(payload, 'repository', 'default_branch')),
    url: `${repository.url}/${page}/${number}`,
    headAt: `refs/pull/${number}/head`,
  };
  return { repository, facts: [{ type: 'change.proposed', fields }] };
}

function closing(payload: unknown, repository: RepositoryAddress, site: Site, number: number): ScmFact {
  if (at(payload, 'pull_request', 'merged') === true)
    return { type: 'change.merged', fields: mergedFields(payload, repository, site, number) };
  const closedBy = line(at(payload, 'sender', 'login'), 200);
  return { type: 'change.abandoned', fields: { repository: repository.id, source: site.source, number, closedBy } };
}

function mergedFields(payload: unknown, repository: RepositoryAddress, site: Site, number: number): ChangeMerged {
  const head = commit(at(payload, 'pull_request', 'head', 'sha'));
  const merger = firstText(at(payload, 'pull_request', 'merged_by', 'login'), at(payload, 'sender', 'login'));
  return {
    repository: repository.id,
    source: site.source,
    number,
    commit: needed(commit(at(payload, 'pull_request', 'merge_commit_sha')), 'pull_request.merge_commit_sha', 'a commit id'),
    ...(head === undefined ? {} : { head }),
    baseRef: needed(baseRefOf(payload), 'pull_request.base.ref', 'a branch name'),
    mergedBy: line(merger, 200),
    ...ownWork(at(payload, 'pull_request', 'merged_by') ?? at(payload, 'sender'), at(payload, 'pull_request', 'user')),
  };
}

/** An edit that aims the request at another branch; other edits are words only. */
function movesBase(payload: unknown, action: string): boolean {
  return action === 'edited' && (at(payload, 'changes', 'base') !== undefined || at(payload, 'changes', 'ref') !== undefined);
}

export function numberOf(payload: unknown): number | undefined {
  return positive(at(payload, 'pull_request', 'number') ?? at(payload, 'number'));
}

function baseRefOf(payload: unknown): string | undefined {
  return branchRef(at(payload, 'pull_request', 'base', 'ref') ?? at(payload, 'pull_request', 'base_branch'));
}

/** A head whose repository is gone was a fork. */
function isFork(payload: unknown, repository: RepositoryAddress): boolean {
  const name = at(payload, 'pull_request', 'head', 'repo', 'full_name');
  return typeof name !== 'string' || name.toLowerCase() !== repository.fullName.toLowerCase();
}
