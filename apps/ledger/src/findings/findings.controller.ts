import { Body, Controller, Get, Headers, Param, Patch, Query, Res } from '@nestjs/common';
import {
  FindingAnswer,
  FindingCount,
  FindingDetail,
  FindingEvent,
  FindingForecast,
  FindingQuery,
  FindingTriage,
  ForecastQuery,
  PageQuery,
  RiskAnswer,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, refuseOutOfBounds, type Identity } from '@throughline/service';
import { Forecast } from '../deadlines/forecast.ts';
import { FindingDetails } from './finding-detail.ts';
import { FindingList } from './finding-list.ts';
import { FindingTriages } from './finding-triage.ts';

/** The part of a reply that is needed to set an ETag. */
interface Reply {
  header(name: string, value: string): unknown;
}

/** How far a forecast looks that is not told. */
const usualDays = 7;

@Controller('api/v1/findings')
export class FindingsController {
  constructor(
    private readonly findings: FindingList,
    private readonly details: FindingDetails,
    private readonly triages: FindingTriages,
    private readonly forecast: Forecast,
  ) {}

  @Get()
  @Access('findings:read', { bound: true })
  @Answers(FindingAnswer, { list: true, description: 'Findings; filters take several values by comma and `!` before one that must not be' })
  list(@Query() query: FindingQuery, @Caller() caller: Identity): Promise<Page<FindingAnswer>> {
    refuseOutOfBounds(caller, { repository: query.repository });
    return this.findings.page(caller.bound ? { ...query, repository: caller.bound.repository } : query, caller);
  }

  @Get('counts')
  @Access('findings:read')
  @Answers(FindingCount, { list: true, description: 'How many findings of each class and severity the filters find' })
  async counts(@Query() query: FindingQuery, @Caller() caller: Identity): Promise<Page<FindingCount>> {
    return { items: await this.findings.counts(query, caller), next: null };
  }

  @Get('forecast')
  @Access('findings:read')
  @Answers(FindingForecast, { description: 'Which deadlines of what the filters find are broken, and will be within `days`' })
  soon(@Query() { days, ...query }: ForecastQuery, @Caller() caller: Identity): Promise<FindingForecast> {
    return this.forecast.of(query, days ?? usualDays, caller);
  }

  @Get(':id')
  @Access('findings:read')
  @Answers(FindingDetail, { description: 'One finding, also by the id of an alias; the ETag is its revision' })
  async read(@Param('id') id: string, @Caller() caller: Identity, @Res({ passthrough: true }) reply: Reply): Promise<FindingDetail> {
    const finding = await this.details.read(id, caller);
    reply.header('etag', `"${finding.revision}"`);
    return finding;
  }

  @Get(':id/risk')
  @Access('findings:read')
  @Answers(RiskAnswer, { description: 'The risk with every factor and why it has its value' })
  risk(@Param('id') id: string, @Caller() caller: Identity): Promise<RiskAnswer> {
    return this.details.risk(id, caller);
  }

  @Get(':id/history')
  @Access('findings:read')
  @Answers(FindingEvent, { list: true, description: 'What happened to the finding and who did it' })
  history(@Param('id') id: string, @Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<FindingEvent>> {
    return this.details.history(id, query, caller);
  }

  @Patch(':id')
  @Access('findings:write')
  @Answers(FindingDetail, { description: 'Triage; needs If-Match. Accepting a risk is a waiver and answers 409' })
  async triage(
    @Param('id') id: string,
    @Body() wanted: FindingTriage,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<FindingDetail> {
    await this.triages.change(id, wanted, ifMatch, caller);
    return this.details.read(id, caller);
  }
}
