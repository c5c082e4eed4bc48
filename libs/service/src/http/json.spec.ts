import { describe, expect, it } from '@jest/globals';
import { parseJson } from './json.ts';

const parse = (text: string | Buffer): unknown => parseJson(Buffer.from(text));

describe('foreign JSON', () => {
  it('is parsed', () => {
    expect(parse('{"a":[1,"}]\\"",{"b":null}]}')).toEqual({ a: [1, '}]"', { b: null }] });
  });

  it.each([
    ['cut off', '{"a":'],
    ['empty', ''],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nested too deeply', '['.repeat(65) + ']'.repeat(65)],
    ['nested without end', '['.repeat(1_000_000)],
    ['of too many values', `[${'0,'.repeat(2_000_001)}0]`],
    ['with a prototype', '{"__proto__":{"admin":true}}'],
    ['with a prototype in a list', '[{"a":{"__proto__":1}}]'],
    ['with a prototype in escapes', '{"\\u005f_proto__":{"admin":true}}'],
    ['with a prototype by its constructor', '{"constructor":{"prototype":{"admin":true}}}'],
  ])('is refused when it is %s', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ status: 400, code: 'malformed_json' }));
  });

  it('may speak of constructors and underscores', () => {
    expect(parse('{"constructor":"Lego","text":"__proto__ \\u0000"}')).toEqual({ constructor: 'Lego', text: '__proto__ \u0000' });
  });
});
