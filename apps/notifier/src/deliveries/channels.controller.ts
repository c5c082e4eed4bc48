import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Res } from '@nestjs/common';
import { ChannelDocument, ChannelSaved, ChannelShown, ChannelTest, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, type Identity } from '@throughline/service';
import { ChannelStore } from '../channels/channel-store.ts';
import { Channels } from '../channels/channels.ts';
import { Courier } from './courier.ts';

/** The part of a reply that we use. */
interface Reply {
  header(name: string, value: string): unknown;
}

@Controller('api/v1/channels')
export class ChannelsController {
  constructor(
    private readonly store: ChannelStore,
    private readonly channels: Channels,
    private readonly courier: Courier,
  ) {}

  @Get()
  @Access('channels:read')
  @Answers(ChannelShown, { list: true })
  async all(): Promise<Page<ChannelShown>> {
    return { items: await this.store.list(), next: null };
  }

  @Get(':name')
  @Access('channels:read')
  @Answers(ChannelShown)
  async one(@Param('name') name: string, @Res({ passthrough: true }) reply: Reply): Promise<ChannelShown> {
    const channel = await this.store.one(name);
    reply.header('etag', `"${channel.version}"`);
    return channel;
  }

  @Put(':name')
  @Access('channels:write')
  @Answers(ChannelSaved, { description: 'Saves a channel and sends a message to try it; If-Match is needed for one that exists.' })
  async save(
    @Param('name') name: string,
    @Body() document: ChannelDocument,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<ChannelSaved> {
    const saved = await this.store.save(name, document, { by: caller.name, ...(ifMatch !== undefined && { ifMatch }) });
    return saved.enabled ? { ...saved, test: await this.tried(name, caller) } : saved;
  }

  @Post(':name/test')
  @Access('channels:write')
  @Answers(ChannelTest, { status: 200 })
  async test(@Param('name') name: string, @Caller() caller: Identity): Promise<ChannelTest> {
    await this.store.one(name);
    return this.tried(name, caller);
  }

  @Delete(':name')
  @Access('channels:write')
  @Answers(undefined, { status: 204, description: 'What still waits for this channel is given up.' })
  async remove(@Param('name') name: string): Promise<void> {
    await this.store.remove(name);
  }

  private async tried(name: string, caller: Identity): Promise<ChannelTest> {
    const channel = await this.channels.find(name);
    if (!channel) throw new Problem(409, 'switched_off', `the channel ${name} is switched off`);
    const failure = await this.courier.try(channel, caller.name);
    return failure === undefined ? { ok: true, detail: 'a test message was sent' } : { ok: false, detail: failure.slice(0, 500) };
  }
}
