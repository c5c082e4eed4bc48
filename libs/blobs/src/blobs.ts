import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as afterOthers } from 'node:timers/promises';
import { BlobDamaged, BlobMissing, BlobTooLarge, DigestRefused } from './errors.ts';
import { linesOf, type LineLimits } from './lines.ts';

/** Hashing this much takes a few milliseconds at most. */
const sliceBytes = 512 * 1024;

export interface StoredBlob {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * A folder of files named by the SHA-256 of their content. Knowing a digest gives no right to the bytes: read a blob only
 * through a row that names it. Services that run as users of their own share the folder by its group.
 */
export class Blobs {
  constructor(private readonly dir: string) {}

  /**
   * Stores the body and returns once it is on disk; storing the same bytes again changes nothing. `beforehand` runs before the
   * blob is there under its digest: who notes the digest there forgets no blob.
   */
  async put(body: Buffer | string | AsyncIterable<Uint8Array>, beforehand?: (digest: string) => Promise<void>): Promise<StoredBlob> {
    const incoming = join(this.dir, 'incoming');
    await mkdir(incoming, { recursive: true, mode: 0o770 });
    const temporary = join(incoming, randomUUID());
    try {
      const stored = await this.write(temporary, body);
      await beforehand?.(stored.digest);
      await this.publish(temporary, stored.digest);
      return stored;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Removes a blob, also one that is gone already. */
  async remove(digest: string): Promise<void> {
    await rm(this.pathOf(digest), { force: true });
  }

  /** Whether a blob with this digest is here; its bytes are not looked at. */
  has(digest: string): Promise<boolean> {
    return exists(this.pathOf(digest));
  }

  /** The whole body. Throws `BlobMissing`, `BlobTooLarge` and, when the bytes are not those of the digest, `BlobDamaged`. */
  async read(digest: string, maxBytes: number): Promise<Buffer> {
    const file = await this.open(digest);
    try {
      const { size } = await file.stat();
      if (size > maxBytes) throw new BlobTooLarge(digest, size, maxBytes);
      const body = await file.readFile();
      const hash = createHash('sha256');
      for await (const slice of slicesOf(body)) hash.update(slice);
      if (digestOf(hash) !== digest) throw new BlobDamaged(digest);
      return body;
    } finally {
      await file.close();
    }
  }

  /**
   * The body line by line, without the line ends; an empty last line is left out. The bytes are hashed before the first
   * line is handed out, so nobody acts on half of a damaged blob.
   */
  async *lines(digest: string, limits: LineLimits): AsyncIterable<string> {
    await this.verify(digest);
    yield* linesOf(createReadStream(this.pathOf(digest)), limits);
  }

  private async verify(digest: string): Promise<void> {
    const file = await this.open(digest);
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
    if (digestOf(hash) !== digest) throw new BlobDamaged(digest);
  }

  private async open(digest: string): Promise<FileHandle> {
    try {
      return await open(this.pathOf(digest), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BlobMissing(digest);
      throw error;
    }
  }

  private async write(path: string, body: Buffer | string | AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await open(path, 'wx', 0o640);
    try {
      for await (const chunk of chunksOf(body)) {
        hash.update(chunk);
        bytes += chunk.byteLength;
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { digest: digestOf(hash), bytes };
  }

  private async publish(temporary: string, digest: string): Promise<void> {
    const target = this.pathOf(digest);
    if (await exists(target)) return;
    const folder = dirname(target);
    await mkdir(folder, { recursive: true, mode: 0o770 });
    await rename(temporary, target);
    await syncFolder(folder);
    await syncFolder(this.dir);
  }

  private pathOf(digest: string): string {
    const match = /^sha256:([0-9a-f]{2})([0-9a-f]{62})$/.exec(digest);
    if (!match) throw new DigestRefused(digest);
    return join(this.dir, match[1]!, match[2]!);
  }
}

async function* chunksOf(body: Buffer | string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof body === 'string') yield* slicesOf(Buffer.from(body));
  else if (body instanceof Uint8Array) yield* slicesOf(body);
  else yield* body;
}

/** A large body bit by bit: whatever else waits for the thread has its turn between two slices. */
async function* slicesOf(body: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += sliceBytes) {
    if (at > 0) await afterOthers();
    yield body.subarray(at, at + sliceBytes);
  }
}

function digestOf(hash: ReturnType<typeof createHash>): string {
  return `sha256:${hash.digest('hex')}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A renamed file survives a power cut only when its folder was synced too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
