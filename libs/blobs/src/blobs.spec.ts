import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Blobs } from './blobs.ts';

const limits = { maxLineBytes: 100, maxLines: 10 };

describe('Blobs', () => {
  let dir: string;
  let blobs: Blobs;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'blobs-'));
    blobs = new Blobs(dir);
  });

  afterEach(() => rm(dir, { recursive: true }));

  it('gives back what was stored under the digest of its content', async () => {
    const stored = await blobs.put('hello');

    expect(stored).toEqual({ digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', bytes: 5 });
    expect((await blobs.read(stored.digest, 5)).toString()).toBe('hello');
  });

  it('tells the digest before the blob is there, and removes a blob for good', async () => {
    let there: boolean | undefined;

    const { digest } = await blobs.put('ab', async (told) => {
      there = await blobs.has(told);
    });
    await blobs.remove(digest);
    await blobs.remove(digest);

    expect(there).toBe(false);
    expect(await blobs.has(digest)).toBe(false);
  });

  it('stores equal bytes once, from text, buffer and stream, and leaves no temporary file', async () => {
    const digests = await Promise.all([blobs.put('ab'), blobs.put(Buffer.from('ab')), blobs.put(streamOf('a', 'b'))]);

    expect(new Set(digests.map((stored) => stored.digest)).size).toBe(1);
    expect(await filesIn(dir)).toHaveLength(1);
  });

  it('leaves nothing behind when the source of a body fails', async () => {
    async function* failing(): AsyncIterable<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('source went away');
    }

    await expect(blobs.put(failing())).rejects.toThrow('source went away');
    expect(await filesIn(dir)).toHaveLength(0);
  });

  it('refuses a blob that is larger than the reader allows', async () => {
    const { digest } = await blobs.put('hello');

    await expect(blobs.read(digest, 4)).rejects.toMatchObject({ code: 'blob_too_large' });
  });

  it('never hands out damaged bytes, neither whole nor the first line', async () => {
    const { digest } = await blobs.put('one\ntwo\n');
    await writeFile(pathOf(dir, digest), 'one\ntwx\n');

    await expect(blobs.read(digest, 100)).rejects.toMatchObject({ code: 'blob_damaged' });
    await expect(blobs.lines(digest, limits)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'blob_damaged' });
  });

  it.each(['', 'sha256:xyz', '../../etc/passwd', `sha256:${'a'.repeat(64)}/..`])('refuses %j as a digest', async (digest) => {
    await expect(blobs.read(digest, 1)).rejects.toMatchObject({ code: 'digest_refused' });
  });

  it('names the digest of a blob that is not there', async () => {
    await expect(blobs.read(`sha256:${'0'.repeat(64)}`, 1)).rejects.toMatchObject({ code: 'blob_missing' });
  });

  it('reads lines without their ends, across chunks and multi-byte characters', async () => {
    const { digest } = await blobs.put(`${'x'.repeat(99)}\nzwölf\n\nlast`);

    expect(await collect(blobs.lines(digest, limits))).toEqual(['x'.repeat(99), 'zwölf', '', 'last']);
  });

  it.each([
    ['a line that is too long', `ok\n${'x'.repeat(101)}\n`],
    ['a line that never ends', 'x'.repeat(300_000)],
    ['too many lines', '\n'.repeat(11)],
  ])('refuses %s', async (_, body) => {
    const { digest } = await blobs.put(body);

    await expect(collect(blobs.lines(digest, limits))).rejects.toMatchObject({ code: 'lines_refused' });
  });
});

async function* streamOf(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

function pathOf(dir: string, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(dir, hex.slice(0, 2), hex.slice(2));
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
