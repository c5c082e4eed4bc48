import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Descriptor } from './manifest.ts';
import { refuseUnlessFound } from './answers.ts';
import { RegistryFailed } from './registry-failed.ts';
import { failureOf } from './requests.ts';

/** How a blob is asked for. */
export interface BlobSource {
  readonly host: string;
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<Dispatcher.ResponseData>;
  readonly signal: AbortSignal;
}

const mostAttempts = 5;
const firstPauseMs = 250;

/** One blob on its way into a file. What breaks off goes on where it ended. */
export class BlobDownload {
  private hash: Hash = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly blob: Descriptor,
    private readonly path: string,
    private readonly source: BlobSource,
  ) {}

  async run(): Promise<void> {
    if (this.blob.size === 0) await writeFile(this.path, '', { mode: 0o600 });
    await this.takeWhatIsThere();
    for (let attempt = 1; this.bytes < this.blob.size; attempt += 1) {
      try {
        await this.take();
      } catch (error) {
        if (!(error instanceof RegistryFailed) || !error.passing || attempt >= mostAttempts || this.source.signal.aborted) throw error;
        await setTimeout(firstPauseMs * 2 ** (attempt - 1), undefined, { signal: this.source.signal });
      }
    }
    await this.compare();
  }

  private async takeWhatIsThere(): Promise<void> {
    const here = await stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
    if (here === 0 || here > this.blob.size) return;
    for await (const chunk of createReadStream(this.path)) this.hash.update(chunk as Buffer);
    this.bytes = here;
  }

  private async take(): Promise<void> {
    const { host, ask } = this.source;
    const answer = await ask(this.bytes > 0 ? { range: `bytes=${this.bytes}-` } : {});
    if (answer.statusCode === 206) {
      const from = /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? ''))?.[1];
      if (Number(from) !== this.bytes) throw new RegistryFailed('refused', `${host} answered with another part of ${this.blob.digest}`);
    } else {
      await refuseUnlessFound(answer, this.blob.digest, host);
      this.startOver();
    }
    await this.write(answer);
  }

  private startOver(): void {
    this.hash = createHash('sha256');
    this.bytes = 0;
  }

  private async write(answer: Dispatcher.ResponseData): Promise<void> {
    const { host, signal } = this.source;
    const file = await open(this.path, this.bytes === 0 ? 'w' : 'a', 0o600);
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        if (this.bytes + chunk.byteLength > this.blob.size) throw this.mismatch(`more than ${this.blob.size} bytes came`);
        await file.writeFile(chunk);
        this.hash.update(chunk);
        this.bytes += chunk.byteLength;
      }
    } catch (error) {
      throw failureOf(error, host, signal);
    } finally {
      await file.close();
    }
    if (this.bytes === this.blob.size) return;
    // An answer whose end is marked came whole, and is something else; any other may have been cut off.
    const marked = answer.headers['content-length'] !== undefined || answer.headers['transfer-encoding'] !== undefined;
    if (marked) throw this.mismatch(`only ${this.bytes} of ${this.blob.size} bytes came`);
    throw new RegistryFailed('away', `${host} broke off after ${this.bytes} of ${this.blob.size} bytes of ${this.blob.digest}`);
  }

  private async compare(): Promise<void> {
    const digest = `sha256:${this.hash.digest('hex')}`;
    if (digest === this.blob.digest) return;
    await rm(this.path, { force: true });
    throw this.mismatch(`what came is ${digest}`);
  }

  private mismatch(why: string): RegistryFailed {
    return new RegistryFailed('digest_mismatch', `digest mismatch: ${this.source.host} should have sent ${this.blob.digest}, but ${why}`);
  }
}
