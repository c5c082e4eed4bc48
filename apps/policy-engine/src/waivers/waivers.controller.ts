import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  WaiverAnswer,
  WaiverApproval,
  WaiverDetail,
  WaiverQuery,
  WaiverRequest,
  WaiverRevocation,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, CallerToken, defaultLimit, entityTag, pageOf, ServiceConfig, type Identity } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { Approvals } from './approvals.ts';
import { answerOf, detailOf } from './waiver-answers.ts';
import { WaiverEnds } from './waiver-ends.ts';
import { Waivers } from './waivers.ts';

/** The one door to accepting a risk. */
@Controller('api/v1/waivers')
export class WaiversController {
  constructor(
    private readonly waivers: Waivers,
    private readonly approvals: Approvals,
    private readonly ends: WaiverEnds,
    private readonly config: ServiceConfig,
  ) {}

  @Get()
  @Access('waivers:read')
  @Answers(WaiverAnswer, { list: true, description: 'Exceptions and requests for them, the newest first' })
  async list(@Query() query: WaiverQuery, @Caller() caller: Identity): Promise<Page<WaiverAnswer>> {
    const limit = query.limit ?? defaultLimit;
    const { items, next } = pageOf(await this.waivers.page(query, caller, limit + 1), limit, (row) => [row.id]);
    return { items: items.map((row) => answerOf(row, this.config.linkBase)), next };
  }

  @Get(':id')
  @Access('waivers:read')
  @Answers(WaiverDetail, { description: 'One exception, by id or label, with its history and who may approve it' })
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res({ passthrough: true }) reply: FastifyReply): Promise<WaiverDetail> {
    const { row, history } = await this.waivers.read(id, caller);
    const objection = row.state === 'requested' ? await this.approvals.objection(row, caller) : undefined;
    void reply.header('etag', entityTag(row.revision));
    return detailOf(row, { history, objection }, this.config.linkBase);
  }

  @Post()
  @Access('waivers:write')
  @Answers(WaiverAnswer, { status: 201, description: 'Asks for an exception; it holds when somebody else has approved it' })
  async request(
    @Body() asked: WaiverRequest,
    @Caller() caller: Identity,
    @CallerToken() token: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WaiverAnswer> {
    const row = await this.waivers.request(asked, { caller, token });
    void reply.header('location', `/api/v1/waivers/${row.id}`);
    void reply.header('etag', entityTag(row.revision));
    return answerOf(row, this.config.linkBase);
  }

  @Put(':id')
  @Access('waivers:write')
  @Answers(WaiverAnswer, { description: 'Writes it anew. Needs If-Match; an approval of what it was before is void' })
  async put(
    @Param('id') id: string,
    @Body() asked: WaiverRequest,
    @Caller() caller: Identity,
    @CallerToken() token: string | undefined,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WaiverAnswer> {
    const row = await this.waivers.put(id, asked, { caller, token }, ifMatch);
    void reply.header('etag', entityTag(row.revision));
    return answerOf(row, this.config.linkBase);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Access('approvals:write')
  @Answers(WaiverAnswer, {
    status: 200,
    description: 'A person who had no part in it (403) approves exactly what they have read (412 for another digest)',
  })
  async approve(@Param('id') id: string, @Body() { digest }: WaiverApproval, @Caller() caller: Identity): Promise<WaiverAnswer> {
    return answerOf(await this.approvals.approve(id, digest, caller), this.config.linkBase);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Access('waivers:write')
  @Answers(WaiverAnswer, { status: 200, description: 'Ends it, or refuses the request for it' })
  async revoke(@Param('id') id: string, @Body() { reason }: WaiverRevocation, @Caller() caller: Identity): Promise<WaiverAnswer> {
    return answerOf(await this.ends.revoke(id, reason, caller), this.config.linkBase);
  }
}
