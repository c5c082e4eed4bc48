import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { FeedAnswer, FeedSettings, FeedSync, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, type Identity } from '@throughline/service';
import { LedgerConfig } from '../../config.ts';
import { demoFeed } from '../advisory-import.ts';
import { Feeds } from '../feeds.ts';
import { feedAddress } from './feed-address.ts';
import { FeedFile } from './feed-file.ts';
import { FeedSyncs } from './feed-syncs.ts';

@Controller('api/v1/advisories/feeds')
export class FeedsController {
  constructor(
    private readonly config: LedgerConfig,
    private readonly feeds: Feeds,
    private readonly syncs: FeedSyncs,
    private readonly files: FeedFile,
  ) {}

  @Get()
  @Access('advisories:read')
  @Answers(FeedAnswer, { list: true, description: 'Where advisories come from, how many and how old they are' })
  async list(): Promise<Page<FeedAnswer>> {
    return { items: await this.feeds.list(), next: null };
  }

  @Get(':name')
  @Access('advisories:read')
  @Answers(FeedAnswer, { description: 'One source of advisories, with its latest sync' })
  read(@Param('name') name: string): Promise<FeedAnswer> {
    return this.feeds.read(name);
  }

  @Put(':name')
  @Access('policies:write')
  @Answers(FeedAnswer, {
    status: 200,
    description: 'Says where a feed is fetched, and whether changes may be proposed on its word; importing takes another right',
  })
  async set(@Param('name') name: string, @Body() settings: FeedSettings): Promise<FeedAnswer> {
    if (!/^[\w.-]{1,64}$/.test(name)) throw new Problem(400, 'invalid', 'the name of a feed has letters, digits, dots and dashes');
    if (settings.source === undefined && settings.trustedForFixes === undefined)
      throw new Problem(400, 'invalid', 'say `source`, `trustedForFixes` or both');
    if (settings.source) {
      if (name === demoFeed) throw new Problem(422, 'reserved_feed', "the feed demo is the demo's own: give yours another name");
      feedAddress(settings.source.url, { outboundAllow: this.config.outboundAllow, roots: this.config.feedRoots });
    }
    await this.feeds.set(name, settings);
    await this.syncs.beginDue();
    return this.feeds.read(name);
  }

  @Delete(':name/source')
  @Access('policies:write')
  @Answers(FeedAnswer, { status: 200, description: 'The feed is not fetched any more; what it has said stays' })
  async unset(@Param('name') name: string): Promise<FeedAnswer> {
    for (const id of await this.feeds.unsetSource(name)) await this.files.remove(id);
    return this.feeds.read(name);
  }

  @Post(':name/sync')
  @Access('advisories:write')
  @Answers(FeedSync, { status: 202, description: 'Fetches the feed now; one that runs already is answered' })
  sync(@Param('name') name: string): Promise<FeedSync> {
    return this.syncs.begin(name);
  }

  @Post(':name/sync/release')
  @Access('policies:write')
  @Answers(FeedSync, { status: 202, description: 'Lets a held sync go on, with exactly the file that was looked at' })
  async release(@Param('name') name: string, @Caller() caller: Identity): Promise<FeedSync> {
    return (await this.syncs.decide(name, 'release', nameOf(caller))).sync;
  }

  @Post(':name/sync/discard')
  @Access('policies:write')
  @Answers(FeedSync, { status: 200, description: 'Refuses the file of a held sync: it is not taken in, now or at the next sync' })
  async discard(@Param('name') name: string, @Caller() caller: Identity): Promise<FeedSync> {
    const { id, sync } = await this.syncs.decide(name, 'discard', nameOf(caller));
    await this.files.remove(id);
    return sync;
  }
}

function nameOf({ person, name }: Identity): string {
  return person?.name ?? name;
}
