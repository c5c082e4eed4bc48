import { Body, Controller, Get, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { NewTeam, PageQuery, Team, type Page } from '@throughline/contracts';
import { Access, Answers, Caller, Problem } from '@throughline/service';
import { OnceByKey } from '../proxy/once-by-key.ts';
import type { GatewayCaller } from './gateway-caller.ts';
import { Teams } from './teams.ts';

/** Teams. Which applications are theirs is said with the application. */
@Controller('api/v1/teams')
export class TeamsController {
  constructor(private readonly teams: Teams) {}

  @Get()
  @Access('applications:read')
  @Answers(Team, { list: true, description: 'Teams by name' })
  list(@Query() query: PageQuery, @Caller() caller: GatewayCaller): Promise<Page<Team>> {
    return this.teams.page(caller, query);
  }

  @Get(':name')
  @Access('applications:read')
  @Answers(Team, { description: 'One team, with its applications' })
  one(@Param('name') name: string, @Caller() caller: GatewayCaller): Promise<Team> {
    return this.teams.one(caller, name);
  }

  @Post()
  @Access('applications:write')
  @UseInterceptors(OnceByKey)
  @Answers(Team, { status: 201, description: 'Makes a team' })
  make(@Body() team: NewTeam, @Caller() caller: GatewayCaller): Promise<Team> {
    if (caller.teams !== '*') throw new Problem(403, 'forbidden', 'a team is made by somebody who may write applications everywhere');
    return this.teams.make(team);
  }
}
