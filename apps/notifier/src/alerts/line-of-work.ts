import { createHash } from 'node:crypto';

/** Where a change happens: a branch or tag of a repository, or a change request. Root of the episode that an alert tells. */
export interface LineOfWork {
  readonly repository: string;
  /** Full ref, or `#<number>` of a change request. */
  readonly line: string;
}

/** The line of work of a judged subject: the change request when there is one, else the ref. */
export function lineOf(subject: { readonly repository: string; readonly ref: string; readonly pullRequest?: number }): LineOfWork {
  return { repository: subject.repository, line: subject.pullRequest === undefined ? subject.ref : `#${subject.pullRequest}` };
}

/** All that one push leads to has one fingerprint, so that it is one alert and one message. Hex sha256. */
export function fingerprintOf(application: string, work: LineOfWork): string {
  return createHash('sha256')
    .update(JSON.stringify(['decision', application, work.repository, work.line]))
    .digest('hex');
}

/** `owner/name` of a repository id. */
export function shortRepository(repository: string): string {
  return repository.split('/').slice(1).slice(-2).join('/') || repository;
}

/** `main`, `tag v1.2`, `#482`. */
export function shortLine(line: string): string {
  if (line.startsWith('refs/heads/')) return line.slice('refs/heads/'.length);
  if (line.startsWith('refs/tags/')) return `tag ${line.slice('refs/tags/'.length)}`;
  return line;
}
