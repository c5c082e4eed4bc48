import 'reflect-metadata';
import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { inServerSpan, makesOwnSpans } from '@throughline/telemetry';
import type { RouteHandlerMethod } from 'fastify';
import { Admission } from '../access/admission.ts';
import type { ServiceRequest } from '../access/request.ts';
import { ServiceConfig } from '../config/service-config.ts';
import { httpHandlers, statusOf, type HttpHandler } from './handlers.ts';
import { parametersOf, type HandlerParameter } from './parameters.ts';
import { ProblemFilter } from './problem-filter.ts';
import { Log } from '../log/log.ts';

const direct = 'throughline:direct';

/**
 * Answers a handler without the framework's way through guards, pipes and interceptors, in one span of the given name: for a
 * route that is called a thousand times a second. Its access rule holds all the same, and it may only ask for what needs no
 * validation: path, headers and the raw body.
 */
export const Direct = (span: string): CustomDecorator => SetMetadata(direct, span);

/** A handler on the short way, with what answers it. */
interface DirectRoute extends HttpHandler {
  readonly span: string;
  readonly status: number;
  readonly read: readonly ((request: ServiceRequest) => unknown)[];
}

/** Takes the routes of such handlers over when the framework makes them; call it before the application is initialised. */
export function answerDirectly(app: NestFastifyApplication): void {
  const routes = new Map(httpHandlers(app.get(ModulesContainer)).flatMap(directRoute));
  if (routes.size === 0) return;
  const answers = { admission: app.get(Admission, { strict: false }), problems: new ProblemFilter(app.get(Log, { strict: false })) };
  const { serviceName } = app.get(ServiceConfig, { strict: false });
  for (const { path } of routes.values()) makesOwnSpans(serviceName, path.split(':', 1)[0]!);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const own = routes.get(`${[route.method].flat().join()} ${route.url}`);
      if (own) route.handler = handlerOf(own, app.get<object>(own.controller, { strict: false }), answers);
    });
}

function directRoute(handler: HttpHandler): [string, DirectRoute][] {
  const span = Reflect.getMetadata(direct, handler.handler) as string | undefined;
  if (span === undefined) return [];
  const read: ((request: ServiceRequest) => unknown)[] = [];
  for (const parameter of parametersOf(handler.controller, handler.method)) read[parameter.index] = readerOf(handler, parameter);
  return [[`${handler.verb} ${handler.path}`, { ...handler, span, status: statusOf(handler), read }]];
}

function readerOf({ controller, method }: HttpHandler, { from, name }: HandlerParameter): (request: ServiceRequest) => unknown {
  if (from === 'path' && name !== undefined) return ({ params }) => (params as Readonly<Record<string, string>>)[name];
  if (from === 'header' && name === undefined) return ({ headers }) => headers;
  if (from === 'raw') return ({ rawBody }) => rawBody;
  throw new Error(`${controller.name}.${method} is answered directly: it may ask for path parameters, all headers and the raw body`);
}

/** Who lets callers in, and who tells them what went wrong. */
interface Answers {
  readonly admission: Admission;
  readonly problems: ProblemFilter;
}

function handlerOf(route: DirectRoute, controller: object, { admission, problems }: Answers): RouteHandlerMethod {
  const answer = (controller as Readonly<Record<string, (...of: unknown[]) => unknown>>)[route.method]!.bind(controller);
  return (request: ServiceRequest, reply) =>
    inServerSpan(route.span, { method: route.verb, route: route.path, traceparent: request.headers['traceparent'] }, async () => {
      try {
        await admission.admit(route.rule, request);
        const content = JSON.stringify(await answer(...route.read.map((read) => read(request))));
        void reply.status(route.status).header('content-type', 'application/json; charset=utf-8').send(content);
      } catch (error) {
        problems.answer(error, request, reply);
      }
      return reply.statusCode;
    }).then(() => reply);
}
