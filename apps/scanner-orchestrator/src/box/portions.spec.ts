import { describe, expect, it } from '@jest/globals';
import { Portions } from './portions.ts';

async function* input(): AsyncIterable<Uint8Array> {
  for (const piece of ['ab', 'cdef', 'g', 'hij']) yield await Promise.resolve(Buffer.from(piece));
}

async function textOf(portion: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of portion) text += Buffer.from(part).toString();
  return text;
}

async function firstOf(portion: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const part of portion) return Buffer.from(part).toString();
  return '';
}

describe('input of several things', () => {
  it('gives each its own bytes, wherever the pieces end', async () => {
    const portions = new Portions(input());

    expect([await portions.take(3, textOf), await portions.take(5, textOf), await portions.take(2, textOf)]).toEqual([
      'abc',
      'defgh',
      'ij',
    ]);
  });

  it('goes on behind what was left unread', async () => {
    const portions = new Portions(input());

    expect([await portions.take(5, firstOf), await portions.take(5, textOf)]).toEqual(['ab', 'fghij']);
  });

  it('ends where the input ends', async () => {
    expect(await new Portions(input()).take(100, textOf)).toBe('abcdefghij');
  });
});
