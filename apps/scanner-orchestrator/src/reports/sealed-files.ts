import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Sealer } from '@throughline/service';
import { WorkFolders } from '../runner/work-folders.ts';

const cipherName = 'aes-256-gcm';
const abandonedMs = 60 * 60_000;

interface Opening {
  readonly key: string;
  readonly nonce: string;
  readonly tag: string;
}

/**
 * Reports that are too large to be read at once wait on disk, each under a key of its own: they may hold secrets in clear.
 * The key lies under seal in the report's row.
 */
@Injectable()
export class SealedFiles {
  constructor(
    private readonly folders: WorkFolders,
    private readonly sealer: Sealer,
  ) {}

  /** Writes the bytes down and answers what opens them; they are on disk when it returns. */
  async write(id: string, bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const [key, nonce] = [randomBytes(32), randomBytes(12)];
    const cipher = createCipheriv(cipherName, key, nonce);
    try {
      await pipeline(bytes, cipher, createWriteStream(this.pathOf(id), { mode: 0o600, flags: 'wx' }));
      await this.sync(id);
    } catch (error) {
      await this.remove(id);
      throw error;
    }
    const opening: Opening = { key: key.toString('hex'), nonce: nonce.toString('hex'), tag: cipher.getAuthTag().toString('hex') };
    return this.sealer.seal(JSON.stringify(opening), placeOf(id));
  }

  /** The bytes; the stream breaks off with an error when they are not those that were written. */
  read(id: string, sealed: Buffer): AsyncIterable<Uint8Array> {
    const { key, nonce, tag } = JSON.parse(this.sealer.open(sealed, placeOf(id)).toString()) as Opening;
    const decipher = createDecipheriv(cipherName, Buffer.from(key, 'hex'), Buffer.from(nonce, 'hex'));
    decipher.setAuthTag(Buffer.from(tag, 'hex'));
    const file = createReadStream(this.pathOf(id));
    file.once('error', (error) => decipher.destroy(error));
    return file.pipe(decipher);
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  /** Removes files that no report waits for: of an upload that broke off when the service was killed. */
  async sweep(waiting: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    const found = await readdir(this.folders.uploads);
    const kept = await waiting(found);
    for (const id of found) {
      if (kept.has(id)) continue;
      const { mtimeMs } = await stat(this.pathOf(id)).catch(() => ({ mtimeMs: Date.now() }));
      if (mtimeMs < Date.now() - abandonedMs) await this.remove(id);
    }
  }

  private async sync(id: string): Promise<void> {
    const file = await open(this.pathOf(id), 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private pathOf(id: string): string {
    return join(this.folders.uploads, id);
  }
}

function placeOf(id: string) {
  return { table: 'uploaded_report', row: id, field: 'sealed' };
}
