import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;

/**
 * Reads one regular file out of a gzipped tar archive.
 * @param {string} archive @param {string} name @returns {Promise<Buffer>}
 */
export async function readEntry(archive, name) {
  let pending = Buffer.alloc(0);
  let skip = 0;
  /** @type {{ size: number, parts: Buffer[], read: number } | undefined} */
  let entry;
  for await (const chunk of createReadStream(archive).pipe(createGunzip())) {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (entry) {
        const part = pending.subarray(0, entry.size - entry.read);
        entry.parts.push(part);
        entry.read += part.length;
        if (entry.read === entry.size) return Buffer.concat(entry.parts);
        pending = Buffer.alloc(0);
        break;
      }
      const over = Math.min(skip, pending.length);
      pending = pending.subarray(over);
      skip -= over;
      if (skip > 0 || pending.length < BLOCK) break;
      const header = readHeader(pending.subarray(0, BLOCK));
      pending = pending.subarray(BLOCK);
      if (header.name === name && header.regular) entry = { size: header.size, parts: [], read: 0 };
      else skip = Math.ceil(header.size / BLOCK) * BLOCK;
    }
  }
  throw new Error(`${archive} holds no ${name}`);
}

function readHeader(block) {
  const text = (from, to) => block.subarray(from, to).toString('latin1').replace(/\0.*$/s, '').trim();
  return { name: text(0, 100), size: Number.parseInt(text(124, 136) || '0', 8), regular: ['', '0'].includes(text(156, 157)) };
}
