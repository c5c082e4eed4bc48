import { LayerRefused } from './layer-refused.ts';

/** A value of a row; numbers only where they are whole. */
export type SqliteValue = Buffer | string | number | null;

const mark = 'SQLite format 3\0';
const kinds = { interior: 0x05, leaf: 0x0d };
const deepest = 40;

export function isSqlite(file: Buffer): boolean {
  return file.toString('latin1', 0, mark.length) === mark;
}

/** The rows of a table, without a database that could be told to do anything else. */
export function* sqliteRows(file: Buffer, table: string): Iterable<readonly SqliteValue[]> {
  const pages = new Pages(file);
  for (const [type, name, , root] of pages.rows(1)) {
    if (type !== 'table' || name !== table) continue;
    yield* pages.rows(Number(root));
    return;
  }
  throw new LayerRefused(`the database has no table ${table}`);
}

class Pages {
  private readonly size: number;
  /** Bytes of a page that may be used. */
  private readonly usable: number;
  private read = 0;

  constructor(private readonly file: Buffer) {
    const told = file.readUInt16BE(16);
    this.size = told === 1 ? 65_536 : told;
    this.usable = this.size - file[20]!;
    if (this.size < 512 || this.usable < 480) throw damaged();
  }

  *rows(number: number, depth = 0): Iterable<readonly SqliteValue[]> {
    const page = this.at(number);
    const head = number === 1 ? 100 : 0;
    const [kind, count] = [page[head], page.readUInt16BE(head + 3)];
    if ((kind !== kinds.leaf && kind !== kinds.interior) || depth > deepest) throw damaged();
    const cells = head + (kind === kinds.leaf ? 8 : 12);
    for (let cell = 0; cell < count; cell += 1) {
      const at = page.readUInt16BE(cells + 2 * cell);
      if (kind === kinds.leaf) yield valuesIn(this.payload(page, at));
      else yield* this.rows(page.readUInt32BE(at), depth + 1);
    }
    if (kind === kinds.interior) yield* this.rows(page.readUInt32BE(head + 8), depth + 1);
  }

  /** No page is needed more often than there are pages: what leads in circles ends. */
  private at(number: number): Buffer {
    this.read += 1;
    if (number < 1 || number * this.size > this.file.length || this.read > this.file.length / this.size + 1) throw damaged();
    return this.file.subarray((number - 1) * this.size, number * this.size);
  }

  /** What does not fit into the page goes on in a chain of others. */
  private payload(page: Buffer, at: number): Buffer {
    const [length, afterLength] = varint(page, at);
    const [, start] = varint(page, afterLength);
    const most = this.usable - 35;
    if (length <= most) return slice(page, start, length);
    if (length > this.file.length) throw damaged();
    const least = Math.floor(((this.usable - 12) * 32) / 255) - 23;
    const wanted = least + ((length - least) % (this.usable - 4));
    const here = wanted <= most ? wanted : least;
    const parts = [slice(page, start, here)];
    let missing = length - here;
    for (let next = page.readUInt32BE(start + here); missing > 0;) {
      const more = this.at(next);
      const part = slice(more, 4, Math.min(missing, this.usable - 4));
      parts.push(part);
      missing -= part.length;
      next = more.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }
}

function valuesIn(record: Buffer): readonly SqliteValue[] {
  const [head, first] = varint(record, 0);
  const values: SqliteValue[] = [];
  let body = head;
  for (let at = first; at < head;) {
    const [type, next] = varint(record, at);
    at = next;
    const length = lengthOf(type);
    values.push(valueOf(type, slice(record, body, length)));
    body += length;
  }
  return values;
}

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type]!;
}

function valueOf(type: number, bytes: Buffer): SqliteValue {
  if (type >= 12) return type % 2 === 0 ? bytes : bytes.toString('utf8');
  if (type === 8 || type === 9) return type - 8;
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length);
  return null;
}

/** A number of up to nine bytes, and where the next one begins; more than anything in a file can be long is damage. */
function varint(bytes: Buffer, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes.readUInt8(at + index);
    value = index === 8 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (index === 8 || byte < 0x80) return [value, at + index + 1];
  }
  throw damaged();
}

function slice(bytes: Buffer, from: number, length: number): Buffer {
  if (from + length > bytes.length) throw damaged();
  return bytes.subarray(from, from + length);
}

function damaged(): LayerRefused {
  return new LayerRefused('the database of installed packages is damaged');
}
