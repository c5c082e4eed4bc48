import { describe, expect, it } from '@jest/globals';
import { SqlFilter } from '@throughline/service';
import { addWanted, likeText, spelled, wantedIn } from './wanted.ts';

describe('filters', () => {
  it('take several values by comma and negation by an exclamation mark', () => {
    expect(wantedIn('a, b,!c,,')).toEqual({ some: ['a', 'b'], none: ['c'] });
    expect(wantedIn('')).toBeUndefined();
    expect(wantedIn(undefined)).toBeUndefined();
  });

  it('pass values as parameters, never as SQL', () => {
    const filter = new SqlFilter();

    addWanted(filter, 'f.rule', 'text', { some: ["x'); drop table finding;--"], none: ['y'] });

    expect(filter.where).toBe('f.rule = any($1::text[])\n  and (f.rule is null or f.rule <> all($2::text[]))');
    expect(filter.params).toEqual([["x'); drop table finding;--"], ['y']]);
  });

  it('name the parameter whose value is not known', () => {
    expect(() => spelled('severity', { some: ['awful'], none: [] }, () => undefined)).toThrow(
      expect.objectContaining({ status: 400, errors: [{ pointer: '/severity', detail: 'is not known' }] }),
    );
  });

  it('refuse more values than anybody means', () => {
    expect(() => wantedIn('x,'.repeat(1000))).toThrow('at most');
  });

  it('look for special characters as themselves', () => {
    expect(likeText('100%_\\')).toBe('100\\%\\_\\\\');
  });
});
