import type { ServiceName } from '@throughline/contracts';
import { statusOf, type HttpHandler } from '../http/handlers.ts';
import { parametersOf, type HandlerParameter } from '../http/parameters.ts';
import { answersOf, type Answer } from './answers.ts';
import { problemsOf } from './problems.ts';
import type { JsonSchema, Schemas } from './schemas.ts';

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
  /** Most bytes of a body that is passed on as it comes. */
  readonly 'x-throughline-streams'?: number;
}

/** What is read off the parameters of a handler. */
interface Asked {
  readonly parameters: readonly object[];
  readonly body: HandlerParameter['type'];
  readonly raw: boolean;
  readonly matched: boolean;
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key with the same body has its effect once in 24 hours, and is answered alike',
  schema: { type: 'string', maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
};

/** Describes a public handler. */
export function operationOf(service: ServiceName, handler: HttpHandler, schemas: Schemas): Operation {
  const answer = answersOf(handler.handler);
  const right = handler.rule?.kind === 'user' ? handler.rule.right : undefined;
  const asked = askedOf(handler, schemas);
  return {
    operationId: operationIdOf(service, handler),
    tags: [service],
    summary: answer.description ?? summaryOf(handler),
    ...(asked.parameters.length > 0 ? { parameters: asked.parameters } : {}),
    ...bodyOf(asked, answer, schemas),
    responses: {
      [answer.status ?? statusOf(handler)]: responseOf(answer, schemas),
      ...(answer.otherwise ? { [answer.otherwise.status]: responseOf(answer.otherwise, schemas) } : {}),
      ...problemsOf(statusesOf(handler, asked)),
    },
    ...(handler.rule?.kind === 'public' ? { security: [] } : {}),
    ...(right ? { 'x-throughline-right': right } : {}),
    ...(answer.streams ? { 'x-throughline-streams': answer.streams } : {}),
    ...(answer.secrets ? { 'x-throughline-secrets': answer.secrets } : {}),
  };
}

/** `ledger.findings.list`: unique over all services, as generated clients need it. */
function operationIdOf(service: ServiceName, { controller, method }: HttpHandler): string {
  const noun = controller.name.replace(/Controller$/, '');
  return `${service}.${noun.charAt(0).toLowerCase()}${noun.slice(1)}.${method}`;
}

/** For a handler that says nothing of itself: `Sources`, `One of the sources`, `Removes one of the sources`, `Sources: test`. */
function summaryOf({ path, verb }: HttpHandler): string {
  const segments = path.split('/').filter(Boolean);
  const words = segments.filter((segment) => !segment.startsWith(':')).map((segment) => segment.replaceAll('-', ' '));
  const endsWithOne = segments.at(-1)?.startsWith(':') ?? false;
  const noun = words.at(-1) ?? 'all';
  if (endsWithOne) return { GET: `One of the ${noun}`, DELETE: `Removes one of the ${noun}` }[verb] ?? `Changes one of the ${noun}`;
  const belongs = segments.at(-2)?.startsWith(':') ? `${capital(words.at(-2)!)}: ${noun}` : capital(noun);
  return verb === 'GET' || belongs.includes(':') ? belongs : `Adds to the ${noun}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function statusesOf({ rule, verb, path }: HttpHandler, { parameters, body, raw, matched }: Asked): number[] {
  const changes = verb !== 'GET';
  return [
    ...(parameters.length > 0 || body || raw ? [400] : []),
    ...(rule?.kind === 'user' || verb === 'POST' ? [401] : []),
    ...(rule?.kind === 'user' ? [403] : []),
    ...(path.includes(':') ? [404] : []),
    ...(changes ? [409] : []),
    ...(matched ? [412] : []),
    ...(body || raw ? [413] : []),
    ...(body ? [415] : []),
    ...(changes ? [422] : []),
    ...(matched ? [428] : []),
    ...[429, 503],
  ];
}

function responseOf({ type, list, description, produces }: Answer, schemas: Schemas): object {
  const said = { description: description ?? 'The answer' };
  if (produces) return { ...said, content: Object.fromEntries([produces].flat().map((media) => [media, ofMedia(media)])) };
  if (!type) return said;
  const item = schemas.refTo(type);
  const page = {
    type: 'object',
    required: ['items', 'next'],
    properties: { items: { type: 'array', items: item }, next: { type: ['string', 'null'] }, total: { type: 'integer' } },
  };
  return { ...said, content: { 'application/json': { schema: list ? page : item } } };
}

/** Of a document that has a format of its own nothing is told but whether it is a JSON object. */
function ofMedia(media: string): object {
  return /[/+]json$/.test(media) ? { schema: { type: 'object' } } : {};
}

function bodyOf({ body, raw }: Asked, { consumes, form, streams }: Answer, schemas: Schemas): object {
  if (!body && !raw && streams === undefined) return {};
  const schema = body && schemas.refTo(body, { closed: true });
  const content = schema
    ? { 'application/json': { schema }, ...(form ? { 'application/x-www-form-urlencoded': { schema } } : {}) }
    : Object.fromEntries((consumes ?? ['*/*']).map((type) => [type, {}]));
  return { requestBody: { required: true, content } };
}

function askedOf(handler: HttpHandler, schemas: Schemas): Asked {
  const declared = parametersOf(handler.controller, handler.method);
  const inPath = [...handler.path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = declared
    .filter(({ from }) => from === 'query')
    .flatMap(({ name, type }) => (name ? [{ name, in: 'query', schema: { type: 'string' } }] : type ? queryOf(schemas.of(type)) : []));
  const inHeader = declared.flatMap(({ from, name }) => (from === 'header' && name ? [headerOf(name)] : []));
  const once = handler.verb === 'POST' && handler.rule?.kind === 'user' ? [idempotencyKey] : [];
  return {
    parameters: [...inPath, ...inQuery, ...inHeader, ...once],
    body: declared.find(({ from }) => from === 'body')?.type,
    raw: declared.some(({ from }) => from === 'raw'),
    matched: declared.some(({ from, name }) => from === 'header' && name?.toLowerCase() === 'if-match'),
  };
}

function queryOf(schema: JsonSchema): object[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    ...(schema.required?.includes(name) ? { required: true } : {}),
    schema: property,
  }));
}

function headerOf(name: string): object {
  const known = name.toLowerCase() === 'if-match' ? { description: 'ETag of what is changed, as it was read' } : {};
  const named = name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return { name: named, in: 'header', ...known, schema: { type: 'string' } };
}
