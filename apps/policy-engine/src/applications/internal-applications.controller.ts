import { Controller, Get, Query } from '@nestjs/common';
import { MoveQuery, MoveWeighed } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { Applications } from './applications.ts';

@Controller('internal/applications')
export class InternalApplicationsController {
  constructor(private readonly applications: Applications) {}

  /** Asked before a repository is registered for another application than before. */
  @Get('move')
  @Internal('ingest')
  @Answers(MoveWeighed)
  async move(@Query() { from, to }: MoveQuery): Promise<MoveWeighed> {
    return { weakens: [...(await this.applications.weigh(from, to))] };
  }
}
