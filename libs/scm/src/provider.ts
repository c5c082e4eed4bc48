import type {
  ChangeAbandoned,
  ChangeMerged,
  ChangeProposed,
  ChangePushed,
  ChangeReviewed,
  Command,
  StatusPosted,
} from '@throughline/contracts';
import type { ScmApps } from './app.ts';
import type { ConnectTo, ScmClient } from './client.ts';
import type { RequestHeaders } from './headers.ts';
import type { ScmHooks } from './kept-hook.ts';
import type { RepositoryList } from './listed-repository.ts';
import type { RequiredChecks } from './required-check.ts';
import type { RuleBypasses } from './rule-bypass.ts';

/** A fact whose provider may leave some of it out: the origin is asked for the rest. */
type Untold<F, K extends keyof F> = Omit<F, K> & { readonly [T in K]?: F[T] | undefined };

/** The facts that source-code hosts may tell, by type. */
interface ScmFacts {
  'change.pushed': Untold<ChangePushed, 'defaultBranch'>;
  'change.proposed': Untold<ChangeProposed, 'base' | 'defaultBranch'>;
  'change.reviewed': ChangeReviewed;
  'change.merged': ChangeMerged;
  'change.abandoned': ChangeAbandoned;
  'status.posted': StatusPosted;
}

export type ScmFactType = keyof ScmFacts;

/** A fact as plain data: a thread can hand it over, and whoever publishes it makes the instance. */
export type ScmFact = { [T in ScmFactType]: { readonly type: T; readonly fields: ScmFacts[T] } }[ScmFactType];

/** Commands of one comment, and who wrote it as the host authenticated them. */
export interface GivenCommands {
  readonly number: number;
  /** Id of the comment; only its host understands it. */
  readonly comment: string;
  /** Id of the account that never changes. */
  readonly account: string;
  readonly login: string;
  readonly commands: readonly Command[];
}

/** What a host says has changed about what an App of ours may see; what is so now, the host is asked. */
export interface ToldReach {
  /** Id of the installation that it is about. */
  readonly installation: string;
  /** Id of the App, where it is told. */
  readonly app?: string;
  /** The organisation or person that has it installed. */
  readonly account: string;
  /** Full names of repositories that it has no more, the first thousand. */
  readonly lost: readonly string[];
  /** Full names of those that are gone at the host altogether. */
  readonly deleted: readonly string[];
  /** The repository that has another name now, by its id at the host, and its full name before. */
  readonly renamed?: { readonly id: string; readonly former: string };
}

/** What a verified webhook request became: facts about one repository, or a stated reason why nothing. */
export type Translation =
  | {
      readonly repository: RepositoryAddress;
      readonly facts: readonly ScmFact[];
      /** When it happened by the provider's clock, where it tells. */
      readonly saidAt?: string;
      /** What somebody asks for in a comment; who may is not known here. */
      readonly given?: GivenCommands;
      /** It says only what the repository is called now: its host is asked. */
      readonly renaming?: true;
      /** The words alone do not count: nothing signs them, or their ids are cut short. The server is asked first. */
      readonly unsure?: boolean;
    }
  | {
      readonly ignored: string;
      /** It says nothing of code, but of what we may see of it. */
      readonly reach?: ToldReach;
    };

/** An installation of a provider, as the source that stands for it is configured. */
export interface Site {
  /** Id of the source; facts name it. */
  readonly source: string;
  /** Address below which the repositories lie, `https://git.example`. */
  readonly baseUrl: string;
}

/** A repository at a site: its canonical id, its name there and its web address. */
export interface RepositoryAddress {
  readonly id: string;
  readonly fullName: string;
  readonly url: string;
  /** The canonical id of what it is called now, where it is known by the one that it had first. */
  readonly called?: string;
  /** Its id at the host, as it was told: it stays whatever the repository is called. */
  readonly hostId?: string;
}

/**
 * What the repository with an id is called now; undefined for one that its host does not show to us. A host that cannot be asked
 * by the id is asked whether the one that has the full name is it. Throws `ScmCallFailed`.
 */
export type NameLookup = (to: ConnectTo, asked: { readonly hostId: string; readonly fullName: string }) => Promise<string | undefined>;

/** Which delivery a request is and what it reports. */
export interface Arrival {
  readonly deliveryId: string;
  readonly event: string;
}

/** A request that is signed but cannot be used. The message is for the person who set the webhook up. */
export class WebhookRefused extends Error {
  readonly code: 'another_provider' | 'missing_header' | 'malformed' | 'foreign_origin';

  constructor(code: WebhookRefused['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** How a provider signs, names and words its requests. Pure: no I/O, the time is told. */
export interface ScmWebhook {
  /** Request headers that say something and hold no credential; the others are not kept. */
  readonly keptHeaders: readonly string[];
  /** Events whose bodies are never legitimately equal: an equal one under a new delivery id is a replay. */
  readonly unrepeatable: readonly string[];
  /** Index of the secret that signed the raw body; undefined when none did. Takes the same time for any secret. */
  verify(headers: RequestHeaders, rawBody: Uint8Array, secrets: readonly string[], now: number): number | undefined;
  /** Nothing proves the body, only who sends it: what it says is looked at, and its source needs a scope. */
  readonly unsigned?: boolean;
  /** Throws `WebhookRefused` for another provider's request. */
  arrival(headers: RequestHeaders, payload: unknown): Arrival;
  /** The base address that a payload speaks of; undefined when it names none. To be believed only while no credential is stored. */
  siteOf(payload: unknown): string | undefined;
  /** Throws `WebhookRefused` for a payload that cannot be trusted or read. */
  translate(event: string, payload: unknown, site: Site): Translation;
}

export type CredentialPurpose = 'clone' | 'api';

/** A source-code host: what it tells us and how it is answered. */
export interface ScmProvider {
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  /** Facts that it may produce; the caller drops any other. */
  readonly facts: readonly ScmFactType[];
  /** The base address where there is one for everybody. */
  readonly baseUrl?: string;
  /** Where a token without an address belongs, at a provider whose payloads tell the base address. */
  readonly publicUrl?: string;
  readonly webhook: ScmWebhook;
  /** A secret in the form that the provider wants; any 256 bits as text when absent. */
  newSecret?(): string;
  /** Where a repository below a base address is cloned from. */
  cloneUrl(baseUrl: string, fullName: string): string;
  /** API address that belongs to a base address. */
  apiUrl(baseUrl: string): string;
  /** Value of the `authorization` header for a token. */
  authorization(token: string, purpose: CredentialPurpose): string;
  connect(to: ConnectTo): ScmClient;
  /** The facts that the server bears out, with ids in full; for those that were told unsurely. Throws `ScmCallFailed`. */
  confirm?(to: ConnectTo, fullName: string, facts: readonly ScmFact[]): Promise<readonly ScmFact[]>;
  /** Whether the server has the comment that was told unsurely, as it was told. Throws `ScmCallFailed`. */
  confirmGiven?(to: ConnectTo, fullName: string, given: GivenCommands): Promise<boolean>;
  /** Where its API tells repositories by their ids. */
  readonly nameOf?: NameLookup;
  /** The repositories of an organisation, where its API lists them. */
  repositories?(to: ConnectTo): RepositoryList;
  /** How many calls a token may make in an hour, where that is few: what is done again and again takes half of it. */
  readonly callsPerHour?: number;
  /** Apps that act in their own name, where it has them. */
  readonly apps?: ScmApps;
  /** Its webhooks, where a token may manage them. */
  hooks?(to: ConnectTo): ScmHooks;
  /** What it requires of changes, where a token may read that. */
  requiredChecks?(to: ConnectTo): RequiredChecks;
  /** What it keeps of rules that were passed over, where a token may read that. */
  ruleBypasses?(to: ConnectTo): RuleBypasses;
}
