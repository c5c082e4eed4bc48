import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ExchangedToken, TokenExchange } from '@throughline/contracts';
import { Answers, Public, type ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { JobAccess } from './job-access.ts';

/** How CI jobs come in (RFC 8693). */
@Controller('api/v1/tokens/exchange')
export class TokenExchangeController {
  constructor(private readonly jobs: JobAccess) {}

  @Post()
  @Public('the token in the body is what proves who calls')
  @Answers(ExchangedToken, {
    status: 200,
    form: true,
    description: 'Exchanges the token of a CI job, once, for one that speaks for the commit of the job and for nothing else',
    secrets: ['access_token'],
  })
  async exchange(
    @Body() { subject_token }: TokenExchange,
    @Req() request: ServiceRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExchangedToken> {
    const { caller, answer } = await this.jobs.enter(subject_token);
    request.caller = caller;
    void reply.header('cache-control', 'no-store');
    return answer;
  }
}
