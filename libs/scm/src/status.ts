import type { CommitStatus, Verdict } from './client.ts';
import { line } from './payload.ts';

/** The name under which our check stands beside a commit; branch protection refers to it. */
export const statusContext = 'throughline';

/** States that GitHub and Gitea have in common. */
type WireState = 'pending' | 'success' | 'failure' | 'error';

/** `error` and `failure` both block where a status is required; only `success` counts as passed at either provider. */
const states: Readonly<Record<Verdict, WireState>> = {
  pending: 'pending',
  pass: 'success',
  warn: 'success',
  released: 'success',
  deny: 'failure',
  undecided: 'error',
};

/** Longest description that GitHub takes. */
const mostText = 140;

/** The body that both providers take for `POST …/statuses/{commit}`. */
export function statusBody(status: CommitStatus): Readonly<Record<string, string>> {
  return {
    state: states[status.verdict],
    context: line(status.context, 100),
    description: line(status.text, mostText),
    ...(status.url === undefined ? {} : { target_url: status.url }),
  };
}
