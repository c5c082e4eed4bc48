import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { documentOf, problemOf, problemOfCursor } from './problem-of.ts';
import { Problem } from './problem.ts';

describe('a problem', () => {
  it('is what was thrown as one', () => {
    const problem = new Problem(409, 'taken', 'the name is taken');

    expect(problemOf(problem)).toBe(problem);
  });

  it.each<[string, unknown, number, string]>([
    ['of the framework', new NotFoundException('Cannot GET /x'), 404, 'not_found'],
    ['of the server', Object.assign(new Error('Request body is too large'), { statusCode: 413 }), 413, 'too_large'],
    ['of a database that is away', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
    ['of a transaction that lost a deadlock', Object.assign(new Error('deadlock detected'), { code: '40P01' }), 503, 'busy'],
    ['of a text that Postgres cannot hold', Object.assign(new Error('invalid byte sequence'), { code: '22021' }), 400, 'invalid'],
    ['of a value that we got wrong ourselves', Object.assign(new Error('invalid uuid'), { code: '22P02' }), 500, 'internal'],
    ['that nobody foresaw', new Error('boom'), 500, 'internal'],
    ['that is no error', undefined, 500, 'internal'],
  ])('%s has its status', (_what, error, status, code) => {
    expect(problemOf(error)).toMatchObject({ status, code });
  });

  it('of a cursor is whoever made it up', () => {
    expect(problemOfCursor(Object.assign(new Error('invalid uuid'), { code: '22P02' }))).toMatchObject({ status: 400, code: 'invalid' });
    expect(problemOfCursor(new Error('boom'))).toBeUndefined();
  });

  it('is told as RFC 9457 wants it', () => {
    const problem = new Problem(400, 'invalid', 'not valid', [{ pointer: '/a', detail: 'must be text' }]);

    expect(documentOf(problem, 'abc')).toEqual({
      type: 'urn:throughline:problem:invalid',
      title: 'Bad Request',
      status: 400,
      detail: 'not valid',
      code: 'invalid',
      traceId: 'abc',
      errors: [{ pointer: '/a', detail: 'must be text' }],
    });
  });
});
