import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { LayerRefused } from './layer-refused.ts';
import { tarEntries, tarLimits, type TarEntry, type TarLimits, type Wants } from './tar.ts';

export interface LayerLimits extends TarLimits {
  /** Of the layer when it is unpacked. */
  readonly maxBytes: number;
  /** How much larger it may become when it is unpacked. */
  readonly maxRatio: number;
  /** Of all that is kept of its files. */
  readonly maxHeldBytes: number;
}

/** What of a layer matters. */
export interface LayerInterest {
  readonly wants: Wants;
  /** What is kept of a file; the whole when absent, nothing where it answers so. */
  readonly note?: (path: string, content: Buffer) => Promise<Buffer | undefined> | Buffer | undefined;
  /** Told of a file whose content lies under a name that nobody wanted. */
  readonly missed?: (path: string) => void;
  /** What the layers below have at a path. */
  readonly below?: (path: string) => 'file' | 'folder' | undefined;
}

const MiB = 1024 * 1024;
export const layerLimits: LayerLimits = { ...tarLimits, maxBytes: 16 * 1024 * MiB, maxRatio: 200, maxHeldBytes: 256 * MiB };
/** Small archives of zeros are no attack. */
const ratioFrom = 16 * MiB;

/** What one layer changes of the files that matter. */
export interface Layer {
  readonly files: ReadonlyMap<string, Buffer>;
  /** Links by their path: where they lead within the image. */
  readonly links: ReadonlyMap<string, string>;
  /** Files and folders that the layer takes away. */
  readonly removed: ReadonlySet<string>;
  /** Folders of which it takes away all that was in them before. */
  readonly emptied: ReadonlySet<string>;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';
/** What is known of a link of what it leads to. */
const noFile = { size: 0, executable: false };

/**
 * Reads a layer of an OCI image, plain, gzip or zstd. Nothing is written anywhere, so that no path and no link leads anywhere but
 * to another name. Throws `LayerRefused`.
 */
export async function readLayer(
  source: AsyncIterable<Uint8Array>,
  interest: LayerInterest,
  limits: LayerLimits = layerLimits,
): Promise<Layer> {
  const files = new Map<string, Buffer>();
  const links = new Map<string, string>();
  const [removed, emptied] = [new Set<string>(), new Set<string>()];
  let held = 0;
  for await (const { path, type, content, target } of tarEntries(unpacked(source, limits), interest.wants, limits)) {
    const at = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
    const kept = content && (await noted(interest, path, content));
    held += kept?.length ?? 0;
    if (held > limits.maxHeldBytes) throw new LayerRefused('the files that are wanted are too large together');
    // A name may stand in an archive twice: the last one is what is there.
    for (const former of [files, links]) former.delete(path);
    if (name === opaque) emptied.add(folder);
    else if (name.startsWith(whiteout))
      removed.add(folder === '' ? name.slice(whiteout.length) : `${folder}/${name.slice(whiteout.length)}`);
    else if (kept) files.set(path, kept);
    else if (target !== undefined && interest.wants(path, noFile)) links.set(path, linkOf(interest, { path, folder, target, type }));
    else if (interest.below && replaces(type, interest.below(path))) removed.add(path);
  }
  return { files, links, removed, emptied };
}

function noted({ note }: LayerInterest, path: string, content: Buffer): Promise<Buffer | undefined> | Buffer | undefined {
  return note ? note(path, content) : content;
}

/** A hard link is the file itself under a second name, and its first stands before it in the same layer. */
function linkOf(
  interest: LayerInterest,
  { path, folder, target, type }: Pick<TarEntry, 'path' | 'type'> & { readonly folder: string; readonly target: string },
): string {
  if (type !== 'link') return within(folder, target);
  const first = within('', target);
  if (!interest.wants(first, noFile)) interest.missed?.(path);
  return first;
}

/** Whatever lies where something else was takes its place; only a folder leaves a folder as it was. */
function replaces(type: TarEntry['type'], below: 'file' | 'folder' | undefined): boolean {
  return below === 'file' || (below === 'folder' && type !== 'folder');
}

/** Where a link leads: as the kernel does it in a container, `..` above the root stays at the root. */
export function within(folder: string, target: string): string {
  const steps = target.startsWith('/') ? [] : folder.split('/').filter((step) => step !== '');
  for (const step of target.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

async function* unpacked(source: AsyncIterable<Uint8Array>, limits: LayerLimits): AsyncIterable<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let came = 0;
  const packed = async function* (first: Uint8Array): AsyncIterable<Uint8Array> {
    try {
      for (let chunk: Uint8Array | undefined = first; chunk;) {
        came += chunk.byteLength;
        yield chunk;
        const next = await chunks.next();
        chunk = next.done ? undefined : next.value;
      }
    } finally {
      await chunks.return?.();
    }
  };
  const start = await beginning(chunks);
  if (start.length === 0) return;
  const unpacker = unpackerFor(start);
  // An error of the source ends the unpacking, which is where it is seen.
  const content = unpacker ? pipeline(Readable.from(packed(start), { objectMode: false }), unpacker, () => undefined) : packed(start);
  yield* measured(content, () => came, limits);
}

function unpackerFor(start: Buffer) {
  if (start[0] === 0x1f && start[1] === 0x8b) return createGunzip();
  return start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528 ? createZstdDecompress() : undefined;
}

async function* measured(
  content: AsyncIterable<Uint8Array>,
  came: () => number,
  { maxBytes, maxRatio }: LayerLimits,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new LayerRefused(`the layer has more than ${maxBytes} bytes when it is unpacked`);
      if (bytes > ratioFrom && bytes > came() * maxRatio)
        throw new LayerRefused(`the layer unpacks to more than ${maxRatio} times its size`);
      yield chunk;
    }
  } catch (error) {
    if ((error as { code?: string }).code?.match(/^(?:Z_|ZSTD_)/)) throw new LayerRefused('the layer cannot be unpacked');
    throw error;
  }
}

/** The first bytes, enough to see how they are packed. */
async function beginning(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let start = Buffer.alloc(0);
  while (start.length < 4) {
    const next = await chunks.next();
    if (next.done) return start;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}
