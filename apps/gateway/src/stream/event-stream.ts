import type { Writable } from 'node:stream';
import { keptDays, type FeedPosition, type FeedRow } from './feed.ts';
import { mayRead, type Reader } from './visible.ts';

/** A reader that does not keep up is cut off above this; it comes back with `Last-Event-ID`. */
const maxWaitingBytes = 1024 * 1024;
const dayMs = 86_400_000;

/** Server-sent events for one reader: each line once, in order, only what the reader may see now. */
export class EventStream {
  private held: FeedRow[] | undefined = [];

  constructor(
    private readonly out: Writable,
    private reader: Reader,
    private at: FeedPosition,
  ) {}

  /** Rights may have changed since the stream began. */
  becomes(reader: Reader): void {
    this.reader = reader;
  }

  /** Lines that just came; while the reader still catches up they wait. */
  live(rows: readonly FeedRow[]): void {
    if (this.held) this.held.push(...rows);
    else this.write(rows);
  }

  /** Lines from before the stream began; answers where to read on. */
  catchUp(rows: readonly FeedRow[]): FeedPosition {
    this.write(rows);
    return this.at;
  }

  /** All from before was written: what came meanwhile follows. */
  caughtUp(): void {
    const held = this.held ?? [];
    this.held = undefined;
    this.write(held);
  }

  /**
   * Where the reader begins, before anything has happened: one that is cut off now comes back with it and misses nothing.
   * Lines that may have been lost since the reader left, a week ago or more, are no secret either: it reads anew.
   */
  begin(now: Date): void {
    if (this.at.day < new Date(now.getTime() - keptDays * dayMs).toISOString().slice(0, 10)) {
      this.send(`event: stream.gap\ndata: {"since":"${this.at.day}"}\n\n`);
    }
    this.send(`id: ${idOf(this.at)}\n\n`);
  }

  /** Keeps proxies from closing a quiet stream, and moves the reader on over what was not for it. */
  beat(): void {
    this.send(`: still here\nid: ${idOf(this.at)}\n\n`);
  }

  private write(rows: readonly FeedRow[]): void {
    for (const row of rows) {
      if (!isAfter(row, this.at)) continue;
      this.at = { tx: row.tx, position: row.position, day: row.day };
      if (mayRead(this.reader, row)) this.send(`id: ${idOf(row)}\nevent: ${row.type}\ndata: ${row.data}\n\n`);
    }
  }

  private send(text: string): void {
    if (this.out.writableEnded || this.out.destroyed) return;
    if (this.out.writableLength > maxWaitingBytes) this.out.destroy();
    else this.out.write(text);
  }
}

/** Where `Last-Event-ID` says that a reader stopped; undefined for what is no id of ours. */
export function positionOf(lastEventId: unknown): FeedPosition | undefined {
  const match = typeof lastEventId === 'string' ? /^(\d{1,19})-(\d{1,18})-(\d{4}-\d\d-\d\d)$/.exec(lastEventId) : null;
  return match ? { tx: match[1]!, position: match[2]!, day: match[3]! } : undefined;
}

function idOf({ tx, position, day }: FeedPosition): string {
  return `${tx}-${position}-${day}`;
}

function isAfter(row: FeedPosition, at: FeedPosition): boolean {
  const [rowTx, atTx] = [BigInt(row.tx), BigInt(at.tx)];
  return rowTx > atTx || (rowTx === atTx && BigInt(row.position) > BigInt(at.position));
}
