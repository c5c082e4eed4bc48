import { join } from 'node:path';
import { closureLine, closureOf, readClosure, type ClosureLine } from './closure.ts';
import { isInstalling, readStates } from './states.ts';
import type { InstalledTool, Tool } from './tool.ts';

/** A tool that is there and has the bytes that were installed. */
export interface ReadyTool extends InstalledTool {
  /** Absolute path of its folder. */
  readonly path: string;
}

const sampled = 8;

/** What is installed in the tools folder, and whether it is still what was installed. */
export class Toolbox {
  /** By folder: a list that was read and compared whole. */
  private readonly closures = new Map<string, Promise<readonly ClosureLine[]>>();

  constructor(private readonly dir: string) {}

  /** Tools are on their way: whoever needs one should come back. */
  isInstalling(): Promise<boolean> {
    return isInstalling(this.dir);
  }

  /** The tool, or why it cannot be used. Its files are compared when it is first asked for, a sample of them each time after. */
  async find(tool: Tool): Promise<ReadyTool | string> {
    const state = (await readStates(this.dir))[tool.name];
    if (!state) return `${tool.name} ${tool.version} is not installed`;
    if (state.state === 'unavailable') return state.reason;
    if (state.version !== tool.version) return `${tool.name} ${state.version} is installed, ${tool.version} is needed: install the tools again`;
    const ready: ReadyTool = { ...state, path: join(this.dir, state.folder) };
    const changed = await this.changed(ready);
    return changed === undefined ? ready : `tool changed: ${changed}`;
  }

  private async changed(tool: ReadyTool): Promise<string | undefined> {
    try {
      const known = this.closures.get(tool.folder);
      const lines = await (known ?? this.compare(tool));
      for (let i = 0; known && i < sampled; i += 1) await this.compareOne(tool, lines[Math.floor(Math.random() * lines.length)]!);
      return undefined;
    } catch (error) {
      this.closures.delete(tool.folder);
      return (error as Error).message;
    }
  }

  private compare(tool: ReadyTool): Promise<readonly ClosureLine[]> {
    const whole = (async (): Promise<readonly ClosureLine[]> => {
      const recorded = await readClosure(`${tool.path}.files`, tool.closure);
      const now = new Set(await closureOf(tool.path));
      const different = recorded.find((line) => !now.has(line));
      if (different !== undefined) throw new Error(`${pathOf(different)} is not as it was installed`);
      if (now.size !== recorded.length) throw new Error('files were added');
      return recorded;
    })();
    this.closures.set(tool.folder, whole);
    return whole;
  }

  private async compareOne(tool: ReadyTool, line: ClosureLine): Promise<void> {
    if ((await closureLine(tool.path, pathOf(line))) !== line) throw new Error(`${pathOf(line)} is not as it was installed`);
  }
}

function pathOf(line: ClosureLine): string {
  return line.slice(line.indexOf(' ') + 3);
}
