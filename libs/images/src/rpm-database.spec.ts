import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { rpmHeader } from './fixtures/rpm-header.ts';
import { LayerRefused } from './layer-refused.ts';
import { rpmPackages } from './rpm-database.ts';

const openssl = {
  ...{ name: 'openssl-libs', version: '1.1.1k', release: '4.el8', epoch: 1, architecture: 'x86_64', licence: 'MIT' },
  source: 'openssl-1.1.1k-4.el8.src.rpm',
};
const bash = {
  ...{ name: 'bash', version: '4.4.20', release: '2.el8', architecture: 'x86_64', licence: 'GPLv3+', source: 'bash-4.4.20-2.el8.src.rpm' },
  files: ['/usr/bin/bash', '/etc/skel/.bashrc'],
};
const read = [
  { ...openssl, files: [] },
  { ...bash, files: ['usr/bin/bash', 'etc/skel/.bashrc'] },
];
const key = { name: 'gpg-pubkey', version: '3abb34f8', release: '5ffd890e' };
const headers = [{ ...openssl, description: 'd'.repeat(9_000) }, bash, key].map(rpmHeader);

/** As SQLite itself writes it. */
async function sqlite(blobs: readonly Buffer[], pageSize = 4096): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'rpm-'));
  const database = new DatabaseSync(join(folder, 'rpmdb.sqlite'));
  try {
    database.exec(`pragma page_size = ${pageSize}; create table Basenames (key text, hnum integer);
      create table Packages (hnum integer primary key autoincrement, blob blob not null); begin`);
    const insert = database.prepare('insert into Packages (blob) values (?)');
    for (const blob of blobs) insert.run(blob);
    database.exec('commit');
    return await readFile(join(folder, 'rpmdb.sqlite'));
  } finally {
    database.close();
    await rm(folder, { recursive: true });
  }
}

/** RPM's own kind, as its source describes it: slots in the first page, blobs from the second on. */
function ndb(blobs: readonly Buffer[]): Buffer {
  const first = Buffer.alloc(4096);
  first.write('RpmP', 0, 'latin1');
  first.writeUInt32LE(1, 12);
  const written: Buffer[] = [];
  let block = 4096 / 16;
  for (let slot = 2; slot < 256; slot += 1) {
    const blob = blobs[slot - 2];
    first.write('Slot', slot * 16, 'latin1');
    if (!blob) continue;
    const length = Math.ceil((blob.length + 28) / 16) * 16;
    first.writeUInt32LE(slot, slot * 16 + 4);
    first.writeUInt32LE(block, slot * 16 + 8);
    const bytes = Buffer.alloc(length);
    bytes.write('BlbS', 0, 'latin1');
    bytes.writeUInt32LE(slot, 4);
    bytes.writeUInt32LE(blob.length, 12);
    blob.copy(bytes, 16);
    written.push(bytes);
    block += length / 16;
  }
  return Buffer.concat([first, ...written]);
}

/** Written by Berkeley DB 5.3 with the same headers, which it stores in another order. */
const berkeley = async (): Promise<Buffer> => gunzipSync(await readFile(new URL('fixtures/berkeley-packages.gz', import.meta.url)));

describe('a database of RPM', () => {
  it.each([
    ['SQLite', () => sqlite(headers)],
    ['SQLite with small pages', () => sqlite(headers, 512)],
    ['Berkeley DB', berkeley],
    ['its own kind', async () => ndb(headers)],
  ])('of %s has its packages, and no keys', async (_, file) => {
    const packages = rpmPackages(await file());

    expect([...packages].sort((a, b) => (a.name < b.name ? 1 : -1))).toEqual(read);
  });

  it('of SQLite may have many pages', async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `package-${String(index).padStart(4, '0')}`);

    const packages = rpmPackages(await sqlite(names.map((name) => rpmHeader({ ...bash, name }))));

    expect(packages.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['SQLite', () => sqlite(headers)],
    ['Berkeley DB', berkeley],
    ['its own kind', async () => ndb(headers)],
  ])('of %s is refused, and never read for ever, when it breaks off or has other bytes', async (_, file) => {
    const whole = await file();
    const damaged = [whole.subarray(0, whole.length - 5_000), ...Array.from({ length: 400 }, (__, seed) => changed(whole, seed))];

    for (const one of damaged) {
      try {
        expect(rpmPackages(one).length).toBeLessThan(500);
      } catch (error) {
        expect(error).toBeInstanceOf(LayerRefused);
      }
    }
    expect(() => rpmPackages(whole.subarray(0, 100))).toThrow(LayerRefused);
  });

  it('of another kind is refused', () => {
    expect(() => rpmPackages(Buffer.alloc(8192))).toThrow(/not known/);
  });
});

/** The same damage for the same number. */
function changed(whole: Buffer, seed: number): Buffer {
  const other = Buffer.from(whole);
  for (let index = 0, at = seed * 7919; index < 20; index += 1, at = (at * 48_271 + 11) % 2_147_483_647)
    other[at % other.length] = at % 256;
  return other;
}
