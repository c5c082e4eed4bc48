import { IsObject, Length, Matches, MinLength } from 'class-validator';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';

/** What a source may speak about: globs over `owner/name` or `host/owner/name`; `*` within a part, `**` over parts. */
export class SourceScope {
  @Maybe() @Texts(200, 300) repositories?: string[];
}

/** How much is told below change requests and at the lines, where everybody may read it. */
export const commentModes = ['full', 'summary', 'none'] as const;
export type CommentMode = (typeof commentModes)[number];

/** How a source is answered. The token is write-only and ends when one of the addresses gets another origin. */
export class SourceSettings {
  /** Address below which the repositories lie; taken from the first signed delivery when absent. */
  @Maybe() @Text(2048) baseUrl?: string;
  /** The provider's usual one below `baseUrl` when absent. */
  @Maybe() @Text(2048) apiUrl?: string;
  /** Where to clone from instead, with `{fullName}`, `{owner}` and `{name}`: `http://mirror.example/{fullName}.git`. */
  @Maybe() @Text(2048) cloneUrl?: string;
  @Maybe() @Length(1, 4096) token?: string;
  /** Opens branches and change requests of approved fixes, and nothing else is done with it; write-only, ends like the token. */
  @Maybe() @Length(1, 4096) writeToken?: string;
  /** Webhooks are made at the repositories of the source with the token, and kept right. */
  @Maybe() @Flag() hooks?: boolean;
  /** `full` when absent; `summary` names no finding, for repositories that strangers read; `none` writes no comment. */
  @Maybe() @OneOf(commentModes) comments?: CommentMode;
}

/** Body of `POST /api/v1/sources`. */
export class NewSource {
  @Text(64) kind: string;
  @Length(1, 100) name: string;
  /** Generated when absent. */
  @Maybe() @Text(256) @MinLength(6) secret?: string;
  @Maybe() @Nested(() => SourceScope) scope?: SourceScope;
  @Maybe() @Nested(() => SourceSettings) settings?: SourceSettings;
}

/** Body of `PATCH /api/v1/sources/{id}`: what is absent stays; `scope` and each setting are replaced, empty text removes a setting. */
export class SourceChange {
  @Maybe() @Length(1, 100) name?: string;
  @Maybe() @Nested(() => SourceScope) scope?: SourceScope;
  @Maybe() @Nested(() => SourceSettings) settings?: SourceSettings;
}

/** Body of `POST /api/v1/sources/{id}/secrets`. */
export class NewSourceSecret {
  @Maybe() @Text(256) @MinLength(6) secret?: string;
}

/** Settings as they are shown: whether there is a token, never the token. */
export class SourceSettingsShown {
  @Maybe() @Text(2048) baseUrl?: string;
  @Maybe() @Text(2048) apiUrl?: string;
  @Maybe() @Text(2048) cloneUrl?: string;
  @Flag() token: boolean;
  @Maybe() @Flag() writeToken?: boolean;
  @Maybe() @Flag() hooks?: boolean;
  /** Page of the App that acts for it at the host. */
  @Maybe() @Text(2048) app?: string;
  /** Other than `full`. */
  @Maybe() @OneOf(commentModes) comments?: CommentMode;
}

/** Body of `POST /api/v1/sources/{id}/app`. */
export class NewSourceApp {
  /** How it is called at the host, where names are unique; `Throughline <name of the source>` when absent. */
  @Maybe() @Length(1, 34) name?: string;
  /** Organisation that will own it; the person who is signed in at the host when absent. */
  @Maybe() @Matches(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/) organisation?: string;
  /** It may write branches and change requests with approved fixes. */
  @Maybe() @Flag() fixes?: boolean;
}

/** An App that is being made. */
export class BegunSourceApp {
  /** To be opened in a browser; the host leads back from there by itself. */
  @Text(2048) page: string;
  /** What the page sends, and where to. */
  @Text(2048) creationUrl: string;
  @IsObject() manifest: object;
  @Time() expiresAt: string;
}

/** Query with which a host leads back. */
export class MadeSourceAppQuery {
  @Matches(/^[\w-]{1,100}$/) code: string;
  @Matches(/^[\w-]{43}$/) state: string;
}

/** A webhook that could not be made or kept right. */
export class HookFault {
  @Text(1024) repository: string;
  /** What the host answered, and what may help. */
  @Text(500) detail: string;
  @Time() at: string;
}

/** How the webhooks are that a source keeps. */
export class SourceHooks {
  /** Repositories whose webhook is as it should be. */
  @Count() kept: number;
  /** Repositories that were not looked at yet. */
  @Count() waiting: number;
  @ListOf(() => HookFault, 50) faults: HookFault[];
}

/** Whether default branches take changes only with our check, and only from us. */
export class SourceProtection {
  /** Repositories where that is so. */
  @Count() required: number;
  /** Repositories that were not looked at yet. */
  @Count() waiting: number;
  @ListOf(() => HookFault, 50) faults: HookFault[];
}

/**
 * What the default branch of a repository requires of changes. `right`: our check, and where the host knows Apps, from ours only;
 * `not_required`: nothing asks for it; `anybody`: whoever may write can say that it passed; `another_app`: what we say does not
 * count; `passed_over`: some get changes in without it; `unknown`: the host did not say; `waiting`: it was not looked at yet; `not_looked`: there is nothing to look with.
 */
export const protectionStates = [
  'right',
  'not_required',
  'anybody',
  'another_app',
  'passed_over',
  'unknown',
  'waiting',
  'not_looked',
] as const;
export type ProtectionState = (typeof protectionStates)[number];

/** How the protection of a default branch stands. */
export class RepositoryProtection {
  @OneOf(protectionStates) state: ProtectionState;
  @Maybe() @Text(255) branch?: string;
  /** Kind of the source, by whose settings it is put right. */
  @Maybe() @Text(64) host?: string;
  /** What is wrong, or why it is not looked at. */
  @Maybe() @Text(500) detail?: string;
  /** When it was looked at last. */
  @Maybe() @Time() at?: string;
}

/** Why a repository is not asked for: its App lost it, or its host has nothing new of it. */
export const restReasons = ['not_given', 'suspended', 'uninstalled', 'deleted', 'archived'] as const;
export type RestReason = (typeof restReasons)[number];

/** A repository that is kept with all that is known of it, and not asked for any more. */
export class RestingRepository {
  @Text(1024) repository: string;
  @OneOf(restReasons) reason: RestReason;
  /** The same in words, and what may help. */
  @Text(500) detail: string;
  @Time() since: string;
}

/** An App of a source where it is installed. */
export class SourceInstallation {
  /** Its id at the host. */
  @Text(64) installation: string;
  /** The organisation or person that has it installed. */
  @Text(300) account: string;
  @OneOf(['active', 'suspended', 'removed']) state: 'active' | 'suspended' | 'removed';
  /** Repositories that it was given. */
  @Count() given: number;
  /** The organisation was connected: what the App is given more of it is connected, too. */
  @Flag() connected: boolean;
  /** Why it could not be asked for what it may see. */
  @Maybe() @Text(500) fault?: string;
  /** Since when it is in this state. */
  @Time() since: string;
}

/** What a source may see at its host. */
export class SourceReach {
  @ListOf(() => SourceInstallation, 100) installations: SourceInstallation[];
  /** How many repositories are not asked for. */
  @Count() resting: number;
  /** The first of them. */
  @ListOf(() => RestingRepository, 50) repositories: RestingRepository[];
}

/** Query of a write that may only say what it would do. */
export class DryRunQuery {
  @Maybe() @OneOf(['true', 'false']) dryRun?: 'true' | 'false';
}

/** Answer of `DELETE /api/v1/sources/{id}?dryRun=true`: what would go with the source. */
export class SourceRemoval {
  @Count() repositories: number;
  @Count() deliveries: number;
}

/** Body of `POST /api/v1/sources/{id}/connect`. */
export class OrganisationWanted {
  /** An organisation, group, workspace or project, or a person, as the host calls it. */
  @Length(1, 300) organisation: string;
  /** Globs like those of a scope; all when absent. */
  @Maybe() @Texts(200, 300) include?: string[];
  @Maybe() @Texts(200, 300) exclude?: string[];
}

/** A repository that was not connected. */
export class LeftOutRepository {
  @Text(300) name: string;
  @OneOf(['not_included', 'excluded', 'out_of_scope', 'archived', 'removed_here'])
  reason: 'not_included' | 'excluded' | 'out_of_scope' | 'archived' | 'removed_here';
}

/** Answer to a connected organisation. */
export class OrganisationConnected {
  /** Repositories that the host lists. */
  @Count() found: number;
  /** New here; each is looked at once, after all that somebody waits for, and nobody is told of what is found. */
  @Count() connected: number;
  /** Known before. */
  @Count() known: number;
  /** The first of those that were left out, and why. */
  @ListOf(() => LeftOutRepository, 1000) leftOut: LeftOutRepository[];
}

/** A secret as it is shown after its first time. */
export class SourceSecretShown {
  @Text(64) id: string;
  @Time() createdAt: string;
}

/** A source of facts. */
export class Source {
  @Text(64) id: string;
  @Text(64) kind: string;
  @Text(100) name: string;
  /** Where the provider sends its webhooks. */
  @Text(2048) url: string;
  @Nested(() => SourceScope) scope: SourceScope;
  @Nested(() => SourceSettingsShown) settings: SourceSettingsShown;
  @ListOf(() => SourceSecretShown, 2) secrets: SourceSecretShown[];
  /** Types of fact that its kind may produce. */
  @Texts(50, 64) facts: string[];
  /** Of a single source that keeps webhooks. */
  @Maybe() @Nested(() => SourceHooks) hooks?: SourceHooks;
  /** Of a single source that has a token or an App, where its host tells what it requires. */
  @Maybe() @Nested(() => SourceProtection) protection?: SourceProtection;
  /** Of a single source whose App was installed, or of which repositories rest. */
  @Maybe() @Nested(() => SourceReach) reach?: SourceReach;
  @Time() createdAt: string;
}

/** Answer to a new source: the only time that the secret is shown. */
export class CreatedSource extends Source {
  @Text(256) secret: string;
}

/** Answer to a new secret: the only time that it is shown. The one before stays valid until the next. */
export class CreatedSourceSecret {
  @Text(64) id: string;
  @Text(256) secret: string;
  @Count(1) active: number;
}
