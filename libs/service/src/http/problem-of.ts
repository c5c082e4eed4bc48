import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isConflict } from '../database/conflict.ts';
import { isDatabaseAway } from '../database/database-away.ts';
import { redactText } from '../log/redact.ts';
import { strangeCursor } from '../lists/strange-cursor.ts';
import { Problem, type ProblemDocument } from './problem.ts';

const codes: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  428: 'precondition_required',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** What a thrown error tells the caller; an unforeseen one tells nothing but that it happened. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return ofStatus(status, (error as Error).message);
  if (codeOf(error) === nulCharacter) return new Problem(400, 'invalid', 'a text has a NUL character or is no UTF-8, which is not kept');
  if (isDatabaseAway(error))
    return new Problem(503, 'unavailable', 'the database cannot be reached; try again shortly', [], { 'retry-after': '5' });
  if (isConflict(error))
    return new Problem(503, 'busy', 'somebody else changed the same at this moment, and nothing was changed here; try again', [], {
      'retry-after': '1',
    });
  return new Problem(500, 'internal', 'something went wrong on our side; the trace id leads to the log');
}

/** What a request with a cursor is told: the values in a cursor that we did not make may be none of the types of their columns. */
export function problemOfCursor(error: unknown): Problem | undefined {
  return unreadableValues.includes(codeOf(error) ?? '') ? strangeCursor() : undefined;
}

/** The document that is sent for a problem. */
export function documentOf(problem: Problem, traceId: string | undefined): ProblemDocument {
  return {
    type: `urn:throughline:problem:${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    traceId,
    ...(problem.errors?.length ? { errors: problem.errors } : {}),
  };
}

/** SQLSTATE of a text that Postgres cannot hold, and of texts that are no value of the type asked for. */
const nulCharacter = '22021';
const unreadableValues = ['22P02', '22003', '22007', '22008'];

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function ofStatus(status: number, message: string): Problem {
  return new Problem(status, codes[status] ?? (status >= 500 ? 'internal' : 'refused'), redactText(message));
}
