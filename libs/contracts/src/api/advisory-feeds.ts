import { Max, MinLength } from 'class-validator';
import { Count, Flag, Maybe, Nested, OneOf, Text, Time } from '../fields.ts';

/** What a feed publishes: OSV records (zip, NDJSON or JSON, plain or gzip), CISA's KEV catalogue, FIRST's EPSS scores. */
export const feedFormats = ['osv', 'kev', 'epss'] as const;
export type FeedFormat = (typeof feedFormats)[number];

/** `held` waits for a person; `done`, `failed` and `discarded` are over. */
export const feedSyncStates = ['waiting', 'fetching', 'reading', 'held', 'writing', 'done', 'failed', 'discarded'] as const;
export type FeedSyncState = (typeof feedSyncStates)[number];

/** Where a feed is fetched. */
export class FeedSource {
  @OneOf(feedFormats) format: FeedFormat;
  /** `https`; `http` where the operator allows the address; `file` below the operator's folders. */
  @Text(2048) @MinLength(1) url: string;
  /** Seconds from one sync to the next; only on request when absent. */
  @Maybe() @Count(300) @Max(30 * 24 * 3600) everySeconds?: number;
}

/** How far one sync of a feed is, or how it ended. */
export class FeedSync {
  @Text(32) id: string;
  @OneOf(feedSyncStates) state: FeedSyncState;
  @Time() began: string;
  @Maybe() @Time() ended?: string;
  /** Bytes that are here, and how many there are to come in all where the host says it. */
  @Count() bytes: number;
  @Maybe() @Count() bytesTotal?: number;
  /** Records that were read, and what became of them. */
  @Count() records: number;
  @Count() accepted: number;
  @Count() unchanged: number;
  @Count() rejected: number;
  /** Standing statements that it takes back, and whose ranges it changes; a sync is held above 5 % of `standing`. */
  @Count() withdraws: number;
  @Count() reranges: number;
  @Count() standing: number;
  /** Why it failed, or why the last attempt did while it is tried again. */
  @Maybe() @Text(500) error?: string;
  /** Who let a held one go on, or refused it. */
  @Maybe() @Text(200) decidedBy?: string;
}

/** A source of advisories, or of what is known about attacks. */
export class FeedAnswer {
  @Text(64) name: string;
  @OneOf(feedFormats) format: FeedFormat;
  @Maybe() @Time() lastSuccess?: string;
  @Count() rows: number;
  /** Seconds since the last success. */
  @Maybe() @Count() age?: number;
  /** The publisher's version: of the KEV catalogue, or of the EPSS model with the day of its scores. */
  @Maybe() @Text(100) version?: string;
  @Maybe() @Text(500) error?: string;
  /** Whether its word about fixed versions is enough to propose a change. */
  @Flag() trustedForFixes: boolean;
  @Maybe() @Nested(() => FeedSource) source?: FeedSource;
  /** The latest. */
  @Maybe() @Nested(() => FeedSync) sync?: FeedSync;
}

/** Body of `PUT /api/v1/advisories/feeds/{name}`: what is left out stays. */
export class FeedSettings {
  @Maybe() @Flag() trustedForFixes?: boolean;
  @Maybe() @Nested(() => FeedSource) source?: FeedSource;
}

/**
 * What is known about attacks: listed by a catalogue of exploited vulnerabilities, looked up and not listed, or never looked
 * up, because no catalogue has come in or there is no CVE to look for. Only the second says something reassuring.
 */
export const exploitations = ['known', 'not_listed', 'not_enriched'] as const;
export type Exploitation = (typeof exploitations)[number];

/** That a catalogue lists a CVE as exploited. */
export class ExploitationListing {
  /** The feed that the catalogue came in by. */
  @Text(64) feed: string;
  /** Days, as the publisher writes them. */
  @Text(10) added: string;
  @Maybe() @Text(10) due?: string;
  @Flag() ransomware: boolean;
}

/** Where a probability of exploitation comes from. */
export class EpssSource {
  @Maybe() @Text(50) model?: string;
  /** The day of the score. */
  @Maybe() @Text(10) date?: string;
}

/** What one feed says under an id. */
export class AdvisoryStatement {
  @Text(64) feed: string;
  @Text(128) id: string;
  @Time() modified: string;
  @Maybe() @Time() withdrawn?: string;
  @Maybe() @Time() retracted?: string;
  /** Why a person took it back. */
  @Maybe() @Text(300) because?: string;
}
