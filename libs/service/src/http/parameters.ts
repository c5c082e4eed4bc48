import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';

/** A decorated parameter of a handler. */
export interface HandlerParameter {
  /** Its place among the arguments. */
  readonly index: number;
  readonly from: 'body' | 'query' | 'path' | 'header' | 'raw' | 'other';
  /** Name of the single field asked for, as in `@Param('id')`. */
  readonly name?: string;
  /** Declared type. */
  readonly type?: Type;
}

/** How Nest numbers the kinds of parameters (`RouteParamtypes`). */
const kinds: Readonly<Record<string, HandlerParameter['from']>> = { 3: 'body', 4: 'query', 5: 'path', 6: 'header', 12: 'raw' };

/** The parameters of a handler as its decorators declare them. */
export function parametersOf(controller: Type, method: string): HandlerParameter[] {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ?? []) as Type[];
  return Object.entries(declared).map(([key, argument]) => ({
    index: argument.index,
    from: kinds[key.split(':')[0]!] ?? 'other',
    name: typeof argument.data === 'string' ? argument.data : undefined,
    type: types[argument.index],
  }));
}
