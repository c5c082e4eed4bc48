import { Count, Maybe, OneOf, Text, Time } from '../fields.ts';
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
  /** The first 16 KiB of the value as text. */
  @Text(20_000) value: string;
}
