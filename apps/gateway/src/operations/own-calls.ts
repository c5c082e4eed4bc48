import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem, type ProblemDocument, type ServiceRequest } from '@throughline/service';
import type { FastifyInstance, InjectOptions } from 'fastify';

/** What says who calls, and from where. */
const credentials = ['authorization', 'cookie', 'host', 'origin', 'sec-fetch-site'] as const;

/** Calls of our own public interface in the name of who called us: nothing is allowed here that is not allowed there. */
@Injectable()
export class OwnCalls {
  constructor(private readonly adapter: HttpAdapterHost) {}

  /** The answer's body; throws the `Problem` that it was. */
  async call<T>(request: ServiceRequest, method: 'GET' | 'POST', url: string, body?: object): Promise<T> {
    const headers = Object.fromEntries(
      credentials.flatMap((name) => (request.headers[name] ? [[name, String(request.headers[name])]] : [])),
    );
    const payload =
      body === undefined ? {} : { payload: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
    const asked: InjectOptions = { method, url, headers, remoteAddress: request.ip, ...payload };
    const answer = await this.adapter.httpAdapter.getInstance<FastifyInstance>().inject(asked);
    const said: unknown = answer.payload === '' ? undefined : answer.json();
    if (answer.statusCode < 400) return said as T;
    const { code = 'refused', detail = 'the call was refused', errors } = (said ?? {}) as Partial<ProblemDocument>;
    throw new Problem(answer.statusCode, code, detail, errors);
  }
}
