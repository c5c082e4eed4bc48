import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import type { ServiceName } from '@throughline/contracts';
import type { HttpHandler } from '../http/handlers.ts';
import { parametersOf } from '../http/parameters.ts';
import { answerOf, type Answer } from './answers.ts';
import { Schemas, type JsonSchema } from './schemas.ts';

/** An OpenAPI 3.1 document, as far as we write it. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly securitySchemes: object };
  readonly security: readonly object[];
}

/** One operation of a path. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, object>>;
  readonly security?: readonly object[];
  /** The right that a caller needs. */
  readonly 'x-throughline-right'?: string;
  /** Fields of the answer that are shown once. */
  readonly 'x-throughline-secrets'?: readonly string[];
}

const problem = {
  description: 'What went wrong (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', required: ['pointer', 'detail'], properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
};

/** Describes the public handlers of a service; what is only for our own services is left out. */
export function openApiOf(service: ServiceName, handlers: readonly HttpHandler[]): OpenApi {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const handler of handlers) {
    if (handler.rule?.kind !== 'user' && handler.rule?.kind !== 'public') continue;
    const path = handler.path.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/\*(\w+)/g, '{$1}');
    (paths[path] ??= {})[handler.verb.toLowerCase()] = operationOf(service, handler, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: `Throughline ${service}`, version: '1' },
    paths,
    components: {
      schemas: { ...schemas.all(), Problem: problemSchema },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ token: [] }],
  };
}

function operationOf(service: ServiceName, handler: HttpHandler, schemas: Schemas): Operation {
  const answer = (Reflect.getMetadata(answerOf, handler.handler) ?? {}) as Answer;
  const right = handler.rule?.kind === 'user' ? handler.rule.right : undefined;
  return {
    operationId: operationIdOf(service, handler),
    tags: [service],
    ...(answer.description ? { summary: answer.description } : {}),
    ...requestOf(handler, answer, schemas),
    responses: { [statusOf(handler, answer)]: responseOf(answer, schemas), default: problem },
    ...(handler.rule?.kind === 'public' ? { security: [] } : {}),
    ...(right ? { 'x-throughline-right': right } : {}),
    ...(answer.secrets ? { 'x-throughline-secrets': answer.secrets } : {}),
  };
}

/** `ledger.findings.list`: unique over all services, as generated clients need it. */
function operationIdOf(service: ServiceName, { controller, method }: HttpHandler): string {
  const noun = controller.name.replace(/Controller$/, '');
  return `${service}.${noun.charAt(0).toLowerCase()}${noun.slice(1)}.${method}`;
}

function statusOf(handler: HttpHandler, answer: Answer): number {
  const declared = Reflect.getMetadata(HTTP_CODE_METADATA, handler.handler) as number | undefined;
  return answer.status ?? declared ?? (handler.verb === 'POST' ? 201 : 200);
}

function responseOf({ type, list, description, produces }: Answer, schemas: Schemas): object {
  const said = { description: description ?? 'The answer' };
  if (produces) return { ...said, content: { [produces]: {} } };
  if (!type) return said;
  const item = schemas.refTo(type);
  const page = {
    type: 'object',
    required: ['items', 'next'],
    properties: { items: { type: 'array', items: item }, next: { type: ['string', 'null'] }, total: { type: 'integer' } },
  };
  return { ...said, content: { 'application/json': { schema: list ? page : item } } };
}

function requestOf(handler: HttpHandler, { consumes }: Answer, schemas: Schemas): object {
  const declared = parametersOf(handler.controller, handler.method);
  const parameters: object[] = [...handler.path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  for (const { from, name, type } of declared) {
    if (from !== 'query') continue;
    if (name) parameters.push({ name, in: 'query', schema: { type: 'string' } });
    else if (type) parameters.push(...queryOf(schemas.of(type)));
  }
  const body = declared.find(({ from }) => from === 'body')?.type;
  const raw = declared.some(({ from }) => from === 'raw');
  const content = body
    ? { 'application/json': { schema: schemas.refTo(body, { closed: true }) } }
    : Object.fromEntries((consumes ?? ['*/*']).map((type) => [type, {}]));
  return { ...(parameters.length > 0 ? { parameters } : {}), ...(body || raw ? { requestBody: { required: true, content } } : {}) };
}

function queryOf(schema: JsonSchema): object[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    ...(schema.required?.includes(name) ? { required: true } : {}),
    schema: property,
  }));
}
