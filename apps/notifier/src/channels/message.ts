import { sha256, type Priority, type Severity } from '@throughline/contracts';

/** A piece of a line. `text` is raw, foreign or not: whoever shows it encodes it for its sink. */
export interface Span {
  readonly text: string;
  readonly as?: 'strong' | 'code';
  readonly href?: string;
}

export type Line = readonly Span[];

/** A titled list of lines. */
export interface Section {
  readonly title: string;
  readonly numbered?: boolean;
  readonly lines: readonly Line[];
}

export interface Link {
  readonly text: string;
  readonly href: string;
}

/** What people are told about an alert, the same for every channel. */
export interface AlertMessage {
  readonly kind: 'alert';
  readonly alert: string;
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly priority: Priority;
  readonly severity: Severity;
  readonly application: string;
  /** The same over the whole life of the alert: mail threads hang on it. */
  readonly subject: string;
  /** What and where, in one line. */
  readonly headline: string;
  /** What the telephone shows. */
  readonly summary: string;
  /** Since when, how many, for whom. */
  readonly standing: Line;
  readonly sections: readonly Section[];
  /** Marks of the moment (commit, age of data): may differ without the message being a new one. */
  readonly footer: Line;
  readonly links: readonly Link[];
  /** Where it is told in full; absent when it was sent to try a channel. */
  readonly page?: string;
  readonly since: string;
  /** It is no alert, but tells something once: what, for programs. */
  readonly notice?: 'exception.ending' | 'exception.ended';
  /** Sent to try a channel: nothing happened. */
  readonly trial?: true;
}

/** A place in the code that a decision names. */
export interface NamedPlace {
  readonly path: string;
  readonly line: number;
  readonly blocks: boolean;
  readonly title: string;
  readonly text: string;
}

/** What a run of a check says beside a commit status. */
export interface CheckReport {
  /** The same as long as it is the same judgement. */
  readonly key: string;
  readonly report: CommentMessage;
  readonly places: readonly NamedPlace[];
}

/** What the provider is told about a commit. */
export interface StatusMessage {
  readonly kind: 'status';
  readonly repository: string;
  readonly commit: string;
  readonly application: string;
  /** `released`: nobody could judge it, and two persons let it pass meanwhile. */
  readonly state: 'pending' | 'passed' | 'blocked' | 'undecided' | 'released';
  readonly description: string;
  readonly link: string;
  /** Absent while nothing is decided. */
  readonly check?: CheckReport;
  /** By which it passes unjudged. */
  readonly release?: string;
  /** Somebody else wrote under our name: what they wrote is replaced in kind, beside a check run, too. */
  readonly contested?: true;
}

/** One thing that a developer has to do, or may look at. */
export interface CommentItem {
  /** By which people name it in commands; it means the same as long as the change request is open. */
  readonly number?: number;
  readonly title: Line;
  readonly lines: readonly Line[];
}

/** What a developer reads below a change request: only what the change adds. */
export interface CommentMessage {
  readonly kind: 'comment';
  readonly repository: string;
  readonly commit: string;
  readonly application: string;
  /** Of the change request. */
  readonly number: number;
  /** `clean`: nothing to say, but that what was said before is over. `answer`: to commands of somebody. */
  readonly state: 'blocked' | 'noted' | 'undecided' | 'clean' | 'answer';
  /** Id of the comment that is answered. */
  readonly answers?: string;
  readonly headline: string;
  readonly items: readonly CommentItem[];
  /** What does not count, what was left out, what else there is to know. */
  readonly remarks: readonly Line[];
  /** Marks of the moment: may differ without the comment being a new one. */
  readonly footer: Line;
}

export type Message = AlertMessage | StatusMessage | CommentMessage;

/** The message in one line. */
export function titleOf(message: Message): string {
  return message.kind === 'status' ? message.description : message.headline;
}

/** A line out of words of ours and pieces. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts.filter((part) => part !== '').map((part) => (typeof part === 'string' ? { text: part } : part));
}

export const strong = (text: string): Span => ({ text, as: 'strong' });
export const code = (text: string): Span => ({ text, as: 'code' });
export const linked = (text: string, href: string): Span => ({ text, href });

/** The words of a line without any style. */
export function wordsOf(spans: Line): string {
  return spans.map((span) => span.text).join('');
}

function saidBy(message: Message): object {
  if (message.kind === 'alert') return { ...message, footer: undefined, links: undefined, page: undefined };
  if (message.kind === 'comment') return { ...message, footer: undefined };
  const { check } = message;
  return { ...message, link: undefined, check: check && { places: check.places, report: saidBy(check.report) } };
}

/** Digest of what a message says: equal digests are one message, whatever decision or data of the day stands below it. */
export function contentDigest(message: Message): string {
  return sha256(JSON.stringify(saidBy(message)));
}

/** What makes a message worth a new one where an old one cannot be edited. */
export function newsOf(message: Message): string {
  return message.kind === 'alert' ? `${message.state === 'resolved' ? 'resolved' : 'open'} ${message.priority}` : contentDigest(message);
}
