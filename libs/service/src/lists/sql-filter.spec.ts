import { expect, it } from '@jest/globals';
import { SqlFilter } from './sql-filter.ts';

it('passes values as parameters, in every place that asks for one', () => {
  const filter = new SqlFilter();

  filter.narrow('state = ?', "x'; drop table waiver;--");
  filter.narrow('(repository = ? or ? is null)', null);

  expect(filter.where).toBe('state = $1\n  and (repository = $2 or $2 is null)');
  expect(filter.params).toEqual(["x'; drop table waiver;--", null]);
});

it('is not narrowed by what nobody asks for', () => {
  const filter = new SqlFilter();

  filter.narrow('state = ?', undefined);

  expect([filter.where, filter.params]).toEqual(['true', []]);
});
