import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { GateAnswer, GateRequest, GateWaiting, make } from '@throughline/contracts';
import { Access, Answers, Caller, Problem, refuseOutOfBounds, ServiceConfig, type Identity } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { answerOf, unknownAnswer } from './gate-answers.ts';
import { GateWaits, type GateWait } from './gate-waits.ts';
import { Gates } from './gates.ts';
import { Questions, type Admitted } from './question.ts';
import { subjectInBounds } from './subject-in-bounds.ts';

/** A request is answered within this time; who wants to wait longer gets a location. */
const longestMs = 50_000;
const path = '/api/v1/gate';

@Controller('api/v1/gate')
export class GateController {
  constructor(
    private readonly questions: Questions,
    private readonly gates: Gates,
    private readonly waits: GateWaits,
    private readonly config: ServiceConfig,
  ) {}

  @Post()
  @Access('gates:write', { bound: true })
  @Answers(GateAnswer, { status: 200, description: 'The verdict; a wait of more than 50 seconds answers 202 with a location' })
  async ask(
    @Body() request: GateRequest,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GateAnswer | GateWaiting> {
    const subject = subjectInBounds(request, caller);
    const admitted = await this.questions.admit({ ...request, subject }, caller);
    if (!admitted) return unknownAnswer(request.subject);
    const waitMs = (request.wait ?? 0) * 1000;
    if (waitMs <= longestMs) return this.answer(admitted, Date.now() + waitMs);
    const { application } = admitted.accountable.tolerance;
    return waiting(await this.waits.open(admitted.question, application, waitMs / 1000), reply);
  }

  @Get(':id')
  @Access('gates:write', { bound: true })
  @Answers(GateAnswer, { description: 'Goes on waiting; 202 with the same location while there is no verdict' })
  async wait(
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GateAnswer | GateWaiting> {
    const wait = await this.waits.find(id);
    if (!wait) throw new Problem(404, 'not_found', `nobody waits under ${id}`);
    refuseOutOfBounds(caller, wait.question);
    const accountable = await this.questions.accountable(wait.question.repository, caller);
    const until = wait.until.getTime();
    const patience = Date.now() + longestMs;
    if (until <= patience) return this.answer({ question: wait.question, accountable }, until);
    const { decision } = await this.gates.wait(wait.question, patience);
    return decision
      ? answerOf({ question: wait.question, accountable }, { decision, missing: [] }, this.config.linkBase)
      : waiting(wait, reply);
  }

  private async answer(admitted: Admitted, deadline: number): Promise<GateAnswer> {
    return answerOf(admitted, await this.gates.ask(admitted.question, deadline), this.config.linkBase);
  }
}

function waiting({ id }: GateWait, reply: FastifyReply): GateWaiting {
  const location = `${path}/${id}`;
  void reply.status(202).header('location', location);
  return make(GateWaiting, { id, status: 'waiting', location });
}
