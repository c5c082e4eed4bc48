import { keptHeaders } from '../kept-headers.ts';
import { readPayload } from './read-payload.ts';

describe('readPayload', () => {
  it.each([
    ['application/json', '{"a":1}'],
    ['application/json; charset=utf-8', '{"a":1}'],
    ['application/x-www-form-urlencoded', `payload=${encodeURIComponent('{"a":1}')}`],
    [undefined, '{"a":1}'],
  ])('reads a body of type %s', (type, body) => {
    expect(readPayload(type, Buffer.from(body))).toEqual({ a: 1 });
  });

  it.each([
    ['truncated JSON', 'application/json', '{"a":', 400],
    ['no JSON', 'application/json', '<xml/>', 400],
    ['bytes that are no UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22]), 400],
    ['deep nesting', 'application/json', '['.repeat(100_000), 400],
    ['a key that reaches a prototype', 'application/json', '{"__proto__":{"admin":true}}', 400],
    ['a form without payload', 'application/x-www-form-urlencoded', 'a=1', 400],
    ['another type', 'text/xml', '{}', 415],
  ])('refuses %s', (_what, type, body, status) => {
    expect(() => readPayload(type, Buffer.from(body as string))).toThrow(expect.objectContaining({ status }));
  });

  it('takes a NUL character as the text that it is', () => {
    expect(readPayload('application/json', Buffer.from('{"a":"x\\u0000y"}'))).toEqual({ a: 'x\0y' });
  });
});

describe('keptHeaders', () => {
  it('keeps what is on the list, printable and bounded', () => {
    const kept = keptHeaders(['x-event', 'x-long', 'x-two'], {
      'x-event': 'push\u0007<img onerror=x>',
      'x-long': 'y'.repeat(5_000),
      'x-two': ['a', 'b'],
      authorization: 'Bearer secret',
      'x-hub-signature-256': 'sha256=00',
    });

    expect(kept).toEqual({ 'x-event': 'push?<img onerror=x>', 'x-long': 'y'.repeat(256) });
  });

  it('stays within two kilobytes', () => {
    const names = Array.from({ length: 50 }, (_, index) => `x-${index}`);
    const kept = keptHeaders(names, Object.fromEntries(names.map((name) => [name, 'z'.repeat(256)])));

    expect(JSON.stringify(kept).length).toBeLessThan(2_300);
  });
});
