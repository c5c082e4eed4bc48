import type { Dispatcher } from 'undici';

/** Where an API lives and what opens it. The credential is sent to the origin of `apiUrl` and nowhere else. */
export interface ConnectTo {
  readonly apiUrl: string;
  /** Value of the `authorization` header. */
  readonly authorization?: string;
  /** Id of the App that the credential belongs to. */
  readonly app?: string;
  /** Milliseconds for a whole call; 10,000 by default. */
  readonly timeoutMs?: number;
  /** Connects where the caller allows it; undici's own otherwise. */
  readonly dispatcher?: Dispatcher;
}

/**
 * How a commit was judged. Only `pass` and `warn`, and `released`, which people answer for, may become a state that the provider
 * counts as passed.
 */
export const verdicts = ['pending', 'pass', 'warn', 'deny', 'undecided', 'released'] as const;
export type Verdict = (typeof verdicts)[number];

/** One line beside a commit at its provider. */
export interface CommitStatus {
  readonly verdict: Verdict;
  /** Name under which it is shown; the same name replaces the former status. */
  readonly context: string;
  /** Cut to 140 characters. */
  readonly text: string;
  readonly url?: string;
}

/** A branch of ours that wants to be merged. */
export interface NewChangeRequest {
  /** Short name of the branch. */
  readonly branch: string;
  /** Short name of the branch that it is for. */
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** Where people find it. */
export interface OpenChangeRequest {
  readonly number: number;
  readonly url: string;
}

/** What we do with change requests of our own branches. All methods throw `ScmCallFailed`. */
export interface ChangeRequests {
  /** The open one from this branch to this base where there is one, else a new one: asking twice opens one. */
  open(fullName: string, wanted: NewChangeRequest): Promise<OpenChangeRequest>;
  /** Replaces title and text. */
  describe(fullName: string, number: number, told: Pick<NewChangeRequest, 'title' | 'text'>): Promise<void>;
  /** Closes it without merging; one that is closed or merged stays so. */
  close(fullName: string, number: number): Promise<void>;
}

/** A comment as its host keeps it; only that host understands the id. */
export interface FoundComment {
  readonly id: string;
  readonly text: string;
}

/** Longest comment that every host takes: Bitbucket's 32,768 characters are the least. */
export const mostCommentText = 32_000;

/** What we say below change requests. All methods throw `ScmCallFailed`. */
export interface Comments {
  /** The first of our own with this text in it. None where the token may not say whose it is: others could copy the text. */
  find(fullName: string, number: number, marker: string): Promise<FoundComment | undefined>;
  /** Answers its id. */
  add(fullName: string, number: number, text: string): Promise<string>;
  /** False for one that is not there any more. */
  edit(fullName: string, number: number, id: string, text: string): Promise<boolean>;
}

/** A place in the code, and what is to be said about it. */
export interface CheckAnnotation {
  /** Below the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly level: 'failure' | 'warning';
  readonly title: string;
  readonly text: string;
}

/** A judgement with all that it says, as a run of a check. */
export interface CheckRun {
  readonly commit: string;
  readonly name: string;
  /** Of the judgement: said again, it is the same run. */
  readonly externalId: string;
  readonly verdict: Verdict;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly url?: string;
  readonly annotations: readonly CheckAnnotation[];
}

/** Runs of checks, which only Apps may write. All methods throw `ScmCallFailed`. */
export interface Checks {
  /** Answers the id of the run. */
  put(fullName: string, run: CheckRun): Promise<string>;
}

/** What we ask of a provider's API. All methods throw `ScmCallFailed`. */
export interface ScmClient {
  setStatus(fullName: string, commit: string, status: CommitStatus): Promise<void>;
  /** The commit that a branch or tag (full ref) points to; undefined when there is no such ref. */
  head(fullName: string, ref: string): Promise<string | undefined>;
  /** Absent where the provider has none, or we do not know how. */
  readonly changeRequests?: ChangeRequests;
  /** Absent alike. */
  readonly comments?: Comments;
  /** Only with the credential of an App. */
  readonly checks?: Checks;
}

/** A call that the provider did not answer as asked. `retryable` says whether it may go better later. */
export class ScmCallFailed extends Error {
  readonly code = 'scm_call_failed';
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** The beginning of the answer: foreign text, not to be shown. */
  said?: string;

  constructor(message: string, retryable: boolean, status?: number, retryAfterMs?: number) {
    super(message);
    this.retryable = retryable;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}
