import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Problem, SignedIdentities, streamedType, type Identity, type ServiceRequest } from '@throughline/service';
import { nameRoute } from '@throughline/telemetry';
import type { FastifyReply } from 'fastify';
import { CallerOfRequest } from '../access/caller-of-request.ts';
import type { GatewayCaller } from '../access/gateway-caller.ts';
import { passingBody, type PassingBody } from './body.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { Idempotency, type OnceRequest } from './idempotency.ts';
import { Interfaces } from './interfaces.ts';
import { keptAnswer } from './kept-answer.ts';
import type { Route } from './route-table.ts';
import { Upstreams } from './upstreams.ts';

const keptBytes = 64 * 1024;

/** Passes a request on to the service that answers it, signed for who calls, and its answer back. */
@Injectable()
export class Proxy {
  constructor(
    private readonly interfaces: Interfaces,
    private readonly callers: CallerOfRequest,
    private readonly identities: SignedIdentities,
    private readonly idempotency: Idempotency,
    private readonly upstreams: Upstreams,
  ) {}

  async pass(request: ServiceRequest, reply: FastifyReply): Promise<unknown> {
    const route = this.routeOf(request);
    nameRoute(request.method, route.path);
    const user = route.open ? undefined : await this.user(request);
    const caller = user ? this.callers.forRight(user, route.right) : this.identities.ownIdentity();
    const body = await passingBody(request.body as Readable | undefined, request.headers['content-length'], route.streams);
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || !user || typeof key !== 'string') return this.forward(request, reply, { route, caller, body });
    const once = { principal: user.token, key, request: `${request.method} ${request.url}`, body: body.whole, length: body.length };
    const kept = await this.idempotency.begin(once);
    if (kept)
      return reply
        .status(kept.status)
        .headers({ ...kept.headers, 'idempotency-replayed': 'true' })
        .send(kept.body);
    return this.forwardOnce(request, reply, { route, caller, body }, once);
  }

  private async user(request: ServiceRequest): Promise<GatewayCaller> {
    const user = await this.callers.authenticate(request);
    if (!user) throw new Problem(401, 'unauthorized', 'this call needs a token: send `Authorization: Bearer <token>`');
    return user;
  }

  private routeOf({ method, url }: ServiceRequest): Route {
    const path = url.split('?', 1)[0]!;
    if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|\/\/|\\/i.test(path))
      throw new Problem(400, 'bad_request', 'the path has segments that lead elsewhere');
    const match = this.interfaces.routes().match(method, path);
    if (match && 'route' in match) return match.route;
    const allowed = [match, this.interfaces.ownRoutes().match('OPTIONS', path)].flatMap((one) =>
      one && 'allowed' in one ? one.allowed : [],
    );
    if (allowed.length > 0) {
      const allow = allowed.join(', ');
      throw new Problem(405, 'method_not_allowed', `this path answers to ${allow}`, [], { allow });
    }
    const missing = this.interfaces.missing();
    if (missing.length > 0) throw new Problem(503, 'service_away', `${missing.join(', ')} did not come up yet`, [], { 'retry-after': '2' });
    throw new Problem(404, 'not_found', 'nothing is here; the interface is described at /api/docs');
  }

  private async forward(request: ServiceRequest, reply: FastifyReply, passing: Passing): Promise<unknown> {
    const gone = new AbortController();
    // It closes also when all was said; there is nothing to give up then, and an abort costs an error with its stack.
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    const answer = await this.send(request, passing, gone.signal);
    const headers = responseHeaders(answer.headers);
    // Whole, the audit log can read off it what came into being.
    const body = answer.statusCode === 201 ? await smallBody(answer.body, headers) : undefined;
    return reply
      .status(answer.statusCode)
      .headers(headers)
      .send(body ?? answer.body);
  }

  private async forwardOnce(request: ServiceRequest, reply: FastifyReply, passing: Passing, once: OnceRequest): Promise<unknown> {
    try {
      // Goes on when the caller has left: the repetition then gets the answer, instead of a second effect.
      const answer = await this.send(request, passing);
      const headers = responseHeaders(answer.headers);
      const body = await smallBody(answer.body, headers);
      const kept = keptAnswer(answer.statusCode, headers, body, passing.route.secrets);
      await (kept ? this.idempotency.finish(once, kept) : this.idempotency.giveUp(once));
      return reply
        .status(answer.statusCode)
        .headers(headers)
        .send(body ?? answer.body);
    } catch (error) {
      await this.idempotency.giveUp(once);
      throw error;
    }
  }

  private async send(request: ServiceRequest, { route, caller, body }: Passing, signal?: AbortSignal) {
    const { method, url: path } = request;
    const signed = this.identities.sign(caller, {
      audience: route.service,
      method,
      path,
      body: body.stream ? 'streamed' : body.whole,
    });
    const theirs = route.open ? request.headers.authorization : undefined;
    const added = {
      authorization: `Bearer ${signed}`,
      'x-forwarded-for': request.ip,
      ...(theirs ? { 'x-throughline-authorization': theirs } : {}),
      // What a service reads as a stream it recognises by its content.
      ...(route.streams ? { 'content-type': streamedType } : {}),
    };
    const content = body.stream ?? (body.whole?.length ? body.whole : undefined);
    return this.upstreams.send(route.service, {
      method,
      path,
      headers: requestHeaders(request.headers, added),
      body: content,
      signal,
    });
  }
}

interface Passing {
  readonly route: Route;
  readonly caller: Identity;
  readonly body: PassingBody;
}

/** A body that is short enough to be held; undefined for one that is passed on as it comes. */
async function smallBody(
  body: { arrayBuffer(): Promise<ArrayBuffer> },
  headers: Readonly<Record<string, string | string[]>>,
): Promise<Buffer | undefined> {
  const small = Number(headers['content-length'] ?? Infinity) <= keptBytes;
  return small ? Buffer.from(await body.arrayBuffer()) : undefined;
}
