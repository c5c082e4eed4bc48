import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Log } from '@throughline/service';
import { Feed, type FeedPosition, type FeedRow } from './feed.ts';

const pollMs = 1_000;
const batch = 500;

type Listener = (rows: readonly FeedRow[]) => void;

/** Reads the end of the feed once for all who watch, as long as somebody does. */
@Injectable()
export class FeedTail implements BeforeApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private at: FeedPosition | undefined;
  private begun: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly feed: Feed,
    private readonly log: Log,
  ) {}

  /** Calls the listener with all that comes after this returned; answers how to leave. */
  async listen(listener: Listener): Promise<() => void> {
    this.listeners.add(listener);
    this.begun ??= this.begin();
    await this.begun;
    return () => this.leave(listener);
  }

  /** Something was written; other processes write too, so it is also looked for every second. */
  wake(): void {
    if (this.listeners.size === 0) return;
    this.again = true;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      this.schedule();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.listeners.clear();
    clearTimeout(this.timer);
    await this.reading;
  }

  private async begin(): Promise<void> {
    this.at = await this.feed.end();
    this.schedule();
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    clearTimeout(this.timer);
    this.begun = undefined;
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.listeners.size === 0) return;
    this.timer = setTimeout(() => this.wake(), pollMs);
    this.timer.unref();
  }

  private async read(): Promise<void> {
    while (this.again && this.listeners.size > 0) {
      this.again = false;
      try {
        const rows = this.at ? await this.feed.after(this.at, batch) : [];
        if (rows.length === batch) this.again = true;
        this.at = rows.at(-1) ?? this.at;
        if (rows.length > 0) for (const listener of this.listeners) listener(rows);
      } catch (error) {
        this.log.warn({ error }, 'the feed cannot be read, trying again in a second');
      }
    }
  }
}
