import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { differenceFrom, pathIn, readClosure } from './closure.ts';
import { isInstalling, readStates } from './states.ts';
import type { InstalledTool, Tool } from './tool.ts';

/** A tool that is there and has the bytes that were installed. */
export interface ReadyTool extends InstalledTool {
  /** Absolute path of its folder. */
  readonly path: string;
}

/** A folder that was compared with what was installed, file by file. */
interface Compared {
  /** Path of each file with the time of its last change, which no write leaves as it was. */
  readonly files: readonly { readonly path: string; readonly changedAt: number }[];
  lookedAt: number;
}

const changed = 'tool changed: ';

/** Whether a tool cannot be used because somebody touched it: that is no tool that is missing. */
export function isChange(reason: string): boolean {
  return reason.startsWith(changed);
}

/** Looks closer together than this are one. */
const freshMs = 2_000;

/** What is installed in the tools folder, and whether it is still what was installed. */
export class Toolbox {
  private readonly compared = new Map<string, Promise<Compared>>();

  constructor(private readonly dir: string) {}

  /** Tools are on their way: whoever needs one should come back. */
  isInstalling(): Promise<boolean> {
    return isInstalling(this.dir);
  }

  /** Whether somebody has asked for the tool here, be it usable or not. */
  async has(tool: Tool): Promise<boolean> {
    return (await readStates(this.dir))[tool.name] !== undefined;
  }

  /** The tool, or why it cannot be used. All its bytes are compared once; afterwards no file may have been touched. */
  async find(tool: Tool): Promise<ReadyTool | string> {
    const state = (await readStates(this.dir))[tool.name];
    if (!state) return `${tool.name} ${tool.version} is not installed`;
    if (state.state === 'unavailable') return state.reason;
    if (state.version !== tool.version)
      return `${tool.name} ${state.version} is installed, ${tool.version} is needed: install the tools again`;
    const ready: ReadyTool = { ...state, path: join(this.dir, state.folder) };
    try {
      await this.verify(ready);
      return ready;
    } catch (error) {
      this.compared.delete(ready.folder);
      return `${changed}${(error as Error).message}`;
    }
  }

  private async verify(tool: ReadyTool): Promise<void> {
    const known = this.compared.get(tool.folder);
    if (!known) {
      const comparison = compare(tool);
      this.compared.set(tool.folder, comparison);
      await comparison;
      return;
    }
    const compared = await known;
    if (Date.now() - compared.lookedAt < freshMs) return;
    for (const { path, changedAt } of compared.files) {
      if ((await lstat(join(tool.path, path))).ctimeMs !== changedAt) throw new Error(`${path} was touched after it was installed`);
    }
    compared.lookedAt = Date.now();
  }
}

async function compare(tool: ReadyTool): Promise<Compared> {
  const recorded = await readClosure(`${tool.path}.files`, tool.closure);
  const paths = recorded.map(pathIn);
  // Times first: a write between the two looks is seen by the next one.
  const files = await Promise.all(paths.map(async (path) => ({ path, changedAt: (await lstat(join(tool.path, path))).ctimeMs })));
  const difference = await differenceFrom(recorded, tool.path);
  if (difference !== undefined) throw new Error(difference);
  return { files, lookedAt: Date.now() };
}
