import { describe, expect, it } from '@jest/globals';
import type { Identity } from './identity.ts';
import { sees, visibleTo } from './visible-to.ts';

const caller = (applications: Identity['applications']): Identity => ({ kind: 'user', id: 'u', name: 'u', rights: [], applications });

describe('what a caller may see', () => {
  it('is everything for one without limits', () => {
    const params: unknown[] = [1];

    expect(visibleTo(caller('*'), params)).toBe('true');
    expect(params).toEqual([1]);
  });

  it('is the rows of the caller’s applications', () => {
    const params: unknown[] = ['x'];

    expect(visibleTo(caller(['shop', 'pay']), 'finding.application', params)).toBe('finding.application = any($2::text[])');
    expect(params).toEqual(['x', ['shop', 'pay']]);
  });

  it('is nothing for one without applications', () => {
    const params: unknown[] = [];

    visibleTo(caller([]), params);

    expect(params).toEqual([[]]);
    expect(sees(caller([]), 'shop')).toBe(false);
  });

  it('is never asked of a column that is no name', () => {
    expect(() => visibleTo(caller([]), 'a; drop table x', [])).toThrow(/no column name/);
  });
});
