import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memberOf, objectAt, readJson, removeMembers, textAt, writeText, type JsonNode } from './json-text.ts';
import { applyEdits } from './text-edit.ts';

function valueOf(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(valueOf);
  return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]));
}

const text = '{\n  "a": "1",\n  "b": { "x": [1, true, null] },\n  "c": "3"\n}\n';

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        const formatted = JSON.stringify(JSON.parse(json), null, indent);
        expect(JSON.stringify(valueOf(readJson(formatted)))).toBe(JSON.stringify(JSON.parse(formatted)));
      }),
    );
  });

  it.each(['', '{', '{"a":}', '{"a" 1}', '[1,]', '{"a":1,}', 'nul', '"\u0001"', '{"a":1} x', '"open', "{'a':1}"])('refuses %j', (wrong) => {
    expect(() => readJson(wrong)).toThrow(/not JSON at line/);
  });

  it('refuses what nests too deep', () => {
    expect(() => readJson('['.repeat(50_000))).toThrow(/deeper/);
  });
});

describe('edits', () => {
  it('change one value and leave every other byte', () => {
    const root = readJson(text);

    expect(applyEdits(text, [writeText(memberOf(root, 'a')!.value, '2')])).toBe(text.replace('"1"', '"2"'));
    expect(textAt(root, 'c')).toBe('3');
    expect(objectAt(root, 'b')).toBeDefined();
  });

  it.each([
    ['a', '{\n  "b": { "x": [1, true, null] },\n  "c": "3"\n}\n'],
    ['b', '{\n  "a": "1",\n  "c": "3"\n}\n'],
    ['c', '{\n  "a": "1",\n  "b": { "x": [1, true, null] }\n}\n'],
    ['none', text],
    ['a b', '{\n  "c": "3"\n}\n'],
    ['b c', '{\n  "a": "1"\n}\n'],
    ['a c', '{\n  "b": { "x": [1, true, null] }\n}\n'],
    ['a b c', '{\n}\n'],
  ])('take the member %s out with its line and comma', (key, expected) => {
    const root = readJson(text);

    expect(applyEdits(text, root.kind === 'object' ? removeMembers(root, key.split(' ')) : [])).toBe(expected);
  });
});
