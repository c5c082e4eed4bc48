import type { ServiceName } from '@throughline/contracts';
import type { HttpHandler } from '../http/handlers.ts';
import { operationOf, type Operation } from './operation.ts';
import { problemResponses, problemSchema } from './problems.ts';
import { Schemas, type JsonSchema } from './schemas.ts';

/** An OpenAPI 3.1 document, as far as we write it. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description?: string; readonly license?: object };
  readonly servers?: readonly object[];
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses?: Readonly<Record<string, object>>;
    readonly securitySchemes: object;
  };
  readonly security: readonly object[];
}

/** Describes the public handlers of a service; what is only for our own services is left out. */
export function openApiOf(service: ServiceName, handlers: readonly HttpHandler[]): OpenApi {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const handler of handlers) {
    if (handler.rule?.kind !== 'user' && handler.rule?.kind !== 'public') continue;
    const path = handler.path.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/\*(\w+)/g, '{$1}');
    (paths[path] ??= {})[handler.verb.toLowerCase()] = operationOf(service, handler, schemas);
  }
  for (const operations of Object.values(paths)) tellEntityTags(operations);
  return {
    openapi: '3.1.0',
    info: { title: `Throughline ${service}`, version: '1' },
    paths,
    components: {
      schemas: { ...schemas.used(paths), Problem: problemSchema },
      responses: problemResponses,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ token: [] }],
  };
}

/** What is changed with `If-Match` is read with the entity tag to put there. */
function tellEntityTags(operations: Record<string, Operation>): void {
  const { get, ...changing } = operations;
  const matched = Object.values(changing).some(({ responses }) => '412' in responses);
  if (!get || !matched) return;
  const headers = { ETag: { description: 'The revision, for If-Match', schema: { type: 'string' } } };
  operations['get'] = { ...get, responses: { ...get.responses, 200: { ...get.responses['200'], headers } } };
}
