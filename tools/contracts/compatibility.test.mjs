import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { breaks } from './compatibility.mjs';

const before = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 10 }, state: { type: 'string', enum: ['a', 'b'] } },
  required: ['name'],
};

describe('the compatibility check of facts', () => {
  it('lets an optional field and a wider bound through', () => {
    const after = { ...before, properties: { ...before.properties, name: { type: 'string', maxLength: 20 }, more: { type: 'string' } } };
    assert.deepEqual(breaks(before, after), []);
  });

  it('names every breaking change', () => {
    const cases = [
      [{ ...before, properties: { name: before.properties.name } }, /state was removed/],
      [{ ...before, required: ['name', 'state'] }, /state became required/],
      [{ ...before, required: [] }, /name is no longer always there/],
      [{ ...before, properties: { ...before.properties, name: { type: 'number' } } }, /type string became number/],
      [{ ...before, properties: { ...before.properties, name: { type: 'string', maxLength: 5 } } }, /maxLength became narrower/],
      [{ ...before, properties: { ...before.properties, state: { type: 'string', enum: ['a'] } } }, /list of words changed/],
    ];
    for (const [after, expected] of cases) assert.match(breaks(before, after).join('\n'), expected);
  });
});
