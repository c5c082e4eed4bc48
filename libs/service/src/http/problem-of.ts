import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { redactText } from '../log/redact.ts';
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
  if (databaseIsAway(error))
    return new Problem(503, 'unavailable', 'the database cannot be reached; try again shortly', [], { 'retry-after': '5' });
  return new Problem(500, 'internal', 'something went wrong on our side; the trace id leads to the log');
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

function ofStatus(status: number, message: string): Problem {
  return new Problem(status, codes[status] ?? (status >= 500 ? 'internal' : 'refused'), redactText(message));
}

function databaseIsAway(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && ['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03', '53300', '08006'].includes(code);
}
