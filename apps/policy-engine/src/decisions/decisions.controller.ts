import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { DecisionDetail, DecisionInput, DecisionQuery, DecisionReplay, DecisionSummary, make, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, defaultLimit, pageOf, ServiceConfig, type Identity } from '@throughline/service';
import { detailOf, summaryOf, type WayOut } from './decision-answers.ts';
import { Decisions } from './decisions.ts';

@Controller('api/v1/decisions')
export class DecisionsController {
  private readonly out: WayOut;

  constructor(
    private readonly decisions: Decisions,
    config: ServiceConfig,
  ) {
    this.out = { approvers: [], linkBase: config.linkBase };
  }

  @Get()
  @Access('decisions:read')
  @Answers(DecisionSummary, { list: true, description: 'Decisions, the newest first' })
  async list(@Query() query: DecisionQuery, @Caller() caller: Identity): Promise<Page<DecisionSummary>> {
    const limit = query.limit ?? defaultLimit;
    const { items, next } = pageOf(await this.decisions.page(query, caller, limit + 1), limit, (row) => [row.id]);
    return { items: items.map((row) => summaryOf(row, this.out)), next };
  }

  @Get(':id')
  @Access('decisions:read')
  @Answers(DecisionDetail, { description: 'Rule, input by digest, versions, latency and trace' })
  async read(@Param('id') id: string, @Caller() caller: Identity): Promise<DecisionDetail> {
    return detailOf(await this.decisions.read(id, caller), this.out);
  }

  @Get(':id/input')
  @Access('decisions:read')
  @Answers(DecisionInput, { description: 'Everything that the decision follows from, as it was kept' })
  async input(@Param('id') id: string, @Caller() caller: Identity): Promise<DecisionInput> {
    const { row, input } = await this.decisions.input(id, caller);
    return make(DecisionInput, { digest: row.input, input });
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Access('decisions:read')
  @Answers(DecisionReplay, { status: 200, description: 'Judges the kept input again by the policy versions of then' })
  replay(@Param('id') id: string, @Caller() caller: Identity): Promise<DecisionReplay> {
    return this.decisions.replay(id, caller);
  }
}
