import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { PolicyReplay, PolicyReplayRequest } from '@throughline/contracts';
import { Access, Answers, Caller, type Identity } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { Replays } from './replays.ts';

@Controller('api/v1/policies')
export class ReplaysController {
  constructor(private readonly replays: Replays) {}

  @Post('replay')
  @Access('decisions:read')
  @Answers(PolicyReplay, {
    status: 202,
    description: 'Judges decisions that were made again with a policy; the location says how far it is',
  })
  async start(
    @Body() asked: PolicyReplayRequest,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyReplay> {
    const replay = await this.replays.start(asked, caller);
    void reply.header('location', replay.location);
    return replay;
  }

  @Get('replays/:id')
  @Access('decisions:read')
  @Answers(PolicyReplay, { description: 'What a policy would have decided, as far as it was judged' })
  read(@Param('id') id: string, @Caller() caller: Identity): Promise<PolicyReplay> {
    return this.replays.read(id, caller);
  }
}
