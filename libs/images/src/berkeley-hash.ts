import { LayerRefused } from './layer-refused.ts';

const hashMark = 0x061561;
const pageHead = 26;
const kinds = { unsortedHash: 2, hash: 13, overflow: 7 };
const items = { inline: 1, elsewhere: 3 };
/** The number of the next package lies among the packages; their headers are longer. */
const shortest = 16;

/** Whether a file is a hash table of Berkeley DB, in either order of bytes. */
export function isBerkeley(file: Buffer): boolean {
  return file.length > 512 && [file.readUInt32LE(12), file.readUInt32BE(12)].includes(hashMark);
}

/** The values of a hash table, in the order of its pages. */
export function* berkeleyValues(file: Buffer): Iterable<Buffer> {
  const pages = new Pages(file);
  for (let number = 1; number < pages.count; number += 1) {
    const page = pages.at(number);
    if (![kinds.hash, kinds.unsortedHash].includes(page[25]!)) continue;
    const count = pages.u16(page, 20);
    if (pageHead + 2 * count > page.length) throw damaged();
    // Keys and values take turns, written from the end of the page on.
    for (let item = 1; item < count; item += 2) {
      const at = pages.u16(page, pageHead + 2 * item);
      const end = pages.u16(page, pageHead + 2 * (item - 1));
      if (page[at] === items.elsewhere) yield pages.chain(pages.u32(page, at + 4), pages.u32(page, at + 8));
      else if (page[at] === items.inline && end - at - 1 >= shortest) yield page.subarray(at + 1, end);
    }
  }
}

class Pages {
  readonly count: number;
  private readonly size: number;
  private readonly little: boolean;

  constructor(private readonly file: Buffer) {
    this.little = file.readUInt32LE(12) === hashMark;
    this.size = this.u32(file, 20);
    if (this.size < 512 || this.size > 65_536 || file[24] !== 0) throw damaged();
    this.count = Math.floor(file.length / this.size);
  }

  at(number: number): Buffer {
    if (number >= this.count) throw damaged();
    return this.file.subarray(number * this.size, (number + 1) * this.size);
  }

  u16(page: Buffer, at: number): number {
    return this.little ? page.readUInt16LE(at) : page.readUInt16BE(at);
  }

  u32(page: Buffer, at: number): number {
    return this.little ? page.readUInt32LE(at) : page.readUInt32BE(at);
  }

  /** A value that takes several pages. */
  chain(first: number, length: number): Buffer {
    if (length > this.file.length) throw damaged();
    const parts: Buffer[] = [];
    let bytes = 0;
    for (let number = first; bytes < length;) {
      const page = this.at(number);
      const held = this.u16(page, 22);
      if (page[25] !== kinds.overflow || held === 0 || pageHead + held > page.length) throw damaged();
      parts.push(page.subarray(pageHead, pageHead + held));
      bytes += held;
      number = this.u32(page, 16);
    }
    return Buffer.concat(parts, length);
  }
}

function damaged(): LayerRefused {
  return new LayerRefused('the database of installed RPMs is damaged');
}
