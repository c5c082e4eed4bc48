import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, pageOf } from './paging.ts';

const rows = [
  { at: 'b', id: 3 },
  { at: 'a', id: 2 },
  { at: 'a', id: 1 },
];

describe('a page', () => {
  it('has a next one when one more row was there', () => {
    const page = pageOf(rows, 2, ({ at, id }) => [at, id]);

    expect(page.items).toEqual(rows.slice(0, 2));
    expect(decodeCursor(page.next!)).toEqual(['a', 2]);
  });

  it('is the last when there was none', () => {
    expect(pageOf(rows, 3, ({ id }) => [id])).toEqual({ items: rows, next: null });
  });

  it.each([
    '',
    'nonsense',
    encodeCursor(['a', 'b']),
    Buffer.from('{"a":1}').toString('base64url'),
    Buffer.from('[[1]]').toString('base64url'),
  ])('does not begin at a cursor that is none: %j', (cursor) => {
    expect(() => decodeCursor(cursor, 1)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer: '/cursor' })] }),
    );
  });
});
