import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { Problem } from '@throughline/service';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';

/** A file inside an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacks it; throws `Problem` for what is damaged, encrypted or larger than `most` bytes. */
  read(most: number): Promise<Buffer>;
}

const inflated = promisify(inflateRaw) as (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
const methods = { stored: 0, deflated: 8 };

/** The files of an archive in the order of its directory, also of one with more than 65,535 (zip64). Throws `Problem` 422. */
export async function* zipEntries(file: FileHandle): AsyncIterable<ZipEntry> {
  const zip = await opened(file);
  for await (const entry of entriesOf(zip))
    if (!entry.fileName.endsWith('/')) yield { name: entry.fileName, read: (most) => unpack(file, zip, entry, most) };
}

async function opened(file: FileHandle): Promise<ZipFile> {
  try {
    return await fromFdPromise(file.fd, { autoClose: false, lazyEntries: true, validateEntrySizes: true });
  } catch (error) {
    throw damaged((error as Error).message);
  }
}

async function* entriesOf(zip: ZipFile): AsyncIterable<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch((error: Error) => {
      throw damaged(error.message);
    });
    if (next.done) return;
    yield next.value;
  }
}

/** The library finds a file; a stream for each of a hundred thousand small ones took half as long again. */
async function unpack(file: FileHandle, zip: ZipFile, entry: Entry, most: number): Promise<Buffer> {
  const { fileName: name, compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw damaged(`${name} is encrypted`);
  if (compressedSize > most || uncompressedSize > most) throw new Problem(413, 'too_large', `${name} is too large`);
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const { buffer, bytesRead } = await file.read(Buffer.alloc(compressedSize), 0, compressedSize, fileDataStart);
    const content = await unpackedBy(entry, buffer.subarray(0, bytesRead));
    // Nobody else compares it.
    if (content.length !== uncompressedSize || crc32(content) !== entry.crc32) throw new Error('its sum is another one');
    return content;
  } catch (error) {
    throw damaged(`${name} is damaged (${(error as Error).message})`);
  }
}

async function unpackedBy({ compressionMethod, uncompressedSize }: Entry, packed: Buffer): Promise<Buffer> {
  if (compressionMethod === methods.stored) return packed;
  if (compressionMethod !== methods.deflated) throw new Error(`it is packed with method ${compressionMethod}`);
  return inflated(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
}

function damaged(why: string): Problem {
  return new Problem(422, 'unprocessable', `the archive cannot be read: ${why}`.slice(0, 500));
}
