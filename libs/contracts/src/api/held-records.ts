import { Count, Flag, Maybe, OneOf, Text, Time } from '../fields.ts';
import { PageQuery } from '../paging.ts';

/** Filters of the list of held records. */
export class HeldRecordQuery extends PageQuery {
  @Maybe() @OneOf(['waiting', 'dead']) state?: 'waiting' | 'dead';
  @Maybe() @Text(200) consumer?: string;
}

/** A record that a handler could not take, or that the broker refused. */
export class HeldRecordAnswer {
  @Text(64) id: string;
  /** `<service>.<module>`, or `<service>.outbox` for a fact that the broker refused. */
  @Text(200) consumer: string;
  @OneOf(['waiting', 'dead']) state: 'waiting' | 'dead';
  @Text(100) application: string;
  /** CloudEvents type. */
  @Text(200) type: string;
  @Text(300) topic: string;
  @Count() partition: number;
  @Text(20) offset: string;
  @Text(1200) key: string;
  @Text(1000) error: string;
  @Count() attempts: number;
  @Time() heldAt: string;
  @Maybe() @Time() nextAt?: string;
  @Maybe() @Text(32) traceId?: string;
}

/** A held record with what it says. */
export class HeldRecordDetail extends HeldRecordAnswer {
  /** Headers as JSON. */
  @Text(20_000) headers: string;
  /** The value as text, without what looks like a secret. */
  @Text(80_000) value: string;
  /** Something was masked: the text cannot be sent back as a correction. */
  @Flag() masked: boolean;
}

/** How a record is handled anew. */
export class HeldRecordReplay {
  /** Put in place of the value that could not be handled, for this consumer alone. */
  @Maybe() @Text(64 * 1024) value?: string;
}

/** Which records are handled anew. */
export class HeldRecordsQuery {
  @Maybe() @Text(200) consumer?: string;
  /** Only says how many it would be. */
  @Maybe() @OneOf(['true', 'false']) dryRun?: 'true' | 'false';
}

/** How many records are handled anew; more than a thousand are taken in several calls. */
export class HeldRecordsReplayed {
  @Count() records: number;
  @Count() left: number;
}

/** What a service holds, for whoever tells people about it. */
export class HeldRecordsSummary {
  @Count() dead: number;
  /** When the latest of them was held. */
  @Maybe() @Time() latest?: string;
  /** Of the consumer that holds most. */
  @Maybe() @Text(200) consumer?: string;
  @Maybe() @Text(1000) error?: string;
}
