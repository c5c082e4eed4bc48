import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '@throughline/service';
import { feedRecords, type FeedRecord } from './feed-records.ts';
import { zipOf } from '@throughline/testing';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feed-records-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function read(body: Buffer): Promise<FeedRecord[]> {
  const path = join(folder, 'file');
  await writeFile(path, body);
  const records: FeedRecord[] = [];
  for await (const record of feedRecords(path)) records.push(record);
  return records;
}

const one = '{"id":"GHSA-one"}';
const two = '{"id":"GHSA-two"}';

describe('the records of a feed', () => {
  it.each<[string, Buffer]>([
    ['a zip', zipOf({ 'GHSA-one.json': one, 'npm/': '', 'npm/GHSA-two.json': two, 'README.md': 'no record' })],
    ['a zip that packs nothing', zipOf({ 'GHSA-one.json': one, 'GHSA-two.json': two }, { stored: true })],
    ['a zip with a zip64 directory', zipOf({ 'GHSA-one.json': one, 'GHSA-two.json': two }, { wide: true })],
    ['lines', Buffer.from(`${one}\n\n${two}\n`)],
    ['packed lines', gzipSync(`${one}\n${two}`)],
  ])('are read from %s', async (_what, body) => {
    const records = await read(body);

    expect(records.map(({ value }) => value)).toEqual([{ id: 'GHSA-one' }, { id: 'GHSA-two' }]);
  });

  it('keep the name of one in a zip that cannot be read, and go on', async () => {
    const records = await read(zipOf({ 'GHSA-broken.json': '{"id":', 'GHSA-two.json': two }));

    expect(records).toMatchObject([{ about: 'GHSA-broken' }, { value: { id: 'GHSA-two' } }]);
    expect(records[0]!.value).toBeInstanceOf(Problem);
  });

  it('are not believed when their sum is wrong', async () => {
    const archive = zipOf({ 'GHSA-one.json': one }, { stored: true });
    archive[archive.indexOf('GHSA-one"')] = 0x58;

    const [record] = await read(archive);

    expect(record!.value).toMatchObject({ detail: expect.stringContaining('GHSA-one.json is damaged') });
  });

  it('that unpack to more than a record may have are refused alone', async () => {
    const records = await read(zipOf({ 'GHSA-bomb.json': Buffer.alloc(9 * 1024 * 1024, ' '), 'GHSA-two.json': two }));

    expect(records.map(({ value }) => value)).toEqual([expect.any(Problem), { id: 'GHSA-two' }]);
  });

  it.each<[string, (whole: Buffer) => Buffer]>([
    ['was cut off', (whole) => whole.subarray(0, whole.length - 30)],
    ['names a directory behind its end', (whole) => (whole.writeUInt32LE(1_000_000, whole.length - 6), whole)],
  ])('of a zip that %s are refused', async (_what, spoil) => {
    await expect(read(spoil(zipOf({ 'GHSA-one.json': one })))).rejects.toMatchObject({
      status: 422,
      detail: expect.stringContaining('the archive cannot be read'),
    });
  });

  it('of packed lines that were cut off are refused', async () => {
    const packed = gzipSync(`${one}\n${two}`);

    await expect(read(packed.subarray(0, packed.length - 9))).rejects.toMatchObject({ status: 422 });
  });
});
