import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '@throughline/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.ts';

/** Files lie at the top or among the assets; deeper down a dot belongs to the name of what a page is about. */
const file = /^\/(?:assets\/.*|[^/]*)\.[a-z0-9]+$/i;

/** The dashboard's built files; a path that names none of them is a page of the dashboard itself. */
@Injectable()
export class Dashboard implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly config: GatewayConfig,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    const root = this.config.dashboardDir && resolve(this.config.dashboardDir);
    if (!root || !existsSync(root)) return;
    server.register(fastifyStatic, { root, serve: false, cacheControl: false, dotfiles: 'ignore' });
    server.route({ method: 'GET', url: '/*', handler: (request, reply) => this.answer(request, reply) });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const path = request.url.split('?', 1)[0]!;
    if (/^\/(?:api|hooks|internal)(?:\/|$)/.test(path))
      throw new Problem(404, 'not_found', 'nothing is here; the interface is described at /api/docs');
    if (!file.test(path)) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    // Names of built assets change with their content.
    const lasting = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply.header('cache-control', lasting).sendFile(decodeURIComponent(path.slice(1)));
  }
}
