import { createHash } from 'node:crypto';
import type { CommitStatus, Verdict } from '../client.ts';
import { line } from '../payload.ts';

/** Where builds must succeed, all but `SUCCESSFUL` stops a merge; `STOPPED` and `CANCELLED` are not the same everywhere. */
const states: Readonly<Record<Verdict, string>> = {
  pending: 'INPROGRESS',
  pass: 'SUCCESSFUL',
  warn: 'SUCCESSFUL',
  released: 'SUCCESSFUL',
  deny: 'FAILED',
  undecided: 'FAILED',
};
const mostText = 255;
const longestKey = 40;

/** The body of a build status, the same for Cloud and Data Center; both insist on an address. */
export function buildStatus(status: CommitStatus, commitPage: string): Readonly<Record<string, string>> {
  return {
    key: keyOf(status.context),
    state: states[status.verdict],
    name: line(status.context, 100),
    description: line(status.text, mostText),
    url: status.url ?? commitPage,
  };
}

/** The same name has the same key, and a long one does not lose what tells it from others. */
export function keyOf(context: string): string {
  if (context.length <= longestKey) return context;
  const digest = createHash('sha256').update(context).digest('hex').slice(0, 12);
  return `${context.slice(0, longestKey - 1 - digest.length).replace(/\p{Cs}$/u, '')}-${digest}`;
}
