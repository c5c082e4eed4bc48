import { ownWork } from '../own-work.ts';
import { at, branchRef, commit, commitOrShort, firstText, line, needed, positive } from '../payload.ts';
import type { RepositoryAddress, ScmFact, Site, Translation } from '../provider.ts';
import { cloudRepository } from './told.ts';

/** What a review says, by its event, and where in the payload the reviewer is. */
const reviews: Readonly<Record<string, readonly ['approved' | 'changes_requested' | 'dismissed', string]>> = {
  'pullrequest:approved': ['approved', 'approval'],
  'pullrequest:unapproved': ['dismissed', 'approval'],
  'pullrequest:changes_request_created': ['changes_requested', 'changes_request'],
  'pullrequest:changes_request_removed': ['dismissed', 'changes_request'],
};

/** Reads a pull request of Bitbucket Cloud, whose commit ids are cut to twelve digits: the server is asked for the rest. */
export function translateCloudPullRequest(event: string, payload: unknown, site: Site): Translation {
  const told = toldOf(event);
  if (told === undefined) return { ignored: `event "${event}" changes no code` };
  const repository = cloudRepository(payload, site);
  const { fact, ids } = told(payload, repository, site);
  return { repository, facts: [fact], unsure: ids.some((id) => commit(id) === undefined) };
}

/** A fact, and the commit ids in it that may be cut short. */
interface ToldFact {
  readonly fact: ScmFact;
  readonly ids: readonly string[];
}

type Told = (payload: unknown, repository: RepositoryAddress, site: Site) => ToldFact;

function toldOf(event: string): Told | undefined {
  if (event === 'pullrequest:created' || event === 'pullrequest:updated') return proposal;
  if (event === 'pullrequest:fulfilled') return merge;
  if (event === 'pullrequest:rejected') return decline;
  const review = Object.hasOwn(reviews, event) ? reviews[event] : undefined;
  return review && ((payload, repository, site) => reviewed(payload, commonOf(payload, repository, site), review));
}

function commonOf(payload: unknown, repository: RepositoryAddress, site: Site) {
  const number = needed(positive(at(payload, 'pullrequest', 'id')), 'pullrequest.id', 'a whole number');
  return { repository: repository.id, source: site.source, number };
}

const proposal: Told = (payload, repository, site) => {
  const common = commonOf(payload, repository, site);
  const request = at(payload, 'pullrequest');
  const head = idAt(payload, 'source');
  // A source branch that was deleted has no commit any more, which a request that is open always has.
  const base = commitOrShort(at(request, 'destination', 'commit', 'hash'));
  const fields = {
    ...common,
    title: line(at(request, 'title'), 300),
    author: personOf(at(request, 'author')),
    head,
    headRef: needed(branchRef(at(request, 'source', 'branch', 'name')), 'pullrequest.source.branch.name', 'a branch name'),
    fork: isFork(request, repository),
    base,
    baseRef: baseRefOf(request),
    url: `${repository.url}/pull-requests/${common.number}`,
  };
  return { fact: { type: 'change.proposed', fields }, ids: [head, ...(base === undefined ? [] : [base])] };
};

const merge: Told = (payload, repository, site) => {
  const request = at(payload, 'pullrequest');
  const id = needed(commitOrShort(at(request, 'merge_commit', 'hash')), 'pullrequest.merge_commit.hash', 'a commit id');
  const mergedBy = personOf(at(request, 'closed_by')) || personOf(at(payload, 'actor'));
  const own = ownWork(at(request, 'closed_by') ?? at(payload, 'actor'), at(request, 'author'));
  // One that is cut short would have to be asked for: the head that was proposed last is known in full.
  const head = commit(at(request, 'source', 'commit', 'hash'));
  const told = { commit: id, ...(head === undefined ? {} : { head }), baseRef: baseRefOf(request), mergedBy };
  const fields = { ...commonOf(payload, repository, site), ...told, ...own };
  return { fact: { type: 'change.merged', fields }, ids: [id] };
};

const decline: Told = (payload, repository, site) => {
  const closedBy = personOf(at(payload, 'pullrequest', 'closed_by')) || personOf(at(payload, 'actor'));
  return { fact: { type: 'change.abandoned', fields: { ...commonOf(payload, repository, site), closedBy } }, ids: [] };
};

function reviewed(
  payload: unknown,
  common: ReturnType<typeof commonOf>,
  [state, place]: readonly ['approved' | 'changes_requested' | 'dismissed', string],
): ToldFact {
  const id = idAt(payload, 'source');
  const reviewer = personOf(at(payload, place, 'user')) || personOf(at(payload, 'actor'));
  const own = ownWork(at(payload, place, 'user') ?? at(payload, 'actor'), at(payload, 'pullrequest', 'author'));
  return { fact: { type: 'change.reviewed', fields: { ...common, commit: id, reviewer, state, ...own } }, ids: [id] };
}

function idAt(payload: unknown, side: string): string {
  const id = commitOrShort(at(payload, 'pullrequest', side, 'commit', 'hash'));
  return needed(id, `pullrequest.${side}.commit.hash`, 'a commit id');
}

function baseRefOf(request: unknown): string {
  return needed(branchRef(at(request, 'destination', 'branch', 'name')), 'pullrequest.destination.branch.name', 'a branch name');
}

function personOf(account: unknown): string {
  return line(firstText(...['nickname', 'username', 'display_name'].map((name) => at(account, name))), 200);
}

/** A head whose repository is gone was a fork. */
function isFork(request: unknown, repository: RepositoryAddress): boolean {
  const name = at(request, 'source', 'repository', 'full_name');
  return typeof name !== 'string' || name.toLowerCase() !== repository.fullName.toLowerCase();
}
