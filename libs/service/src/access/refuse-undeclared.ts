import type { HttpHandler } from '../http/handlers.ts';
import { parametersOf } from '../http/parameters.ts';

/** A handler forgot to say who may call it, or what its body must look like. */
export class HandlerUndeclared extends Error {
  readonly code = 'handler_undeclared';
}

const unchecked: readonly unknown[] = [undefined, Object, Array, String, Number, Boolean];

/** Stops a start when a handler has no access rule, or takes a body that nothing validates; names the handlers. */
export function refuseUndeclared(handlers: readonly HttpHandler[]): void {
  const faults = handlers.flatMap((handler) => {
    const name = `${handler.controller.name}.${handler.method}`;
    const body = parametersOf(handler.controller, handler.method).find(({ from, name: field }) => from === 'body' && !field);
    return [
      ...(handler.rule ? [] : [`${name} declares no access rule: add @Access, @Internal or @Public`]),
      ...(body && unchecked.includes(body.type)
        ? [`${name} takes a body without a class to validate it: declare one, or read @RawBody()`]
        : []),
    ];
  });
  if (faults.length > 0) throw new HandlerUndeclared(faults.join('; '));
}
