import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { PolicyChange, PolicyChangeApproval, PolicyChangeQuery, PolicyChangeRejection, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Database, decodeCursor, defaultLimit, pageOf, type Identity } from '@throughline/service';
import { ApplicationChanges } from '../applications/application-changes.ts';
import { answerOf, wholeOf } from '../changes/change-answers.ts';
import { ChangeRequests } from '../changes/change-requests.ts';
import { ChangeRows, type ChangeRow } from '../changes/change-rows.ts';
import { Publication } from './publication.ts';

/** What waits for a second person, of policies and applications, and what that person says. */
@Controller('api/v1/policies/changes')
export class ChangesController {
  constructor(
    private readonly database: Database,
    private readonly publication: Publication,
    private readonly applications: ApplicationChanges,
    private readonly requests: ChangeRequests,
    private readonly table: ChangeRows,
  ) {}

  @Get()
  @Access('policies:read')
  @Answers(PolicyChange, {
    list: true,
    description: 'Changes that make a policy weaker, or let an application take more risk, the newest first',
  })
  async list(@Query() { state, limit = defaultLimit, cursor }: PolicyChangeQuery, @Caller() caller: Identity): Promise<Page<PolicyChange>> {
    const last = decodeCursor(cursor, 1)?.[0];
    const before = typeof last === 'string' ? last : undefined;
    const found = await this.database.transaction((tx) => this.table.page(tx, { state, before, limit: limit + 1 }, caller));
    const { items, next } = pageOf(found, limit, ({ id }) => [id]);
    return { items: items.map((row) => answerOf(row, caller)), next };
  }

  @Get(':id')
  @Access('policies:read')
  @Answers(PolicyChange)
  async change(@Param('id') id: string, @Caller() caller: Identity): Promise<PolicyChange> {
    return wholeOf(await this.found(id, caller), caller);
  }

  @Post(':id/approve')
  @Access('approvals:write')
  @Answers(PolicyChange, {
    status: 200,
    description: 'A second person (403 for the one who asked) approves exactly what they have read (412 for another digest)',
  })
  async approve(@Param('id') id: string, @Body() { digest }: PolicyChangeApproval, @Caller() caller: Identity): Promise<PolicyChange> {
    const door = this.doorOf(await this.found(id, caller));
    return wholeOf(await door.approve(id, digest, caller), caller);
  }

  @Post(':id/reject')
  @Access('policies:write')
  @Answers(PolicyChange, { status: 200, description: 'Refuses it, or takes it back' })
  async reject(@Param('id') id: string, @Body() { reason }: PolicyChangeRejection, @Caller() caller: Identity): Promise<PolicyChange> {
    const door = this.doorOf(await this.found(id, caller));
    return wholeOf(await door.reject(id, reason, caller), caller);
  }

  private found(id: string, caller: Identity): Promise<ChangeRow> {
    return this.database.transaction((tx) => this.requests.found(tx, id, caller));
  }

  private doorOf({ kind }: ChangeRow): Publication | ApplicationChanges {
    return kind === 'application' ? this.applications : this.publication;
  }
}
