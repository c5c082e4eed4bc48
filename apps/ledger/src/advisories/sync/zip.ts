import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { Problem } from '@throughline/service';

/** A file inside an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacks it; throws `Problem` for what is damaged, encrypted or larger than `most` bytes. */
  read(most: number): Promise<Buffer>;
}

interface Place {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly offset: number;
}

const [endMark, end64Mark, locatorMark, centralMark, localMark] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
const longestComment = 65_535;
const largestDirectory = 256 * 1024 * 1024;
const full32 = 0xffff_ffff;
const inflated = promisify(inflateRaw) as (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** The files of an archive in the order of its directory, also of one with more than 65,535 (zip64). Throws `Problem` 422. */
export async function* zipEntries(file: FileHandle): AsyncIterable<ZipEntry> {
  const { size } = await file.stat();
  const { offset, bytes } = await directoryOf(file, size);
  if (bytes > largestDirectory || offset + bytes > size) throw damaged('its directory does not fit into it');
  const directory = await readAt(file, offset, bytes);
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === centralMark;) {
    const lengths = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [number, number, number];
    const next = at + 46 + lengths[0] + lengths[1] + lengths[2];
    if (next > directory.length) throw damaged('its directory ends early');
    const place = placeAt(directory.subarray(at, next), lengths);
    if (!place.name.endsWith('/')) yield { name: place.name, read: (most) => unpack(file, place, { size, most }) };
    at = next;
  }
}

async function directoryOf(file: FileHandle, size: number): Promise<{ offset: number; bytes: number }> {
  const tail = await readAt(file, Math.max(0, size - longestComment - 22), Math.min(size, longestComment + 22));
  const at = tail.lastIndexOf(markBytes(endMark));
  if (at < 0 || at + 22 > tail.length) throw damaged('it has no end: perhaps it was cut off');
  const [bytes, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (offset !== full32 && bytes !== full32 && tail.readUInt16LE(at + 10) !== 0xffff) return { offset, bytes };
  if (at < 20 || tail.readUInt32LE(at - 20) !== locatorMark) return { offset, bytes };
  const end64 = await readAt(file, Number(tail.readBigUInt64LE(at - 12)), 56);
  if (end64.length < 56 || end64.readUInt32LE(0) !== end64Mark) throw damaged('its zip64 directory is not where it says');
  return { bytes: Number(end64.readBigUInt64LE(40)), offset: Number(end64.readBigUInt64LE(48)) };
}

function placeAt(record: Buffer, [nameLength, extraLength]: readonly [number, number, number]): Place {
  const [packed32, unpacked32, offset32] = [20, 24, 42].map((place) => record.readUInt32LE(place)) as [number, number, number];
  const extra = record.subarray(46 + nameLength, 46 + nameLength + extraLength);
  const wide = wideNumbers(extra, [unpacked32, packed32, offset32]);
  return {
    name: record.toString('utf8', 46, 46 + nameLength),
    flags: record.readUInt16LE(8),
    method: record.readUInt16LE(10),
    crc: record.readUInt32LE(16),
    packed: wide[1],
    offset: wide[2],
  };
}

/** Numbers that do not fit into 32 bits stand in the extra field, in this order and only those. */
function wideNumbers(extra: Buffer, short: readonly [number, number, number]): readonly [number, number, number] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    return short.map((number) => {
      if (number !== full32 || from + 8 > extra.length) return number;
      from += 8;
      return Number(extra.readBigUInt64LE(from - 8));
    }) as [number, number, number];
  }
  return short;
}

async function unpack(file: FileHandle, place: Place, { size, most }: { size: number; most: number }): Promise<Buffer> {
  if ((place.flags & 1) !== 0) throw damaged(`${place.name} is encrypted`);
  if (place.packed > most || place.offset + place.packed > size) throw new Problem(413, 'too_large', `${place.name} is too large`);
  const head = await readAt(file, place.offset, 30);
  if (head.length < 30 || head.readUInt32LE(0) !== localMark) throw damaged(`${place.name} is not where the directory says`);
  const packed = await readAt(file, place.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), place.packed);
  const content = await unpackedBy(place, packed, most);
  if (crc32(content) !== place.crc) throw damaged(`${place.name} is damaged`);
  return content;
}

async function unpackedBy({ name, method }: Place, packed: Buffer, most: number): Promise<Buffer> {
  if (method === 0) return packed;
  if (method !== 8) throw damaged(`${name} is packed with method ${method}, which nobody uses for advisories`);
  try {
    return await inflated(packed, { maxOutputLength: most });
  } catch (error) {
    throw damaged(`${name} cannot be unpacked: ${(error as Error).message}`);
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(position) || position < 0) throw damaged('it names a place outside of it');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function markBytes(mark: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(mark);
  return bytes;
}

function damaged(why: string): Problem {
  return new Problem(422, 'unprocessable', `the archive cannot be read: ${why}`);
}
