import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import {
  ActionSwitch as ShownSwitch,
  DryRunQuery,
  FixApproval,
  FixRejection,
  FixSettings,
  FixSettingsChange,
  PageQuery,
  RemediationDetail,
  SwitchOrder,
  type Page,
} from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import { ProposalList } from '../proposals/proposal-list.ts';
import { ActionSwitch } from './action-switch.ts';
import { Approvals } from './approvals.ts';
import { FixSettingsOf } from './fix-settings.ts';

@Controller('api/v1/remediations')
export class FixesController {
  constructor(
    private readonly approvals: Approvals,
    private readonly proposals: ProposalList,
    private readonly settings: FixSettingsOf,
    private readonly actions: ActionSwitch,
  ) {}

  @Post(':id/approve')
  @Access('remediations:write')
  @Answers(RemediationDetail, {
    status: 200,
    description:
      'Has exactly this edit pushed into a branch of its own and a change request opened. `dryRun`: only says whether it would be.',
  })
  async approve(
    @Param('id') id: string,
    @Body() body: FixApproval,
    @Query() { dryRun }: DryRunQuery,
    @Caller() caller: Identity,
  ): Promise<RemediationDetail> {
    await this.approvals.approve(caller, id, body, dryRun === 'true');
    return this.proposals.detail(caller, id);
  }

  @Post(':id/reject')
  @Access('remediations:write')
  @Answers(RemediationDetail, { status: 200, description: 'Nobody is asked again until another version would be raised to.' })
  async reject(@Param('id') id: string, @Body() { reason }: FixRejection, @Caller() caller: Identity): Promise<RemediationDetail> {
    await this.approvals.reject(caller, id, reason);
    return this.proposals.detail(caller, id);
  }

  @Post(':id/undo')
  @Access('remediations:write')
  @Answers(RemediationDetail, { status: 200, description: 'Closes the change request and deletes the branch.' })
  async undo(@Param('id') id: string, @Caller() caller: Identity): Promise<RemediationDetail> {
    await this.approvals.undo(caller, id);
    return this.proposals.detail(caller, id);
  }

  @Get('switch')
  @Access('remediations:read')
  @Answers(ShownSwitch, { description: 'Whether anything is pushed, opened, closed or deleted at all.' })
  switched(): Promise<ShownSwitch> {
    return this.actions.read();
  }

  @Post('pause')
  @Access('remediations:write')
  @Answers(ShownSwitch, { status: 200, description: 'The kill switch: all actions end within a second, also those that run.' })
  pause(@Body() { reason }: SwitchOrder, @Caller() caller: Identity): Promise<ShownSwitch> {
    return this.actions.pause(caller, reason);
  }

  @Post('resume')
  @Access('remediations:write')
  @Answers(ShownSwitch, { status: 200, description: 'By another person than who paused. What was halted is approved anew.' })
  resume(@Body() { reason }: SwitchOrder, @Caller() caller: Identity): Promise<ShownSwitch> {
    return this.actions.resume(caller, reason);
  }

  @Get('settings')
  @Access('remediations:read')
  @Answers(FixSettings, { list: true, description: 'Applications that differ from the standard, which pushes nothing.' })
  all(@Query() query: PageQuery, @Caller() caller: Identity): Promise<Page<FixSettings>> {
    return this.settings.list(caller, query);
  }

  @Put('settings/:application')
  @Access('applications:write')
  @Answers(FixSettings, { status: 200, description: 'Lets approved fixes of an application be pushed, or not.' })
  change(@Param('application') application: string, @Body() body: FixSettingsChange, @Caller() caller: Identity): Promise<FixSettings> {
    return this.settings.change(caller, application, body);
  }
}
