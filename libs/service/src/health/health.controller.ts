import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Unsigned } from '../access/access.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { Readiness } from './readiness.ts';

interface ReadinessAnswer {
  readonly service: string;
  readonly status: 'ready' | 'unready';
  readonly checks: Readonly<Record<string, { readonly status: 'ok' | 'failed'; readonly detail?: string }>>;
}

/** For whoever keeps the service running. */
@Controller()
export class HealthController {
  constructor(
    private readonly config: ServiceConfig,
    private readonly readiness: Readiness,
  ) {}

  @Get('healthz')
  @Unsigned('supervisors have no identity, and the answer tells nothing')
  alive(): { service: string; status: 'alive' } {
    return { service: this.config.serviceName, status: 'alive' };
  }

  @Get('readyz')
  @Unsigned('supervisors have no identity, and the answer names only our own parts')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessAnswer> {
    const results = await this.readiness.results();
    const ready = results.every(({ ok }) => ok);
    const checks = Object.fromEntries(
      results.map(({ name, ok, detail }) => [name, { status: ok ? ('ok' as const) : ('failed' as const), detail }]),
    );
    void reply.status(ready ? 200 : 503);
    return { service: this.config.serviceName, status: ready ? 'ready' : 'unready', checks };
  }
}
