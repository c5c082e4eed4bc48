import type { Tool, ToolStates } from './tool.ts';

/** There is no tool of that name to ask for. */
export class UnknownTool extends Error {
  readonly code = 'unknown_tool';
}

/** What changes in what was asked for. */
export interface Wishes {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** The tools that belong on this machine: those of every installation, and those that were asked for before or are now. */
export function chooseTools(all: readonly Tool[], states: ToolStates, { add = [], remove = [] }: Wishes): readonly Tool[] {
  const tools = [...new Map(all.map((tool) => [tool.name, tool])).values()];
  for (const name of [...add, ...remove]) {
    if (tools.some((tool) => tool.name === name && tool.asked)) continue;
    const known = tools.flatMap((tool) => (tool.asked ? tool.name : []));
    throw new UnknownTool(`there is no tool ${JSON.stringify(name)} to ask for: ${known.join(', ')}`);
  }
  return tools.filter(({ name, asked }) => !asked || ((add.includes(name) || states[name] !== undefined) && !remove.includes(name)));
}
