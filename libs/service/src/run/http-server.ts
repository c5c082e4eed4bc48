import { readFileSync } from 'node:fs';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { nameRoute } from '@throughline/telemetry';
import type { ServiceRequest } from '../access/request.ts';
import type { ServiceConfig } from '../config/service-config.ts';

/** Largest body of a request unless the service says otherwise. */
const defaultBodyLimit = 1024 * 1024;
const greatestBodyLimit = 26 * 1024 * 1024;

/** The HTTP server of a service: bodies stay bytes until somebody with the right to send them asked for their content. */
export function httpServer(config: ServiceConfig, bodyLimit: number = defaultBodyLimit): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: Math.min(bodyLimit, greatestBodyLimit),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    requestIdHeader: false,
    logger: false,
    requestTimeout: 120_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    multipart: false,
    skipMiddie: true,
    routerOptions: { maxParamLength: 2_048 },
    ...tlsOf(config),
  });
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    (request as ServiceRequest).rawBody = body as Buffer;
    done(null, undefined);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    nameRoute(request.method, request.routeOptions.url);
    done();
  });
  return adapter;
}

function tlsOf({ tlsCertFile, tlsKeyFile }: ServiceConfig): object {
  if (!tlsCertFile || !tlsKeyFile) return {};
  return { https: { cert: readFileSync(tlsCertFile), key: readFileSync(tlsKeyFile), minVersion: 'TLSv1.2' } };
}
