import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git, GitStream } from './git.ts';
import type { TreeFile } from './tree-listing.ts';

/** The stream of objects broke off or holds something else than was asked for. */
export class CheckoutFailed extends Error {
  readonly code = 'checkout_failed';
}

/**
 * Writes files of a commit into a folder, byte for byte as they are stored. git's own checkout and archive are not used:
 * attributes, filters, encodings and links of the tree would decide what a scanner sees.
 */
export async function checkOut(git: Git, files: readonly TreeFile[], folder: string, signal?: AbortSignal): Promise<void> {
  const stream = git.stream(['cat-file', '--batch', '--buffer'], { timeoutMs: 300_000, ...(signal && { signal }) });
  const folders = new Folders(folder);
  void ask(stream, files);
  const objects = new ObjectReader(stream.output);
  try {
    for (const file of files) {
      const size = await objects.header(file.object);
      const target = join(folder, file.path);
      await folders.make(dirname(target));
      await write(target, objects.body(size));
    }
  } finally {
    stream.stop();
  }
}

/** Makes a folder and those above it, readable for the user of the box whatever our own umask is. */
class Folders {
  private readonly made: Set<string>;

  constructor(root: string) {
    this.made = new Set([root]);
  }

  async make(path: string): Promise<void> {
    if (this.made.has(path)) return;
    await this.make(dirname(path));
    await mkdir(path);
    await chmod(path, 0o755);
    this.made.add(path);
  }
}

/** Writes a file that must not be there yet: two paths of a tree never share one. */
export async function write(path: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.chmod(0o644);
    for await (const chunk of body) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

async function ask(stream: GitStream, files: readonly TreeFile[]): Promise<void> {
  for (const { object } of files) {
    if (!stream.input.write(`${object}\n`)) await new Promise((resolve) => stream.input.once('drain', resolve).once('close', resolve));
  }
  stream.input.end();
}

/** Reads `<object> blob <size>\n<bytes>\n` again and again. */
class ObjectReader {
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
    if (name !== object || type !== 'blob' || size === undefined) throw new CheckoutFailed(`the mirror has no file ${object}: ${type ?? 'missing'}`);
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
    const { value, done } = await this.source.next();
    if (done) throw new CheckoutFailed('the mirror broke off while it was read');
    this.rest = this.rest.length === 0 ? Buffer.from(value) : Buffer.concat([this.rest, value]);
  }
}
