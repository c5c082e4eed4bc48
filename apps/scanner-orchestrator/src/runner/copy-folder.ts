import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder for a scanned copy: readable for the user of the box, whatever our own umask is. */
export class CopyFolder {
  private readonly made = new Set<string>();

  private constructor(
    readonly path: string,
    private readonly masked: boolean,
  ) {
    this.made.add(path);
  }

  /** Makes the folder; the one above it keeps everybody else out. */
  static async make(path: string): Promise<CopyFolder> {
    await mkdir(path, { mode: 0o755 });
    const masked = ((await stat(path)).mode & 0o777) !== 0o755;
    if (masked) await chmod(path, 0o755);
    return new CopyFolder(path, masked);
  }

  /** Writes a file that must not be there yet: two paths of a tree never share one. */
  async write(path: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const target = join(this.path, path);
    await this.makeFolder(dirname(target));
    const file = await open(target, 'wx', 0o644);
    try {
      if (this.masked) await file.chmod(0o644);
      for await (const chunk of body) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
  }

  private async makeFolder(path: string): Promise<void> {
    if (this.made.has(path)) return;
    await this.makeFolder(dirname(path));
    await mkdir(path, { mode: 0o755 });
    if (this.masked) await chmod(path, 0o755);
    this.made.add(path);
  }
}
