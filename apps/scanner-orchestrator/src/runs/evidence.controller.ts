import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { EvidenceProgress, EvidenceQuery, ScanProgressList, ScanProgressQuery } from '@throughline/contracts';
import { Answers, Internal } from '@throughline/service';
import { EvidenceItems } from './evidence-items.ts';

@Controller('internal/evidence')
export class EvidenceController {
  constructor(private readonly items: EvidenceItems) {}

  /** The gate asks it before it waits: what is not planned yet cannot be complete. */
  @Get()
  @Internal('policy-engine')
  @Answers(EvidenceProgress)
  progress(@Query() { repository, commit }: EvidenceQuery): Promise<EvidenceProgress> {
    return this.items.progress(repository, commit);
  }

  /** Of many commits at once: whoever tells people how far they are looks again and again. */
  @Post('scans')
  @HttpCode(200)
  @Internal('notifier')
  @Answers(ScanProgressList)
  async scans(@Body() { commits }: ScanProgressQuery): Promise<ScanProgressList> {
    return { commits: await this.items.scansOf(commits) };
  }
}
