import { IsObject } from 'class-validator';
import { Count, Flag, ListOf, Maybe, Nested, OneOf, Text, Texts, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** Query of `GET /api/v1/chains`. */
export class ChainQuery extends PageQuery {
  /** Any spelling of the clone URL. */
  @Maybe() @Text(2048) repository?: string;
  @Maybe() @Text(100) application?: string;
  /** `pass`, `warn`, `deny`, `undecided`, `pending`; several by comma. */
  @Maybe() @Text(200) status?: string;
}

/** A chain in a list: a commit and how it stands. */
export class ChainSummary {
  @Text(64) id: string;
  @Text(1024) repository: string;
  @Text(64) commit: string;
  @Text(300) title: string;
  @Text(512) ref: string;
  @Text(100) application: string;
  /** Result of the change gate, `pending` before there is one. */
  @Text(32) status: string;
  @Time() time: string;
}

/** Something that happened, or a gap: something that must have happened and is not known. */
export class ChainNode {
  @Text(1200) id: string;
  /** Type of the fact, `scan.completed`; of a gap the kind of the missing key, `commit`. */
  @Text(100) kind: string;
  @Text(1200) subject: string;
  @Text(300) title: string;
  @Text(64) service: string;
  @Text(64) status: string;
  /** Null for a gap. */
  @Maybe() @Time() time: string | null;
  @Maybe() @Text(64) traceId: string | null;
  /** `pending` for 15 minutes, then `missing`. */
  @Maybe() @OneOf(['pending', 'missing']) gap?: 'pending' | 'missing';
  /** Key of what has a page of its own: `decision:<id>`, `alert:<id>`, `proposal:<id>`, `delivery:<id>`. */
  @Maybe() @Text(1200) about?: string;
  /** Values by name, for people. */
  @IsObject() summary: Record<string, string | number | boolean>;
}

/** Cause and effect, joined by a key that both name. */
export class ChainEdge {
  @Text(1200) cause: string;
  @Text(1200) effect: string;
  /** The key. */
  @Text(1200) evidence: string;
  /** The lowest of both ends. */
  @OneOf(['own', 'proven', 'bound', 'claimed']) assurance: string;
}

/** A chain: what followed from a commit. At most 2,000 nodes on a page. */
export class Chain extends ChainSummary {
  @ListOf(() => ChainNode, 2000) nodes: ChainNode[];
  @ListOf(() => ChainEdge, 20_000) edges: ChainEdge[];
  /** Cursor of the next nodes, null when these are all. */
  @Maybe() @Text(2048) next: string | null;
}

/** A gate that was passed on the way to an alert. */
export class GatePassed {
  @Text(32) gate: string;
  @Text(32) decision: string;
  @Text(100) policy: string;
  @Count() version: number;
}

export class EarliestStop {
  @Text(32) gate: string;
  @Text(1000) reason: string;
}

/** Why an alert exists. */
export class AlertStory {
  @Text(64) alert: string;
  @Text(64) chain: string;
  @Texts(200, 1200) story: string[];
  @ListOf(() => GatePassed, 200) gatesPassed: GatePassed[];
  @Maybe() @Nested(() => EarliestStop) earliestStop: EarliestStop | null;
  @Texts(200, 1200) gaps: string[];
  /** The alert is known by its causes only, its own fact has not arrived. */
  @Flag() partial: boolean;
  /** Page of the alert. */
  @Text(2048) url: string;
}
