import { numberOf } from './change-request.ts';
import { ownWork } from './own-work.ts';
import { at, commit, firstText, line, needed } from './payload.ts';
import type { Site, Translation } from './provider.ts';
import { repositoryAt, toldByGithubForm } from './site.ts';

/** What a review says, by its state in lower case. */
const states: Readonly<Record<string, 'approved' | 'changes_requested' | 'commented' | 'dismissed'>> = {
  approved: 'approved',
  changes_requested: 'changes_requested',
  commented: 'commented',
  dismissed: 'dismissed',
};

/** Reads a review in the form that GitHub gave it. */
export function translateReview(payload: unknown, site: Site): Translation {
  const action = line(at(payload, 'action'), 64);
  if (action === 'edited') return { ignored: 'the words of a review changed' };
  const told = action === 'dismissed' ? 'dismissed' : line(at(payload, 'review', 'state'), 64).toLowerCase();
  const state = Object.hasOwn(states, told) ? states[told] : undefined;
  if (!state) return { ignored: `review state "${told}" is not used` };
  const repository = repositoryAt(toldByGithubForm(payload), site);
  const head = commit(at(payload, 'review', 'commit_id')) ?? commit(at(payload, 'pull_request', 'head', 'sha'));
  const fields = {
    repository: repository.id,
    source: site.source,
    number: needed(numberOf(payload), 'pull_request.number', 'a whole number'),
    commit: needed(head, 'review.commit_id', 'a commit id'),
    reviewer: line(firstText(at(payload, 'review', 'user', 'login'), at(payload, 'sender', 'login')), 200),
    state,
    ...ownWork(at(payload, 'review', 'user') ?? at(payload, 'sender'), at(payload, 'pull_request', 'user')),
  };
  return { repository, facts: [{ type: 'change.reviewed', fields }] };
}
