import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  CheckReleaseAnswer,
  CheckReleaseClosing,
  CheckReleaseConfirmation,
  CheckReleaseDetail,
  CheckReleaseQuery,
  CheckReleaseRequest,
  PageQuery,
  ReleasedCheck,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, Database, decodeCursor, defaultLimit, pageOf, type Identity } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { answerOf, checkOf, detailOf } from './release-answers.ts';
import { ReleaseRows, type ReleaseRow } from './release-rows.ts';
import { Releases } from './releases.ts';

/** The valve for an outage: checks that nobody could judge pass for a while, and are judged later all the same. */
@Controller('api/v1/check-releases')
export class ReleasesController {
  constructor(
    private readonly database: Database,
    private readonly table: ReleaseRows,
    private readonly releases: Releases,
  ) {}

  @Get()
  @Access('waivers:read')
  @Answers(CheckReleaseAnswer, { list: true, description: 'Releases of checks and requests for them, the newest first' })
  async list(
    @Query() { state, limit = defaultLimit, cursor }: CheckReleaseQuery,
    @Caller() caller: Identity,
  ): Promise<Page<CheckReleaseAnswer>> {
    const before = decodeCursor(cursor, 1)?.[0];
    return this.database.transaction(async (tx) => {
      const found = await this.table.page(tx, state, typeof before === 'string' ? before : null, limit + 1, caller);
      const { items, next } = pageOf(found, limit, ({ id }) => [id]);
      const answers: CheckReleaseAnswer[] = [];
      for (const row of items) answers.push(answerOf(row, await this.table.counts(tx, row.id)));
      return { items: answers, next };
    });
  }

  @Get(':id')
  @Access('waivers:read')
  @Answers(CheckReleaseDetail, { description: 'One release, by id or label, and whether the reader can confirm it' })
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<CheckReleaseDetail> {
    return this.database.transaction(async (tx) => {
      const row = await this.releases.visible(tx, id, caller);
      return detailOf(row, await this.table.counts(tx, row.id), caller);
    });
  }

  @Get(':id/checks')
  @Access('waivers:read')
  @Answers(ReleasedCheck, { list: true, description: 'What it has released, and what became of each' })
  checks(
    @Param('id') id: string,
    @Query() { limit = defaultLimit, cursor }: PageQuery,
    @Caller() caller: Identity,
  ): Promise<Page<ReleasedCheck>> {
    const [repository, commit] = decodeCursor(cursor, 2) ?? [];
    const after = typeof repository === 'string' && typeof commit === 'string' ? ([repository, commit] as const) : undefined;
    return this.database.transaction(async (tx) => {
      const row = await this.releases.visible(tx, id, caller);
      const page = pageOf(await this.table.checks(tx, row.id, { after, limit: limit + 1 }, caller), limit, (check) => [
        check.repository,
        check.commit,
      ]);
      return { items: page.items.map(checkOf), next: page.next };
    });
  }

  @Post()
  @Access('waivers:write')
  @Answers(CheckReleaseAnswer, { status: 201, description: 'Asks for it; it holds when somebody else has confirmed it' })
  async request(
    @Body() asked: CheckReleaseRequest,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckReleaseAnswer> {
    const row = await this.releases.request(asked, caller);
    void reply.header('location', `/api/v1/check-releases/${row.id}`);
    return this.answer(row);
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @Access('approvals:write')
  @Answers(CheckReleaseAnswer, {
    status: 200,
    description: 'A second person (403 for the one who asked) confirms exactly what they have read (412 for another digest)',
  })
  async confirm(
    @Param('id') id: string,
    @Body() { digest }: CheckReleaseConfirmation,
    @Caller() caller: Identity,
  ): Promise<CheckReleaseAnswer> {
    return this.answer(await this.releases.confirm(id, digest, caller));
  }

  @Post(':id/end')
  @HttpCode(200)
  @Access('waivers:write')
  @Answers(CheckReleaseAnswer, { status: 200, description: 'Ends it before its time, or refuses the request for it' })
  async end(@Param('id') id: string, @Body() { reason }: CheckReleaseClosing, @Caller() caller: Identity): Promise<CheckReleaseAnswer> {
    return this.answer(await this.releases.end(id, reason, caller));
  }

  private answer(row: ReleaseRow): Promise<CheckReleaseAnswer> {
    return this.database.transaction(async (tx) => answerOf(row, await this.table.counts(tx, row.id)));
  }
}
