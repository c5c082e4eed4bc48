import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem, type ServiceRequest } from '@throughline/service';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PublicAddress } from './public-address.ts';
import { RateLimits } from './rate-limits.ts';
import { securityHeaders } from './security-headers.ts';

const health = new Set(['/healthz', '/readyz']);
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What happens to every request before anything looks at what it asks for. */
@Injectable()
export class Door implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly address: PublicAddress,
    private readonly limits: RateLimits,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', (request, reply) => this.enter(request as ServiceRequest, reply));
  }

  private async enter(request: ServiceRequest, reply: FastifyReply): Promise<void> {
    void reply.headers(securityHeaders(request.url, this.address.secure));
    // Supervisors ask by whatever address they reach us under.
    if (!health.has(request.url) && !this.address.isOwnHost(request.headers.host)) {
      throw new Problem(421, 'misdirected', 'the platform does not answer under this host name: use the one of PUBLIC_URL');
    }
    // Measurements are for the machine's own collector, not for callers of the public port.
    if (request.url.startsWith('/metrics') && !/^(?:::ffff:)?127\.|^::1$/.test(request.ip))
      throw new Problem(404, 'not_found', 'nothing is here');
    void reply.headers(await this.limits.count(request));
    if (!methods.includes(request.method))
      throw new Problem(405, 'method_not_allowed', `nothing here answers to ${request.method}`, [], { allow: methods.join(', ') });
  }
}
