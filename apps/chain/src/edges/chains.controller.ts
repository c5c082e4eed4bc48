import { Controller, Get, Param, Query } from '@nestjs/common';
import { Chain, ChainQuery, ChainSummary, PageQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { chainAnswer } from './chain-answer.ts';
import { chainPage } from './chain-page.ts';
import { ChainReader } from './chain-reader.ts';
import { ChainRoots } from './chain-roots.ts';
import { chainTrace } from './chain-trace.ts';

@Controller('api/v1')
export class ChainsController {
  constructor(
    private readonly roots: ChainRoots,
    private readonly reader: ChainReader,
  ) {}

  @Get('chains')
  @Access('chains:read')
  @Answers(ChainSummary, { list: true, description: 'Chains, newest first: one per commit that something happened to.' })
  list(@Query() query: ChainQuery, @Caller() caller: Identity): Promise<Page<ChainSummary>> {
    return this.roots.list(query, caller);
  }

  @Get('chains/:id')
  @Access('chains:read')
  @Answers(Chain, { description: 'One chain with nodes, edges and gaps.' })
  async one(@Param('id') id: string, @Query() page: PageQuery, @Caller() caller: Identity): Promise<Chain> {
    return this.read(await this.roots.one(id, caller), page);
  }

  @Get('commits/:sha/chain')
  @Access('chains:read')
  @Answers(Chain, { description: 'The chain that is rooted at a commit.' })
  async ofCommit(@Param('sha') sha: string, @Query() page: PageQuery, @Caller() caller: Identity): Promise<Chain> {
    return this.read(await this.roots.ofCommit(sha, caller), page);
  }

  @Get('chains/:id/trace')
  @Access('chains:read')
  @Answers(undefined, { description: 'The chain as one OTLP/JSON trace, generated from its rows.', produces: 'application/json' })
  async trace(@Param('id') id: string, @Caller() caller: Identity): Promise<object> {
    const root = await this.roots.one(id, caller);
    const walked = await this.reader.walk(root.repository, root.commit);
    return chainTrace(root.id, chainAnswer(walked, new Date()), walked);
  }

  private async read(root: ChainSummary, page: PageQuery): Promise<Chain> {
    return chainPage(root, chainAnswer(await this.reader.walk(root.repository, root.commit), new Date()), page);
  }
}
