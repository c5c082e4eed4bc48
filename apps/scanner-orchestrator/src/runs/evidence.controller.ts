import { Controller, Get, Query } from '@nestjs/common';
import { EvidenceProgress, EvidenceQuery } from '@throughline/contracts';
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
}
