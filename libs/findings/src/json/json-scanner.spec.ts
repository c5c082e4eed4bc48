import { describe, expect, it } from '@jest/globals';
import { jsonItems } from './json-items.ts';
import { jsonLimits, jsonStreamLimits, type JsonItem } from './json-scanner.ts';

async function* pieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function select(
  text: string,
  selectors: readonly string[],
  o: { size?: number; limits?: typeof jsonLimits } = {},
): Promise<JsonItem[]> {
  const found: JsonItem[] = [];
  for await (const item of jsonItems(pieces(text, o.size ?? 3), selectors, { limits: o.limits ?? jsonLimits })) found.push(item);
  return found;
}

const document = JSON.stringify({ a: { b: [1, { c: 'ä"\\\n€' }, [true, null]], 'd.e': -1.5e3 }, ä: { b: 'x' } }, null, 1);

describe('a JSON stream', () => {
  it.each([1, 2, 3, 7, 1000])('gives the selected values with their paths, in pieces of %d bytes', async (size) => {
    const found = await select(document, ['$.a.b.*', '$.*.b'], { size });

    expect(found).toEqual([
      { selector: '$.a.b.*', path: ['a', 'b', 0], value: 1 },
      { selector: '$.a.b.*', path: ['a', 'b', 1], value: { c: 'ä"\\\n€' } },
      { selector: '$.a.b.*', path: ['a', 'b', 2], value: [true, null] },
      { selector: '$.*.b', path: ['ä', 'b'], value: 'x' },
    ]);
  });

  it.each([
    ['{"a":1,}', 1, 8, ''],
    ['{"a":{"b":\n\n [1,2,x]}}', 3, 7, '/a/b/2'],
    ['{"a" 1}', 1, 6, '/a'],
    ['[1 2]', 1, 4, '/0'],
    ['[01]', 1, 4, '/0'],
    ['["a\\x"]', 1, 5, '/0'],
    ['["a\\u12g4"]', 1, 8, '/0'],
    ['["a\nb"]', 1, 4, '/0'],
    ['[tru]', 1, 5, '/0'],
    ['{a:1}', 1, 2, ''],
    ['[1]]', 1, 4, ''],
    ['[1', 1, 3, '/0'],
    ['', 1, 1, ''],
  ])('refuses %j and names the place', async (text, line, column, pointer) => {
    await expect(select(text, ['$.*.*.*'])).rejects.toMatchObject({ code: 'report_refused', place: { line, column, pointer } });
  });

  it('accepts all that JSON is, whether it is selected or not', async () => {
    const all = '\ufeff {"n":[0,-0,1e5,1.5E-3,12],"w":[true,false,null],"t":["","\\u00e9\\/\\b\\f\\r\\t","\u2028"],"o":[{},[],[[]]]} \n';

    expect(await select(all, [])).toEqual([]);
    expect(await select(all, ['$'])).toEqual([{ selector: '$', path: [], value: JSON.parse(all.trim()) }]);
  });

  it.each([
    ['bytes', { ...jsonLimits, maxBytes: 20 }],
    ['items', { ...jsonLimits, maxItems: 2 }],
    ['bytes in one item', { ...jsonLimits, maxItemBytes: 10 }],
    ['levels', { ...jsonLimits, maxDepth: 1 }],
  ])('refuses more %s than are allowed', async (_, limits) => {
    await expect(select('[1, 2, ["three, and more"], 4]', ['$.*'], { limits })).rejects.toMatchObject({ code: 'report_refused' });
  });

  it.each([1, 1000])('takes documents that follow each other where that is wanted, in pieces of %d bytes', async (size) => {
    const text = '{"a":1}{"a":2}\n\n{\n"b":3}\n{"a":4}\n';

    expect(await select(text, ['$.a'], { size, limits: jsonStreamLimits })).toEqual([
      { selector: '$.a', path: [0, 'a'], value: 1 },
      { selector: '$.a', path: [1, 'a'], value: 2 },
      { selector: '$.a', path: [3, 'a'], value: 4 },
    ]);
    await expect(select(text, ['$.a'], { size })).rejects.toMatchObject({ place: { line: 1, column: 8 } });
  });

  it.each([
    ['{"a":1}\n{"a":', '/1/a', 2],
    ['{"a":1}\n"b', '/1', 2],
    ['{"a":1}\n,', '/1', 2],
    ['', '/0', 1],
  ])('refuses %j as documents that follow each other', async (text, pointer, line) => {
    await expect(select(text, ['$.a'], { limits: jsonStreamLimits })).rejects.toMatchObject({ place: { pointer, line } });
  });

  it('gives a key that would reach a prototype as a plain field', async () => {
    const [item] = await select('{"a":{"__proto__":{"x":1}}}', ['$.a']);

    expect(Object.getPrototypeOf(item!.value)).toBe(Object.prototype);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
