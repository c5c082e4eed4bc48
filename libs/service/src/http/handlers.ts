import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { ModulesContainer } from '@nestjs/core';
import { accessRule, type AccessRule } from '../access/access.ts';

/** A handler of HTTP requests, as its decorators declare it. */
export interface HttpHandler {
  readonly controller: Type;
  readonly method: string;
  readonly handler: object;
  /** `GET`, `POST`, … */
  readonly verb: string;
  /** With a leading slash, parameters as `:name`. */
  readonly path: string;
  readonly rule?: AccessRule;
}

/** All HTTP handlers of a service. */
export function httpHandlers(modules: ModulesContainer): HttpHandler[] {
  const controllers = new Set(
    [...modules.values()].flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype as Type)),
  );
  return [...controllers].flatMap(handlersOf);
}

/** The status that a handler answers with when all goes well. */
export function statusOf({ handler, verb }: HttpHandler): number {
  return (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (verb === 'POST' ? 201 : 200);
}

function handlersOf(controller: Type): HttpHandler[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const handler = method === 'constructor' ? undefined : prototype[method];
    if (typeof handler !== 'function') return [];
    const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (verb === undefined) return [];
    const rule = (Reflect.getMetadata(accessRule, handler) ?? Reflect.getMetadata(accessRule, controller)) as AccessRule | undefined;
    return pathsOf(controller, handler).map((path) => ({ controller, method, handler, verb: RequestMethod[verb], path, rule }));
  });
}

function pathsOf(controller: Type, handler: object): string[] {
  const prefixes = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat();
  const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
  return prefixes.flatMap((prefix) =>
    paths.map(
      (path) =>
        `/${[prefix, path]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`,
    ),
  );
}
