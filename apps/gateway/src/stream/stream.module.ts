import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.ts';
import { Feed } from './feed.ts';
import { FeedHandler } from './feed.handler.ts';
import { FeedTail } from './feed-tail.ts';
import { StreamController } from './stream.controller.ts';
import { Streams } from './streams.ts';

/** The live stream of what happens. */
@Module({ imports: [AccessModule], controllers: [StreamController, FeedHandler], providers: [Feed, FeedTail, Streams] })
export class StreamModule {}
