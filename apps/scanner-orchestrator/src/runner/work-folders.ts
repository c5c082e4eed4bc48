import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The folders below the work folder; what a run left behind when the service was killed is removed at the start. */
export class WorkFolders {
  private constructor(readonly root: string) {}

  static async open(path: string): Promise<WorkFolders> {
    const folders = new WorkFolders(resolve(path));
    await rm(folders.runs, { recursive: true, force: true });
    for (const folder of [folders.root, folders.mirrors, folders.runs, folders.uploads])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const folder of [folders.empty, folders.mountPoint]) await mkdir(folder, { recursive: true, mode: 0o755 });
    return folders;
  }

  get mirrors(): string {
    return join(this.root, 'mirrors');
  }

  /** Uploads that wait to be read, under seal; they outlive a restart. */
  get uploads(): string {
    return join(this.root, 'uploads');
  }

  /** Always empty: the home of git processes. */
  get empty(): string {
    return join(this.root, 'empty');
  }

  /** Boxes are mounted here, each in a mount namespace of its own. */
  get mountPoint(): string {
    return join(this.root, 'box');
  }

  /** Gives the work a folder of its own and removes it afterwards. */
  async within<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(this.runs, 'run-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private get runs(): string {
    return join(this.root, 'runs');
  }
}
