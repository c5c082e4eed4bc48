import type { Git, GitStream } from '@throughline/git';
import type { CopyFolder } from '../copy-folder.ts';
import type { TreeFile } from './tree-listing.ts';

/** The stream of objects broke off or holds something else than was asked for. */
export class CheckoutFailed extends Error {
  readonly code = 'checkout_failed';
}

/**
 * Writes files of a commit into a copy, byte for byte as they are stored. git's own checkout and archive are not used:
 * attributes, filters, encodings and links of the tree would decide what a scanner sees.
 */
export async function checkOut(git: Git, files: readonly TreeFile[], copy: CopyFolder, signal?: AbortSignal): Promise<void> {
  const stream = git.stream(['cat-file', '--batch', '--buffer'], { timeoutMs: 300_000, ...(signal && { signal }) });
  void ask(stream, files);
  const objects = new ObjectReader(stream.output);
  try {
    for (const file of files) {
      const size = await objects.header(file.object);
      await copy.write(file.path, objects.body(size));
    }
  } finally {
    stream.stop();
  }
}

/** Writes the ids of objects to a `cat-file` that reads them from its input, no faster than it takes them. */
export async function ask(stream: GitStream, files: readonly Pick<TreeFile, 'object'>[]): Promise<void> {
  for (const { object } of files) {
    if (!stream.input.write(`${object}\n`)) await new Promise((resolve) => stream.input.once('drain', resolve).once('close', resolve));
  }
  stream.input.end();
}

/** Reads `<object> blob <size>\n<bytes>\n` again and again. */
export class ObjectReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(output: AsyncIterable<Uint8Array>) {
    this.source = output[Symbol.asyncIterator]();
  }

  async header(object: string): Promise<number> {
    while (this.rest.indexOf(0x0a) < 0) await this.more();
    const end = this.rest.indexOf(0x0a);
    const [name, type, size] = this.rest.subarray(0, end).toString('latin1').split(' ');
    this.rest = this.rest.subarray(end + 1);
    if (name !== object || type !== 'blob' || size === undefined)
      throw new CheckoutFailed(`the mirror has no file ${object}: ${type ?? 'missing'}`);
    return Number(size);
  }

  async *body(size: number): AsyncIterable<Uint8Array> {
    let left = size;
    while (left > 0) {
      if (this.rest.length === 0) await this.more();
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
    while (this.rest.length === 0) await this.more();
    this.rest = this.rest.subarray(1);
  }

  private async more(): Promise<void> {
    const next = await this.source.next();
    if (next.done) throw new CheckoutFailed('the mirror broke off while it was read');
    this.rest = this.rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.rest, next.value]);
  }
}
