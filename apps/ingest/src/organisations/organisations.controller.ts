import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { DryRunQuery, OrganisationConnected, OrganisationWanted } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { Organisations } from './organisations.ts';

@Controller('api/v1/sources')
export class OrganisationsController {
  constructor(private readonly organisations: Organisations) {}

  @Post(':id/connect')
  @Access('sources:write')
  @Answers(OrganisationConnected, {
    status: 200,
    description: 'Connects what is not connected yet; `dryRun=true` says what would be. Said again, it connects what came since.',
  })
  connect(
    @Param('id') id: string,
    @Body() body: OrganisationWanted,
    @Query() { dryRun }: DryRunQuery,
    @Caller() caller: Identity,
  ): Promise<OrganisationConnected> {
    return this.organisations.connect(id, body, caller, dryRun === 'true');
  }
}
