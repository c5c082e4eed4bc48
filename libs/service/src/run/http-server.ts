import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { nameRoute } from '@throughline/telemetry';
import type { ServiceRequest } from '../access/request.ts';
import { acceptStreams } from '../http/streamed-body.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServiceConfig } from '../config/service-config.ts';
import { wholeBody } from '../http/whole-body.ts';
import { answerUndecodable, answerUnreadable } from '../http/wire-errors.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** Largest body of a request unless the service says otherwise. */
const defaultBodyLimit = 1024 * 1024;
const greatestBodyLimit = 26 * 1024 * 1024;

/** The HTTP server of a service: bodies stay bytes until somebody with the right to send them asked for their content. */
export function httpServer(config: ServiceConfig, metrics: Metrics, bodyLimit: number = defaultBodyLimit): FastifyAdapter {
  const limit = Math.min(bodyLimit, greatestBodyLimit);
  const adapter = new FastifyAdapter({
    bodyLimit: limit,
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    requestIdHeader: false,
    logger: false,
    requestTimeout: 120_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    multipart: false,
    skipMiddie: true,
    routerOptions: { maxParamLength: 2_048 },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: answerUndecodable,
    ...serverOf(config),
  });
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    (request as ServiceRequest).rawBody = await wholeBody(payload, request.headers['content-length'], limit);
  });
  acceptStreams(server);
  server.addHook('onRequest', (request, _reply, done) => {
    nameRoute(request.method, request.routeOptions.url);
    done();
  });
  measure(server, metrics);
  return adapter;
}

function measure(server: FastifyInstance, metrics: Metrics): void {
  const seconds = metrics.histogram('throughline_http_request_seconds', 'Time to answer, by route.');
  server.addHook('onResponse', (request, reply, done) => {
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    seconds.observe(reply.elapsedTime / 1000, { method: request.method, route: request.routeOptions.url ?? 'none', status });
    done();
  });
}

function serverOf({ tlsCertFile, tlsKeyFile }: ServiceConfig): object {
  // Left to Node, a request without a host gets an empty answer; whoever minds which host is asked for says so itself.
  const own = { requireHostHeader: false };
  if (!tlsCertFile || !tlsKeyFile) return { http: own };
  return { https: { ...own, cert: readFileSync(tlsCertFile), key: readFileSync(tlsKeyFile), minVersion: 'TLSv1.2' } };
}
