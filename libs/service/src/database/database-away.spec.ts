import { runInNewContext } from 'node:vm';
import { isDatabaseAway } from './database-away.ts';

const circular = new Error('x');
circular.cause = circular;

const error = (fields: object, message = 'x'): Error => Object.assign(new Error(message), fields);

it.each([
  error({ code: 'ECONNREFUSED' }),
  error({ code: '57P01' }),
  error({ code: '08006' }),
  error({ code: '53300' }),
  error({}, 'Connection terminated unexpectedly'),
  error({}, 'timeout expired'),
  error({ driverError: error({ code: 'ECONNRESET' }) }),
  runInNewContext("Object.assign(new Error('x'), { code: 'ECONNREFUSED' })") as unknown,
])('sees that the database is away: %s', (away) => {
  expect(isDatabaseAway(away)).toBe(true);
});

it.each([error({ code: '22021' }), error({ code: '23505' }), error({ code: '40P01' }), error({}), circular, 'text', undefined])(
  'sees that only the statement failed: %s',
  (failed) => {
    expect(isDatabaseAway(failed)).toBe(false);
  },
);
