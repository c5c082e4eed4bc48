import { ByteQueue } from './byte-queue.ts';
import { LayerRefused } from './layer-refused.ts';

/** What of an archive is taken at most. */
export interface TarLimits {
  readonly maxEntries: number;
  /** Of one file whose content is wanted. */
  readonly maxFileBytes: number;
  readonly maxPathLength: number;
}

/** A file of an archive, or a link to one. */
export interface TarEntry {
  /** Without leading slash, `.` and `..`. */
  readonly path: string;
  readonly type: 'file' | 'link' | 'symlink' | 'folder' | 'other';
  /** Of a wanted file. */
  readonly content?: Buffer;
  /** Of a link as it is written. */
  readonly target?: string;
}

/** What is known of a file before its content is read. */
export interface TarFile {
  readonly size: number;
  /** Whether anybody may run it. */
  readonly executable: boolean;
}

export type Wants = (path: string, file: TarFile) => boolean;

const MiB = 1024 * 1024;
export const tarLimits: TarLimits = { maxEntries: 1_000_000, maxFileBytes: 128 * MiB, maxPathLength: 4096 };

const block = 512;
/** A record about the next entry holds a path or a few numbers. */
const longestRecord = MiB;
const types: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'symlink',
  '5': 'folder',
};

interface Header {
  readonly name: string;
  readonly target: string;
  readonly size: number;
  readonly type: string;
  readonly executable: boolean;
}

/** What records before an entry say of it. */
interface Said {
  path?: string;
  target?: string;
  size?: number;
}

/**
 * The entries of a tar stream (ustar, pax and GNU long names), one by one; only what is wanted is held, the rest passes by.
 * Throws `LayerRefused` for what is no tar, breaks off, or is beyond a limit.
 */
export async function* tarEntries(
  source: AsyncIterable<Uint8Array>,
  wanted: Wants,
  limits: TarLimits = tarLimits,
): AsyncIterable<TarEntry> {
  const bytes = new ByteQueue(source);
  try {
    yield* entriesOf(bytes, wanted, limits);
  } finally {
    await bytes.close();
  }
}

async function* entriesOf(bytes: ByteQueue, wanted: Wants, limits: TarLimits): AsyncIterable<TarEntry> {
  let said: Said = {};
  for (let count = 0; ; count += 1) {
    const head = await bytes.take(block);
    // Two empty blocks stand at the end; some writers leave them out.
    if (!head || head.every((byte) => byte === 0)) return;
    if (count >= limits.maxEntries) throw new LayerRefused(`the layer has more than ${limits.maxEntries} entries`);
    const header = headerOf(head);
    if ('xgLK'.includes(header.type)) {
      said = { ...said, ...(await recordOf(bytes, header)) };
      continue;
    }
    const size = types[header.type] === 'file' || types[header.type] === undefined ? (said.size ?? header.size) : 0;
    const path = pathOf(said.path ?? header.name, limits);
    const type = types[header.type] ?? 'other';
    const holds = type === 'file' && wanted(path, { size, executable: header.executable });
    if (holds && size > limits.maxFileBytes) throw new LayerRefused('a file that is wanted is too large');
    const content = holds ? ((await bytes.take(size)) ?? broken(size)) : undefined;
    await bytes.skip((content ? 0 : size) + padding(size));
    const target = type === 'link' || type === 'symlink' ? (said.target ?? header.target) : undefined;
    yield { path, type, ...(content && { content }), ...(target !== undefined && { target }) };
    said = {};
  }
}

function broken(size: number): Buffer {
  if (size === 0) return Buffer.alloc(0);
  throw new LayerRefused('the layer breaks off');
}

/** A record of pax or GNU tar about the entry that follows; what holds for all entries (`g`) says nothing that matters here. */
async function recordOf(bytes: ByteQueue, { type, size }: Header): Promise<Said> {
  if (size > longestRecord) throw new LayerRefused('a record of the layer is too long');
  const text = ((await bytes.take(size)) ?? broken(size)).toString('utf8');
  await bytes.skip(padding(size));
  if (type === 'L') return { path: text.replace(/\0.*$/s, '') };
  if (type === 'K') return { target: text.replace(/\0.*$/s, '') };
  return type === 'x' ? paxOf(text) : {};
}

/** `<length> <key>=<value>\n`, the length that of the whole line in bytes. */
function paxOf(text: string): Said {
  const said: Said = {};
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    const [whole, digits] = /^(\d{1,8}) /.exec(bytes.subarray(at, at + 9).toString('latin1')) ?? [];
    const length = Number(digits);
    if (whole === undefined || length <= whole.length || at + length > bytes.length)
      throw new LayerRefused('a record of the layer is no pax');
    const [key, ...value] = bytes
      .subarray(at + whole.length, at + length - 1)
      .toString('utf8')
      .split('=');
    if (key === 'path') said.path = value.join('=');
    if (key === 'linkpath') said.target = value.join('=');
    if (key === 'size') said.size = sizeIn(value.join('='), 10);
    at += length;
  }
  return said;
}

function headerOf(head: Buffer): Header {
  const sum = sizeIn(textIn(head, 148, 156).trim(), 8);
  let counted = 0;
  for (const [index, byte] of head.entries()) counted += index >= 148 && index < 156 ? 0x20 : byte;
  if (sum !== counted) throw new LayerRefused('the layer is no tar archive');
  const ustar = head.subarray(257, 262).toString('latin1') === 'ustar';
  const prefix = ustar && head[262] === 0 ? textIn(head, 345, 500) : '';
  const name = textIn(head, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    target: textIn(head, 157, 257),
    size: head[124]! & 0x80 ? largeSize(head) : sizeIn(textIn(head, 124, 136).trim(), 8),
    type: String.fromCharCode(head[156]!),
    executable: (sizeIn(textIn(head, 100, 108).trim(), 8) & 0o111) !== 0,
  };
}

/** GNU tar writes what is too long for octal digits as a number. */
function largeSize(head: Buffer): number {
  const size = head.readUIntBE(130, 6);
  if (head.subarray(125, 130).some((byte) => byte !== 0)) throw new LayerRefused('a size in the layer is none');
  return size;
}

function sizeIn(text: string, base: 8 | 10): number {
  const digits = base === 8 ? /^[0-7]*$/ : /^\d+$/;
  const size = digits.test(text) ? Number.parseInt(text === '' ? '0' : text, base) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new LayerRefused('a number in the layer is none');
  return size;
}

function textIn(head: Buffer, from: number, to: number): string {
  const field = head.subarray(from, to);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8');
}

/** No layer that a builder wrote climbs out of its root: one that does is refused, and not only its entry. */
function pathOf(name: string, { maxPathLength }: TarLimits): string {
  if (name.length > maxPathLength || name.includes('\0')) throw new LayerRefused('a path in the layer is none');
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..')) throw new LayerRefused('a path in the layer leads out of it');
  return steps.join('/');
}

function padding(size: number): number {
  return (block - (size % block)) % block;
}
