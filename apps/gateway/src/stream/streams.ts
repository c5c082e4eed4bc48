import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Problem } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { TokenLines } from '../access/token-lines.ts';
import { EventStream } from './event-stream.ts';
import { Feed, type FeedPosition } from './feed.ts';
import { FeedTail } from './feed-tail.ts';

const beatMs = 15_000;
const catchUpBatch = 500;
const openAtMost = 500;
const openPerCaller = 20;

/** The open streams: each is kept current, its reader's rights are read again every 15 seconds, and it ends with them. */
@Injectable()
export class Streams implements OnModuleInit, BeforeApplicationShutdown {
  private readonly open = new Map<FastifyReply, { readonly token: string; readonly recheck: () => void }>();

  constructor(
    private readonly feed: Feed,
    private readonly tail: FeedTail,
    private readonly lines: TokenLines,
  ) {}

  /** What ends here ends at once; what ends in another process is seen at the next beat. */
  onModuleInit(): void {
    this.lines.onChange(() => {
      for (const { recheck } of this.open.values()) recheck();
    });
  }

  /** Takes over the reply; returns when the stream is over. Throws `Problem` 429 before anything was sent. */
  async serve(caller: GatewayCaller, reply: FastifyReply, from: FeedPosition | undefined): Promise<void> {
    const own = [...this.open.values()].filter(({ token }) => token === caller.token).length;
    if (this.open.size >= openAtMost || own >= openPerCaller)
      throw new Problem(429, 'too_many_requests', 'too many streams are open', [], { 'retry-after': '30' });
    this.open.set(reply, { token: caller.token, recheck: () => undefined });
    const over = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    try {
      await this.run(caller, reply, from ?? (await this.feed.end()), over);
    } finally {
      this.open.delete(reply);
    }
  }

  /** An open stream would hold up the stop of the server for ever. */
  beforeApplicationShutdown(): void {
    for (const reply of this.open.keys()) reply.raw.end();
  }

  private async run(caller: GatewayCaller, reply: FastifyReply, from: FeedPosition, over: Promise<void>): Promise<void> {
    const stream = new EventStream(reply.raw, caller, from);
    const leave = await this.tail.listen((rows) => stream.live(rows));
    const beat = setInterval(() => void this.beat(caller, reply, stream), beatMs);
    this.open.set(reply, { token: caller.token, recheck: () => void this.recheck(caller, reply, stream) });
    try {
      this.begin(reply);
      stream.begin(new Date());
      await this.catchUp(stream);
      await over;
    } finally {
      clearInterval(beat);
      leave();
    }
  }

  private begin(reply: FastifyReply): void {
    reply.hijack();
    // Without `close`, the connection would stay for another request and hold up a stop.
    const own = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close', 'x-accel-buffering': 'no' };
    reply.raw.writeHead(200, { ...reply.getHeaders(), ...own } as Record<string, string>);
    reply.raw.write('retry: 2000\n\n');
  }

  private async catchUp(stream: EventStream): Promise<void> {
    let at = stream.catchUp([]);
    for (let rows = await this.feed.after(at, catchUpBatch); rows.length > 0; rows = await this.feed.after(at, catchUpBatch)) {
      at = stream.catchUp(rows);
    }
    stream.caughtUp();
  }

  private async beat(caller: GatewayCaller, reply: FastifyReply, stream: EventStream): Promise<void> {
    await this.recheck(caller, reply, stream);
    stream.beat();
  }

  private async recheck(caller: GatewayCaller, reply: FastifyReply, stream: EventStream): Promise<void> {
    try {
      stream.becomes(await this.lines.byId(caller.token));
    } catch (error) {
      // The token ended; any other trouble is passing, and the stream goes on with what was last known.
      if (error instanceof Problem) reply.raw.end();
    }
  }
}
