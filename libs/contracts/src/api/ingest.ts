import { Length } from 'class-validator';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';
import { commentModes, RepositoryProtection, restReasons, type CommentMode, type RestReason } from './sources.ts';

/** Answer of `POST /hooks/{source}`. */
export class WebhookReceipt {
  @Text(64) deliveryId: string;
  @Count() facts: number;
  /** Why nothing came of it. */
  @Maybe() @Text(500) ignored?: string;
}

/** `checking`: a push out of order, its origin is asked; `stale`: the origin has moved on. */
export const webhookDeliveryStatuses = ['accepted', 'ignored', 'refused', 'checking', 'stale'] as const;
export type WebhookDeliveryStatus = (typeof webhookDeliveryStatuses)[number];

/** Query of `GET /api/v1/deliveries`. */
export class WebhookDeliveryQuery extends PageQuery {
  @Maybe() @Text(64) source?: string;
  @Maybe() @OneOf(webhookDeliveryStatuses) status?: WebhookDeliveryStatus;
}

/** A fact that a delivery became. */
export class DeliveredFact {
  /** Its event id. */
  @Maybe() @Text(64) id?: string;
  @Text(100) type: string;
  @Text(1200) subject: string;
}

/** A request of a provider, and what it became. */
export class WebhookDelivery {
  @Text(64) id: string;
  @Text(64) source: string;
  @Time() receivedAt: string;
  @OneOf(webhookDeliveryStatuses) status: WebhookDeliveryStatus;
  @Maybe() @Text(500) reason?: string;
  @Maybe() @Text(64) event?: string;
  /** The provider's own id of the delivery. */
  @Maybe() @Text(128) providerId?: string;
  @ListOf(() => DeliveredFact, 1000) facts: DeliveredFact[];
  @Count() bytes: number;
}

/** One header that was kept. */
export class KeptHeader {
  @Text(64) name: string;
  @Text(512) value: string;
}

/** A delivery with what was kept of its headers. */
export class WebhookDeliveryDetail extends WebhookDelivery {
  @ListOf(() => KeptHeader, 20) headers: KeptHeader[];
  @Maybe() @Time() replayedAt?: string;
  /** The body is kept, so that it can be replayed. */
  @Flag() replayable: boolean;
}

/** Body of `POST /api/v1/repositories`. */
export class NewRepository {
  @Length(1, 2048) url: string;
  @Maybe() @Length(1, 300) name?: string;
  @Maybe() @Length(1, 100) application?: string;
}

/** Query of `GET /api/v1/repositories`. */
export class RepositoryQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(2048) repository?: string;
  @Maybe() @Text(64) source?: string;
  @Maybe() @Text(100) application?: string;
}

/** A repository that is watched. */
export class WatchedRepository {
  @Text(64) id: string;
  /** Canonical id, by which facts and findings name it. */
  @Text(1024) repository: string;
  @Text(300) name: string;
  @Text(2048) url: string;
  @Maybe() @Text(64) source?: string;
  @Text(100) application: string;
  /** It is kept, and not asked for any more. */
  @Maybe() @OneOf(restReasons) resting?: RestReason;
  @Time() createdAt: string;
}

/** Where a branch stood when it was last told. */
export class RepositoryRef {
  @Text(512) ref: string;
  @Text(64) commit: string;
  @Time() at: string;
}

/** A repository with its branches, the one that moved last first. */
export class WatchedRepositoryDetail extends WatchedRepository {
  @ListOf(() => RepositoryRef, 100) refs: RepositoryRef[];
  @Nested(() => RepositoryProtection) protection: RepositoryProtection;
}

/** Body of `POST /api/v1/repositories/{id}/scan`: the default branch when empty. */
export class NewScan {
  /** Branch or tag, short or as full ref. */
  @Maybe() @Length(1, 512) ref?: string;
  /** A commit of the ref; its head when absent. */
  @Maybe() @Text(64) commit?: string;
}

/** Answer to an asked-for scan. */
export class StartedScan {
  @Text(64) id: string;
  @OneOf(['queued']) status: 'queued';
  @Text(2048) location: string;
  @Text(1024) repository: string;
  @Text(512) ref: string;
  @Text(64) commit: string;
  /** Id of the chain that is rooted at the commit. */
  @Text(64) chain: string;
}

/** Body of `POST /internal/repositories/identify`. */
export class IdentityRequest {
  /** Address or canonical id, of any name that the repository has or had. */
  @Length(1, 2048) repository: string;
  /** Its id at the host, where whoever asks knows it. */
  @Maybe() @Length(1, 100) hostId?: string;
}

/** Who a repository is here. */
export class RepositoryIdentity {
  /** Canonical id: that under which it was first known, where it is known. */
  @Text(1024) repository: string;
  /** The host told us that it has the id that was asked for. */
  @Flag() certain: boolean;
  /** Then, by canonical ids: what its host told us that it is called, and was. */
  @Texts(51, 1024) names: string[];
}

/** Body of `POST /internal/repositories/protection`. */
export class ProtectionRequest {
  /** Canonical id. */
  @Length(1, 1024) repository: string;
}

/** Body of `POST /internal/repositories/credential`. */
export class CredentialRequest {
  @Length(1, 2048) repository: string;
  @OneOf(['clone', 'status', 'write']) purpose: 'clone' | 'status' | 'write';
  /** Branch that is to be written; needed for `write`, and must begin with `throughline/`. */
  @Maybe() @Length(1, 255) branch?: string;
}

/** How one service of ours may reach a repository for the next minutes. Not to be stored. */
export class RepositoryCredential {
  /** Name of the provider; `none` for a repository without a source. */
  @Text(64) provider: string;
  /** Address to fetch from, without credentials. */
  @Text(2048) cloneUrl: string;
  @Maybe() @Text(2048) apiUrl?: string;
  @Maybe() @Text(300) fullName?: string;
  /** Value of the `authorization` header, for the origin of `cloneUrl` or `apiUrl` only. */
  @Maybe() @Text(6000) authorization?: string;
  /** The same for the API, where `authorization` is for git. */
  @Maybe() @Text(6000) apiAuthorization?: string;
  /** It must not be used any more from then on. */
  @Maybe() @Time() expiresAt?: string;
  /** Id of the App whose credential it is: it may write check runs. */
  @Maybe() @Text(64) app?: string;
  /** `full` when absent. */
  @Maybe() @OneOf(commentModes) comments?: CommentMode;
  /** The repository is a folder of this machine below an allowed root. */
  @Maybe() @Flag() fileRoot?: boolean;
}
