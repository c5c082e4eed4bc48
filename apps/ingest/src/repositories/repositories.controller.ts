import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import {
  NewRepository,
  NewScan,
  RepositoryQuery,
  StartedScan,
  WatchedRepository,
  WatchedRepositoryDetail,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, refuseOutOfBounds, type Identity } from '@throughline/service';
import { Repositories } from './repositories.ts';
import { Scans } from './scans.ts';

/** What the handler needs of the answer to set its status. */
interface Reply {
  status(code: number): unknown;
}

@Controller('api/v1/repositories')
export class RepositoriesController {
  constructor(
    private readonly repositories: Repositories,
    private readonly scans: Scans,
  ) {}

  @Post()
  @Access('repositories:write', { bound: true })
  @Answers(WatchedRepository, { status: 201, description: '200 when it was known: name and application are then changed.' })
  async put(@Body() body: NewRepository, @Caller() caller: Identity, @Res({ passthrough: true }) reply: Reply): Promise<WatchedRepository> {
    refuseOutOfBounds(caller, { repository: body.url });
    if (caller.bound) {
      reply.status(200);
      return this.repositories.ofJob(caller.bound);
    }
    const { repository, created } = await this.repositories.put(body, caller);
    if (!created) reply.status(200);
    return repository;
  }

  @Get()
  @Access('repositories:read')
  @Answers(WatchedRepository, { list: true })
  list(@Query() query: RepositoryQuery, @Caller() caller: Identity): Promise<Page<WatchedRepository>> {
    return this.repositories.list(query, caller);
  }

  @Get(':id')
  @Access('repositories:read')
  @Answers(WatchedRepositoryDetail)
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<WatchedRepositoryDetail> {
    return this.repositories.read(id, caller);
  }

  @Delete(':id')
  @Access('repositories:write')
  @Answers(undefined, { status: 204, description: 'Every service forgets it; its source does not bring it back by itself.' })
  remove(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    return this.repositories.remove(id, caller);
  }

  @Post(':id/scan')
  @Access('scans:write', { bound: true })
  @Answers(StartedScan, { status: 202, description: 'The same as a push of what the branch or tag holds now.' })
  scan(@Param('id') id: string, @Body() body: NewScan, @Caller() caller: Identity): Promise<StartedScan> {
    return this.scans.start(id, body, caller);
  }
}
