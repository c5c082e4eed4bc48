import { Controller, Delete, Param, Query, Res } from '@nestjs/common';
import { DryRunQuery, type SourceRemoval as Removal } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { SourceRemoval } from './source-removal.ts';

/** What the handler needs of the answer to set its status. */
interface Reply {
  status(code: number): unknown;
}

@Controller('api/v1/sources')
export class SourceRemovalController {
  constructor(private readonly sources: SourceRemoval) {}

  @Delete(':id')
  @Access('sources:write')
  @Answers(undefined, {
    status: 204,
    description:
      'Its repositories and deliveries go with it, and cannot be had back. `dryRun=true` answers 200 and how many: `{ repositories, deliveries }`.',
  })
  async remove(
    @Param('id') id: string,
    @Query() { dryRun }: DryRunQuery,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Removal | undefined> {
    if (dryRun !== 'true') return void (await this.sources.remove(id, caller));
    reply.status(200);
    return this.sources.preview(id, caller);
  }
}
