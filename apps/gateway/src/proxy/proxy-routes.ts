import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ServiceRequest } from '@throughline/service';
import type { FastifyInstance } from 'fastify';
import { Proxy } from './proxy.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Hands every path below /api and /hooks that the gateway does not answer itself to the proxy, with the body as a stream. */
@Injectable()
export class ProxyRoutes implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly proxy: Proxy,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, payload: Readable, parsed) => parsed(null, payload));
      for (const url of ['/api/*', '/hooks/*']) {
        scope.route({
          method: methods,
          url,
          exposeHeadRoute: false,
          handler: (request, reply) => this.proxy.pass(request as ServiceRequest, reply),
        });
      }
      done();
    });
  }
}
