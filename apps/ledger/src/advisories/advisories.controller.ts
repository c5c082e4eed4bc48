import { Body, Controller, Get, Param, Post, Query, RawBody } from '@nestjs/common';
import {
  AdvisoryDetail,
  AdvisoryImportAnswer,
  AdvisoryImportQuery,
  AdvisoryQuery,
  AdvisoryRetracted,
  AdvisoryRetraction,
  AdvisorySummary,
  BlastRadiusAnswer,
  BlastRadiusQuery,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, Problem, type Identity } from '@throughline/service';
import { AdvisoryImport, demoFeed } from './advisory-import.ts';
import { AdvisoryList } from './advisory-list.ts';
import { BlastRadius } from './blast-radius.ts';
import { Feeds } from './feeds.ts';
import { Retraction } from './retraction.ts';

@Controller('api/v1/advisories')
export class AdvisoriesController {
  constructor(
    private readonly advisories: AdvisoryList,
    private readonly imports: AdvisoryImport,
    private readonly feeds: Feeds,
    private readonly radius: BlastRadius,
    private readonly retraction: Retraction,
  ) {}

  @Post()
  @Access('advisories:write')
  @Answers(AdvisoryImportAnswer, {
    status: 202,
    description: 'OSV JSON, one record or NDJSON, plain or gzip; what is in use is compared behind the answer',
    consumes: ['application/json', 'application/x-ndjson', 'application/gzip'],
  })
  async import(@RawBody() body: Buffer | undefined, @Query() { feed = 'manual' }: AdvisoryImportQuery): Promise<AdvisoryImportAnswer> {
    if (feed === demoFeed) {
      throw new Problem(422, 'reserved_feed', "the feed demo is the demo's own: give yours another name", [
        { pointer: '/feed', detail: 'is reserved' },
      ]);
    }
    await this.feeds.requireAdvisories(feed);
    if (!body || body.length === 0) throw new Problem(400, 'invalid', 'send OSV records as the body');
    const count = await this.take(feed, body);
    if (count.accepted + count.unchanged === 0 && count.rejectedTotal > 0) {
      throw new Problem(422, 'unprocessable', 'nothing in the body is an OSV record', count.rejected);
    }
    return count;
  }

  @Get()
  @Access('advisories:read')
  @Answers(AdvisorySummary, { list: true, description: 'Advisories, the last changed first' })
  list(@Query() query: AdvisoryQuery): Promise<Page<AdvisorySummary>> {
    return this.advisories.page(query);
  }

  @Get(':id')
  @Access('advisories:read')
  @Answers(AdvisoryDetail, { description: 'What the feeds say under one id' })
  read(@Param('id') id: string): Promise<AdvisoryDetail> {
    return this.advisories.read(id);
  }

  @Get(':id/blast-radius')
  @Access('advisories:read')
  @Answers(BlastRadiusAnswer, { description: 'What the advisory touches today, counts first' })
  blastRadius(@Param('id') id: string, @Query() query: BlastRadiusQuery, @Caller() caller: Identity): Promise<BlastRadiusAnswer> {
    return this.radius.of(id, query, caller);
  }

  @Post(':id/retract')
  @Access('advisories:write')
  @Answers(AdvisoryRetracted, { status: 200, description: 'Takes back what a feed says; other feeds are not touched' })
  retract(@Param('id') id: string, @Body() wanted: AdvisoryRetraction): Promise<AdvisoryRetracted> {
    return this.retraction.retract(id, wanted);
  }

  @Post(':id/restore')
  @Access('advisories:write')
  @Answers(AdvisoryRetracted, { status: 200, description: 'Ends a retraction: what the feed says counts again' })
  restore(@Param('id') id: string, @Body() wanted: AdvisoryRetraction): Promise<AdvisoryRetracted> {
    return this.retraction.restore(id, wanted);
  }

  private async take(feed: string, body: Buffer): Promise<AdvisoryImportAnswer> {
    try {
      return await this.imports.take(feed, body);
    } catch (error) {
      await this.feeds.failed(feed, error instanceof Problem ? error.detail : 'the import failed on our side');
      throw error;
    }
  }
}
