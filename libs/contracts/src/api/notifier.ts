import { ArrayMinSize, IsObject, Length, Matches } from 'class-validator';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { priorities, type Priority } from '../events/alert.ts';
import { severities, type Severity } from '../events/finding.ts';
import { PageQuery } from '../paging.ts';

export const alertStates = ['open', 'acknowledged', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** Query of `GET /api/v1/alerts`. */
export class AlertQuery extends PageQuery {
  /** One or several of open, acknowledged, resolved, separated by commas. */
  @Maybe() @Matches(/^(?:open|acknowledged|resolved)(?:,(?:open|acknowledged|resolved))*$/) state?: string;
  @Maybe() @Text(100) application?: string;
  /** Any spelling of the clone URL. */
  @Maybe() @Text(2048) repository?: string;
  @Maybe() @Text(64) commit?: string;
}

/** An alert in a list. */
export class Alert {
  @Text(64) id: string;
  @Text(64) fingerprint: string;
  @Text(64) kind: string;
  @OneOf(alertStates) state: AlertState;
  @OneOf(priorities) priority: Priority;
  @OneOf(severities) severity: Severity;
  @Text(300) title: string;
  @Text(100) application: string;
  @Text(1024) repository: string;
  /** Full ref, or `#<number>` of a change request. */
  @Text(512) line: string;
  @Text(64) commit: string;
  @Text(64) chain: string;
  @Time() since: string;
  @Time() updatedAt: string;
  @Maybe() @Text(200) acknowledgedBy?: string;
  @Maybe() @Time() resolvedAt?: string;
  @Maybe() @Text(500) resolution?: string;
  /** Its page. */
  @Text(2048) url: string;
}

/** A titled list of lines of an alert's message. */
export class AlertSection {
  @Text(200) title: string;
  @Texts(100, 4000) lines: string[];
}

export class AlertLink {
  @Text(100) text: string;
  @Text(2048) href: string;
}

export class AlertComment {
  @Text(64) id: string;
  @Text(200) by: string;
  @Time() at: string;
  @Text(4000) text: string;
}

/** An alert with what people were told about it. */
export class AlertDetail extends Alert {
  @Text(4000) summary: string;
  @ListOf(() => AlertSection, 20) sections: AlertSection[];
  @ListOf(() => AlertLink, 20) links: AlertLink[];
  /** Chain keys of what opened it. */
  @Texts(20, 1200) causes: string[];
  @ListOf(() => AlertComment, 200) comments: AlertComment[];
}

/** Body of `POST /api/v1/alerts/{id}/comment`. */
export class NewAlertComment {
  @Length(1, 4000) text: string;
}

/** Body of `POST /api/v1/alerts/{id}/resolve`. */
export class AlertResolution {
  @Length(1, 500) reason: string;
}

/** Body of `PUT /api/v1/channels/{name}`. Settings and secrets are checked by the kind; an absent secret stays. */
export class ChannelDocument {
  @Text(64) kind: string;
  @IsObject() settings: Record<string, unknown>;
  @Maybe() @IsObject() secrets?: Record<string, unknown>;
  /** True when absent. */
  @Maybe() @Flag() enabled?: boolean;
}

/** Outcome of a message that was sent to try a channel. */
export class ChannelTest {
  @Flag() ok: boolean;
  @Text(500) detail: string;
}

/** A channel as it is shown: which secrets are set, never their values. */
export class ChannelShown {
  @Text(64) name: string;
  @Text(64) kind: string;
  @Flag() enabled: boolean;
  @IsObject() settings: Record<string, unknown>;
  @Texts(10, 64) secrets: string[];
  @Count() version: number;
  @Maybe() @Text(500) disabledReason?: string;
  @Text(200) updatedBy: string;
  @Time() updatedAt: string;
}

/** Answer of `PUT /api/v1/channels/{name}`. */
export class ChannelSaved extends ChannelShown {
  /** A message is sent whenever a channel is saved; a failure does not undo the saving. */
  @Maybe() @Nested(() => ChannelTest) test?: ChannelTest;
}

/** Which alerts go where. */
export class AlertRoute {
  @Length(1, 100) name: string;
  /** CEL over `alert`, e.g. `alert.severity == "critical" && alert.team == "Payments"`. */
  @Length(1, 1000) when: string;
  /** Names of channels; `*` is every channel that is set up. */
  @Texts(20, 64) @ArrayMinSize(1) channels: string[];
  /** Later routes are not looked at when this one applies. */
  @Maybe() @Flag() last?: boolean;
}

/** All routes, in order. An alert that none takes goes to the last resort. */
export class RoutesDocument {
  @ListOf(() => AlertRoute, 100) routes: AlertRoute[];
  @Texts(20, 64) @ArrayMinSize(1) lastResort: string[];
}

export class RoutesShown extends RoutesDocument {
  @Count() version: number;
  @Maybe() @Text(200) updatedBy?: string;
  @Maybe() @Time() updatedAt?: string;
}

/** Body of `POST /api/v1/routes/preview`: what these routes would have done; the present ones when absent. */
export class RoutesPreviewRequest {
  @Maybe() @Nested(() => RoutesDocument) document?: RoutesDocument;
  /** 30 when absent. */
  @Maybe() @Count(1) days?: number;
}

export class ChannelCount {
  @Text(64) channel: string;
  @Count() alerts: number;
}

export class RoutedAlert {
  @Text(64) alert: string;
  @Text(300) title: string;
  @Texts(100, 100) routes: string[];
  @Texts(50, 64) channels: string[];
}

export class RoutesPreview {
  @Count() alerts: number;
  /** How many no route took. */
  @Count() lastResort: number;
  @ListOf(() => ChannelCount, 200) channels: ChannelCount[];
  /** The latest 50. */
  @ListOf(() => RoutedAlert, 50) items: RoutedAlert[];
}

export const notificationStates = ['queued', 'sending', 'retrying', 'delivered', 'kept', 'dead'] as const;
export type NotificationState = (typeof notificationStates)[number];

/** Query of `GET /api/v1/notifications`. */
export class NotificationQuery extends PageQuery {
  @Maybe() @Text(64) alert?: string;
  @Maybe() @Text(64) channel?: string;
  @Maybe() @Text(64) commit?: string;
  @Maybe() @OneOf(notificationStates) state?: NotificationState;
}

/** One attempt to deliver. */
export class NotificationAttempt {
  @Time() at: string;
  @Text(64) outcome: string;
  @Maybe() @Text(500) detail?: string;
}

/** One message to one channel: the delivery ledger. */
export class Notification {
  @Text(64) id: string;
  @Text(64) channel: string;
  @Text(64) kind: string;
  @OneOf(notificationStates) state: NotificationState;
  @Text(300) summary: string;
  @Text(100) application: string;
  @Maybe() @Text(64) alert?: string;
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @Text(64) commit?: string;
  @Count() attempts: number;
  @ListOf(() => NotificationAttempt, 20) history: NotificationAttempt[];
  /** Id at the receiver. */
  @Maybe() @Text(300) receipt?: string;
  @Time() queuedAt: string;
  @Maybe() @Time() nextAt?: string;
  @Maybe() @Time() sentAt?: string;
}

export const outboxKinds = ['alert', 'status', 'comment'] as const;
export type OutboxKind = (typeof outboxKinds)[number];

/** A Slack message as its API takes it. */
export class OutboxSlack {
  @Text(4000) text: string;
  @IsObject({ each: true }) blocks: Record<string, unknown>[];
}

export class OutboxMail {
  @Text(998) subject: string;
  @Text(200_000) text: string;
  @Text(400_000) html: string;
}

export class OutboxStatus {
  @Text(64) verdict: string;
  @Text(100) context: string;
  @Text(140) text: string;
}

/** A comment on a change request, as Markdown. */
export class OutboxComment {
  @Count(1) number: number;
  @Text(40_000) text: string;
}

/** A message that was kept because nothing is set up to send it; edited in place like the message it stands for. */
export class OutboxMessage {
  @Text(64) id: string;
  @OneOf(outboxKinds) kind: OutboxKind;
  @Text(300) title: string;
  @Time() time: string;
  /** How many messages this one replaced, plus one. */
  @Count(1) revision: number;
  @Text(100) application: string;
  @Maybe() @Text(64) alert?: string;
  @Maybe() @Text(1024) repository?: string;
  @Maybe() @Text(64) commit?: string;
  @Maybe() @Nested(() => OutboxSlack) slack?: OutboxSlack;
  @Maybe() @Nested(() => OutboxMail) email?: OutboxMail;
  @Maybe() @Nested(() => OutboxStatus) status?: OutboxStatus;
  @Maybe() @Nested(() => OutboxComment) comment?: OutboxComment;
}

/** Query of `GET /api/v1/outbox`. */
export class OutboxQuery extends PageQuery {
  @Maybe() @OneOf(outboxKinds) kind?: OutboxKind;
}
