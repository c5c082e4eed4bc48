import type { RestReason } from '@throughline/contracts';

/** Why repositories rest, in words for the person who owns the source. */
export const restDetails: Readonly<Record<RestReason, string>> = {
  not_given: 'the App was not given this repository, or lost it: give it back where the App is installed',
  suspended: 'the App is suspended where it is installed',
  uninstalled: 'the App is not installed there any more',
  deleted: 'the repository was deleted at its host: what is known of it is kept until it is removed here',
  archived: 'the repository is archived: nothing is pushed there any more',
};

/** SQL: whether `repository` rests since an App lost it. */
export const lostByApp = `coalesce(repository.rest, '') in ('not_given', 'suspended', 'uninstalled')`;

/** SQL: whether `repository` of `source`, which may be none, is asked for. What an App lost a stored token may still open. */
export const isAsked = `(repository.rest is null or (${lostByApp} and source.token is not null))`;
