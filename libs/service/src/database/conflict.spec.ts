import { expect, it } from '@jest/globals';
import { isConflict } from './conflict.ts';

it('is a conflict when Postgres chose the other transaction', () => {
  expect(isConflict(Object.assign(new Error(), { code: '40P01' }))).toBe(true);
  expect(isConflict(Object.assign(new Error(), { code: '40001' }))).toBe(true);
  expect(isConflict(Object.assign(new Error(), { code: '23505' }))).toBe(false);
  expect(isConflict(undefined)).toBe(false);
});
