import type { Dispatcher } from 'undici';
import type { CommentMode } from '@throughline/contracts';
import type { Outbound } from '@throughline/service';
import type { Message } from './message.ts';

/** What a rendering may depend on beside the message. */
export interface Rendering<S extends object = object> {
  readonly settings: S;
  /** Number of messages that went before in this conversation. */
  readonly earlier: number;
  /** Host name under which mail threads are named. */
  readonly host: string;
  /** When the message came about; the same at every attempt. */
  readonly at: Date;
}

/** How to reach a repository's provider; `none` for a repository without one. */
export interface ProviderCredential {
  readonly provider: string;
  readonly apiUrl?: string;
  readonly fullName?: string;
  readonly authorization?: string;
  /** Id of the App whose credential it is. */
  readonly app?: string;
  /** How much is told where everybody may read it; all when absent. */
  readonly comments?: CommentMode;
}

/** What a send may lean on. */
export interface Sending<S extends object = object, K extends object = object> {
  readonly settings: S;
  readonly secrets: K;
  /** The same at every attempt; a receiver, or a search for it, recognises a repetition by it. */
  readonly key: string;
  /** Receipt of the message before in this conversation. */
  readonly earlier?: string;
  /** When an attempt began whose end nobody saw. */
  readonly uncertainSince?: Date;
  readonly at: Date;
  readonly outbound: Outbound;
  readonly dispatcher: Dispatcher;
  credential(repository: string): Promise<ProviderCredential>;
}

/** What the receiver gave us to recognise the message by. */
export interface Receipt {
  readonly id: string;
  /** Nothing left the installation: it can be seen in the outbox. */
  readonly kept?: true;
}

/** Seconds before the second, third, … attempt; after the last one the delivery is dead. */
export type Delays = readonly number[];

/** A way to tell somebody. Describes and translates; queueing, attempts and rows are the business of deliveries. */
export interface Channel<M extends Message = Message, S extends object = object, K extends object = object, P = unknown> {
  /** Unique, kebab-case, equal to its folder. */
  readonly name: string;
  readonly takes: M['kind'];
  /** Class of the settings that people write; its decorators validate them. */
  readonly settings: new () => S;
  /** Class of the secrets, kept apart and sealed. */
  readonly secrets: new () => K;
  readonly delays: Delays;
  /** Which later messages are sent: each one that says something else, or only news (opened, worse, resolved). */
  tells(settings: S): 'changes' | 'news';
  /** Scheme, host and port that the secrets are for: when it changes, stored secrets are dropped. */
  origin(settings: S): string;
  /** Mail addresses that it writes to; the operator may limit their domains. */
  recipients?(settings: S): readonly string[];
  /** What is wrong with settings and secrets together; undefined when they serve. */
  fault(settings: S, secrets: K): string | undefined;
  /** Pure: equal arguments give the equal payload. */
  render(message: M, at: Rendering<S>): P;
  /** Throws `SendFailed`. */
  send(payload: P, context: Sending<S, K>): Promise<Receipt>;
}

/** A message that did not arrive, or of which nobody knows. */
export class SendFailed extends Error {
  constructor(
    /** `not_sent`: try again. `unknown`: it may have arrived. `refused`: no repetition helps. */
    readonly outcome: 'not_sent' | 'unknown' | 'refused',
    message: string,
    readonly retryAfterMs?: number,
    /** The receiver wants no more messages at all: the channel is switched off. */
    readonly gone = false,
  ) {
    super(message);
  }
}
