import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { ServiceRequest } from '@throughline/service';
import type { FastifyReply } from 'fastify';
import { catchError, from, mergeMap, of, throwError, type Observable } from 'rxjs';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { Idempotency, type OnceRequest } from './idempotency.ts';
import { keptAnswer } from './kept-answer.ts';

/** `Idempotency-Key` for the gateway's own POSTs. */
@Injectable()
export class OnceByKey implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<ServiceRequest>();
    const reply = http.getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || !request.caller) return next.handle();
    const body = request.rawBody ?? Buffer.alloc(0);
    const once = {
      principal: (request.caller as GatewayCaller).token,
      key,
      request: `${request.method} ${request.url}`,
      body,
      length: body.length,
    };
    return from(this.idempotency.begin(once)).pipe(
      mergeMap((kept) => {
        if (!kept) return this.first(once, next, reply);
        void reply.status(kept.status).headers({ ...kept.headers, 'idempotency-replayed': 'true' });
        return of(kept.body ? (JSON.parse(kept.body.toString('utf8')) as unknown) : undefined);
      }),
    );
  }

  private first(once: OnceRequest, next: CallHandler, reply: FastifyReply): Observable<unknown> {
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const kept = keptAnswer(reply.statusCode, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify(answer ?? null)));
        await (kept ? this.idempotency.finish(once, kept) : this.idempotency.giveUp(once));
        return answer;
      }),
      catchError((error: unknown) => from(this.idempotency.giveUp(once)).pipe(mergeMap(() => throwError(() => error)))),
    );
  }
}
