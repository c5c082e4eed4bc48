import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { traceIdNow } from '@throughline/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from '../log/log.ts';
import { documentOf, problemOf, problemOfCursor } from './problem-of.ts';
import type { Problem } from './problem.ts';

/** Turns everything that is thrown on the way to an answer into `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const hasCursor = Boolean((request.query as { cursor?: unknown } | undefined)?.cursor);
    const problem = (hasCursor ? problemOfCursor(error) : undefined) ?? problemOf(error);
    const route = request.routeOptions?.url;
    if (problem.status >= 500) this.tell(problem, error, { method: request.method, route });
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    void reply
      .status(problem.status)
      .headers(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(documentOf(problem, traceIdNow())));
  }

  /** While something is away every request meets it: that needs no stack. */
  private tell({ status, code, detail }: Problem, error: unknown, where: { method: string; route: string | undefined }): void {
    if (status === 500) return this.log.error({ error, ...where }, 'a request failed');
    this.log.warn({ status, code, detail, ...where }, 'a request could not be served');
  }
}
