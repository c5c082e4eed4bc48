import type { JsonSchema } from './schemas.ts';

/** RFC 9457, as every error is answered. */
export const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
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
  example: {
    type: 'urn:throughline:problem:invalid',
    title: 'Bad Request',
    status: 400,
    detail: 'what was sent is not valid',
    code: 'invalid',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    errors: [{ pointer: '/name', detail: 'name must be shorter than or equal to 100 characters' }],
  },
};

const retryAfter = { 'Retry-After': { description: 'Seconds until a repetition may succeed', schema: { type: 'integer', minimum: 1 } } };

const told: Readonly<Record<number, readonly [name: string, description: string, headers?: object]>> = {
  400: ['BadRequest', 'What was sent is not valid; `errors` names each place'],
  401: ['Unauthorized', 'No token, or one that allows nothing (any more); the detail says why'],
  403: ['Forbidden', 'The caller may not do this, or not here'],
  404: ['NotFound', 'It does not exist, or is not the caller’s to see'],
  409: ['Conflict', 'It contradicts what is there'],
  412: ['PreconditionFailed', 'It was changed since it was read: read it again'],
  413: ['TooLarge', 'The body is too large'],
  415: ['UnsupportedMediaType', 'The body is of a type that is not taken here'],
  422: ['Unprocessable', 'It was understood and cannot be done; also for an Idempotency-Key that came with another request'],
  428: ['PreconditionRequired', 'Send If-Match with the ETag that you read'],
  429: ['TooManyRequests', 'Above the limit of the token or the address', retryAfter],
  503: ['Unavailable', 'Something that this needs is away: try again', retryAfter],
};

/** `components.responses`: each error once. */
export const problemResponses: Readonly<Record<string, object>> = Object.fromEntries(
  Object.values(told).map(([name, description, headers]) => [name, problem(description, headers)]),
);

/** References to the errors of these statuses, and what any other error looks like. */
export function problemsOf(statuses: readonly number[]): Record<string, object> {
  const references = statuses.map((status) => [status, { $ref: `#/components/responses/${told[status]![0]}` }] as const);
  return { ...Object.fromEntries(references), default: problem('What went wrong (RFC 9457)') };
}

function problem(description: string, headers?: object): object {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return { description, ...(headers ? { headers } : {}), content };
}
