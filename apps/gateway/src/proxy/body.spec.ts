import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { passingBody } from './body.ts';

const chunks = (count: number, bytes = 64 * 1024): Readable =>
  Readable.from(
    Array.from({ length: count }, (_, at) => Buffer.alloc(bytes, at % 256)),
    { objectMode: false },
  );

async function read(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

describe('a body on its way', () => {
  it('is held when it is small', async () => {
    const body = await passingBody(Readable.from([Buffer.from('{"a":'), Buffer.from('1}')]), '7');

    expect(body).toEqual({ whole: Buffer.from('{"a":1}'), stream: undefined, length: 7 });
  });

  it('is streamed, whole and in order, when it is larger', async () => {
    const body = await passingBody(chunks(40), undefined);

    expect(body.whole).toBeUndefined();
    expect((await read(body.stream!)).equals(await read(chunks(40)))).toBe(true);
  });

  it('is refused when it says that it is too large', async () => {
    await expect(passingBody(chunks(1), String(26 * 1024 * 1024))).rejects.toMatchObject({ status: 413 });
  });

  it('breaks off when it turns out to be too large', async () => {
    const body = await passingBody(chunks(420), undefined);

    await expect(read(body.stream!)).rejects.toMatchObject({ status: 413 });
  });

  it('may be none', async () => {
    expect(await passingBody(undefined, undefined)).toEqual({ whole: undefined, stream: undefined, length: 0 });
  });
});
