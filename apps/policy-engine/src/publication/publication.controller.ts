import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  PolicyChange,
  PolicyChangeApproval,
  PolicyChangeQuery,
  PolicyChangeRejection,
  PolicyDetail,
  type Page,
} from '@throughline/contracts';
import {
  Access,
  Answers,
  Caller,
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  type Identity,
  type ServiceRequest,
} from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { detailOf, documents, textOf } from '../policies/policy-answers.ts';
import { answerOf, waiting, waits, wholeOf } from './change-answers.ts';
import { ChangeRequests } from './change-requests.ts';
import { ChangeRows } from './change-rows.ts';
import { Publication } from './publication.ts';

/** How policies come into force, change and go. */
@Controller('api/v1/policies')
export class PublicationController {
  constructor(
    private readonly database: Database,
    private readonly publication: Publication,
    private readonly requests: ChangeRequests,
    private readonly table: ChangeRows,
  ) {}

  @Get('changes')
  @Access('policies:read')
  @Answers(PolicyChange, { list: true, description: 'Changes that make a policy weaker, the newest first' })
  async list(@Query() { state, limit = defaultLimit, cursor }: PolicyChangeQuery, @Caller() caller: Identity): Promise<Page<PolicyChange>> {
    const before = decodeCursor(cursor, 1)?.[0];
    const found = await this.database.transaction((tx) =>
      this.table.page(tx, state, typeof before === 'string' ? before : null, limit + 1),
    );
    const { items, next } = pageOf(found, limit, ({ id }) => [id]);
    return { items: items.map((row) => answerOf(row, caller)), next };
  }

  @Get('changes/:id')
  @Access('policies:read')
  @Answers(PolicyChange)
  async change(@Param('id') id: string, @Caller() caller: Identity): Promise<PolicyChange> {
    return wholeOf(await this.database.transaction((tx) => this.requests.found(tx, id)), caller);
  }

  @Post('changes/:id/approve')
  @Access('approvals:write')
  @Answers(PolicyChange, {
    status: 200,
    description: 'A second person (403 for the one who asked) approves exactly what they have read (412 for another digest)',
  })
  async approve(@Param('id') id: string, @Body() { digest }: PolicyChangeApproval, @Caller() caller: Identity): Promise<PolicyChange> {
    return wholeOf(await this.publication.approve(id, digest, caller), caller);
  }

  @Post('changes/:id/reject')
  @Access('policies:write')
  @Answers(PolicyChange, { status: 200, description: 'Refuses it, or takes it back' })
  async reject(@Param('id') id: string, @Body() { reason }: PolicyChangeRejection, @Caller() caller: Identity): Promise<PolicyChange> {
    return wholeOf(await this.publication.reject(id, reason, caller), caller);
  }

  @Put(':name')
  @Access('policies:write')
  @Answers(PolicyDetail, { ...documents, description: 'Refused when its own cases fail (422)', otherwise: waits })
  async put(
    @Param('name') name: string,
    @Req() request: ServiceRequest,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyDetail | PolicyChange> {
    const row = await this.publication.put(name, textOf(request), caller, ifMatch);
    return 'document' in row ? detailOf(row, reply) : waiting(row, caller, reply);
  }

  @Delete(':name')
  @Access('policies:write')
  @Answers(undefined, { status: 204, description: 'A policy in audit mode is gone', otherwise: waits })
  async remove(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyChange | undefined> {
    const row = await this.publication.remove(name, caller, ifMatch);
    return row && waiting(row, caller, reply);
  }
}
