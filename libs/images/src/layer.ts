import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LayerRefused } from './layer-refused.ts';
import { tarEntries, tarLimits, type TarLimits } from './tar.ts';

export interface LayerLimits extends TarLimits {
  /** Of the layer when it is unpacked. */
  readonly maxBytes: number;
  /** How much larger it may become when it is unpacked. */
  readonly maxRatio: number;
}

const MiB = 1024 * 1024;
export const layerLimits: LayerLimits = { ...tarLimits, maxBytes: 16 * 1024 * MiB, maxRatio: 200 };
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

/**
 * Reads a layer of an OCI image, plain or gzip. Nothing is written anywhere, so that no path and no link leads anywhere but
 * to another name. Throws `LayerRefused`.
 */
export async function readLayer(
  source: AsyncIterable<Uint8Array>,
  wanted: (path: string) => boolean,
  limits: LayerLimits = layerLimits,
): Promise<Layer> {
  const files = new Map<string, Buffer>();
  const links = new Map<string, string>();
  const [removed, emptied] = [new Set<string>(), new Set<string>()];
  for await (const { path, type, content, target } of tarEntries(unpacked(source, limits), wanted, limits)) {
    const at = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, Math.max(0, at)), path.slice(at + 1)];
    if (name === opaque) emptied.add(folder);
    else if (name.startsWith(whiteout))
      removed.add(folder === '' ? name.slice(whiteout.length) : `${folder}/${name.slice(whiteout.length)}`);
    else if (content) files.set(path, content);
    else if (target !== undefined && wanted(path)) links.set(path, type === 'link' ? within('', target) : within(folder, target));
  }
  return { files, links, removed, emptied };
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
  if (start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528) throw new LayerRefused('the layer is packed with zstd, which is not read');
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  // An error of the source ends the unpacking, which is where it is seen.
  const content = gzip ? pipeline(Readable.from(packed(start), { objectMode: false }), createGunzip(), () => undefined) : packed(start);
  yield* measured(content, () => came, limits);
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
    if ((error as { code?: string }).code?.startsWith('Z_')) throw new LayerRefused('the layer cannot be unpacked');
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
