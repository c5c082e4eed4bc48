import { Controller, Get, Param, Query } from '@nestjs/common';
import { Remediation, RemediationDetail, RemediationQuery, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { ProposalList } from './proposal-list.ts';

@Controller('api/v1/remediations')
export class RemediationsController {
  constructor(private readonly proposals: ProposalList) {}

  @Get()
  @Access('remediations:read')
  @Answers(Remediation, { list: true, description: 'Proposed fixes, one per package however many findings it closes.' })
  all(@Query() query: RemediationQuery, @Caller() caller: Identity): Promise<Page<Remediation>> {
    return this.proposals.list(caller, query);
  }

  @Get(':id')
  @Access('remediations:read')
  @Answers(RemediationDetail, { description: 'A proposed fix with the exact edit.' })
  one(@Param('id') id: string, @Caller() caller: Identity): Promise<RemediationDetail> {
    return this.proposals.detail(caller, id);
  }
}
