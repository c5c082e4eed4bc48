import { maybeTextIn, textIn, truthIn, type CiIssuerKind } from '../ci-issuer.ts';

/** Jobs of GitHub Actions, also of GitHub Enterprise Server. */
export const githubActions: CiIssuerKind = {
  name: 'github-actions',
  title: 'GitHub Actions',
  idsOfHost: true,
  job(claims) {
    const event = textIn(claims, 'event_name');
    const run = maybeTextIn(claims, 'run_id');
    return {
      repositoryId: textIn(claims, 'repository_id'),
      ownerId: textIn(claims, 'repository_owner_id'),
      repository: maybeTextIn(claims, 'repository'),
      commit: textIn(claims, 'sha'),
      ref: textIn(claims, 'ref'),
      refProtected: truthIn(claims, 'ref_protected'),
      workflow: maybeTextIn(claims, 'job_workflow_ref'),
      // Of these the ref is the base's, protected as it may be; what runs is what somebody proposes or says.
      ...(byOutsiders.has(event) ? { outside: `it runs on ${event}` } : {}),
      ...(run === undefined ? {} : { run: `run ${run}` }),
    };
  },
};

/** Events that anybody can cause, or that run with what a change request holds. */
const byOutsiders = new Set([
  ...['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment', 'workflow_run'],
  ...['issues', 'issue_comment', 'discussion', 'discussion_comment', 'fork', 'watch', 'gollum'],
]);
