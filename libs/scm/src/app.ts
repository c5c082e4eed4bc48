import type { ConnectTo } from './client.ts';
import type { ListedRepository } from './listed-repository.ts';

/** What an App's token is for; it may do no more than that. */
export type AppTokenPurpose = 'clone' | 'status' | 'write' | 'list';

/** An App that is to be made at a host. */
export interface NewApp {
  /** Shown on all that it does. */
  readonly name: string;
  /** Page of the platform. */
  readonly url: string;
  /** Where it sends its webhooks. */
  readonly hookUrl: string;
  /** Where the host leads back to when it was made. */
  readonly redirectUrl: string;
  /** It may open branches and change requests with fixes. */
  readonly fixes: boolean;
}

/** An App that was made: the only time that its host tells key and secret. */
export interface MadeApp extends AppIdentity {
  /** Signs its webhooks. */
  readonly secret: string;
  /** Its page at the host, below which it is installed. */
  readonly url: string;
}

/** Who an App is, and what proves it: a private key, as PEM. */
export interface AppIdentity {
  readonly id: string;
  readonly key: string;
}

/** What a token opens: one repository, or all that an App was given of an organisation. */
export type AppTokenPlace = { readonly fullName: string } | { readonly organisation: string };

/** A repository that an App was given. */
export interface GivenRepository extends ListedRepository {
  /** Its id at the host, which stays whatever it is called. */
  readonly id: string;
}

/** Where an App is installed. */
export interface InstalledAt {
  /** Its id at the host. */
  readonly installation: string;
  /** The organisation or person that has it installed. */
  readonly account: string;
}

/** What an installation of an App may see now. */
export type AppReach =
  | { readonly state: 'removed' }
  | { readonly state: 'suspended'; readonly account: string }
  | { readonly state: 'active'; readonly account: string; readonly repositories: readonly GivenRepository[] };

/** Apps of a host: they are installed at repositories, and their tokens end by themselves. All methods throw `ScmCallFailed`. */
export interface ScmApps {
  /** Where a browser posts the manifest, as field `manifest`; of an organisation, or of the person who is signed in. */
  creationUrl(baseUrl: string, organisation: string | undefined, state: string): string;
  manifest(wanted: NewApp): object;
  /** The App behind the code that the host leads back with; a code works once. */
  exchange(to: ConnectTo, code: string): Promise<MadeApp>;
  /** A token for one purpose at one place; undefined where the App is not installed. */
  token(to: ConnectTo, app: AppIdentity, place: AppTokenPlace, purpose: AppTokenPurpose): Promise<string | undefined>;
  /** Where an App is installed, the first thousand. */
  installations(to: ConnectTo, app: AppIdentity): Promise<readonly InstalledAt[]>;
  /** All that an installation may see, or why it is nothing. */
  reach(to: ConnectTo, app: AppIdentity, installation: string): Promise<AppReach>;
}
