import { Controller, Get, Param, Query } from '@nestjs/common';
import { AlertStory, Chain, chainIdOf, keys, PageQuery, type ChainSummary } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, ServiceConfig, type Identity } from '@throughline/service';
import { alertStory } from './alert-story.ts';
import { chainAnswer, type Answer } from './chain-answer.ts';
import { chainPage } from './chain-page.ts';
import { ChainReader } from './chain-reader.ts';
import { ChainRoots } from './chain-roots.ts';

/** From an alert back to the commit. */
@Controller('api/v1/alerts')
export class AlertsController {
  constructor(
    private readonly roots: ChainRoots,
    private readonly reader: ChainReader,
    private readonly config: ServiceConfig,
  ) {}

  @Get(':id/chain')
  @Access('chains:read')
  @Answers(Chain, { description: 'The chain that an alert stands on.' })
  async chain(@Param('id') id: string, @Query() page: PageQuery, @Caller() caller: Identity): Promise<Chain> {
    const root = await this.rootOf(id, caller);
    return chainPage(root, await this.answer(root), page);
  }

  @Get(':id/why')
  @Access('chains:read', { bound: true })
  @Answers(AlertStory, {
    description: 'Why an alert exists: the story, the gates it passed, the earliest that could have stopped it, what is not known.',
  })
  async why(@Param('id') id: string, @Caller() caller: Identity): Promise<AlertStory> {
    const root = await this.rootOf(id, caller);
    const url = `${this.config.linkBase}/alerts/${encodeURIComponent(id)}`;
    return { ...alertStory(id, root.id, await this.answer(root)), url };
  }

  private async answer(root: ChainSummary): Promise<Answer> {
    return chainAnswer(await this.reader.walk(root.repository, root.commit), new Date());
  }

  private async rootOf(alert: string, caller: Identity): Promise<ChainSummary> {
    for (const key of await this.reader.rootsOf(keys.alert(alert))) {
      const [, repository, commit] = /^commit:(.+)@([0-9a-f]+)$/.exec(key) ?? [];
      if (!repository || !commit || (caller.bound && caller.bound.repository !== repository)) continue;
      const root = await this.roots.one(chainIdOf(repository, commit), caller).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 404) return undefined;
        throw error;
      });
      if (root) return root;
    }
    throw new Problem(404, 'not_found', `no chain is known for alert ${alert}`);
  }
}
