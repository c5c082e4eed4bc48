import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scanners } from './scanners/registry.ts';
import { chooseTools, UnknownTool } from './tools/choose.ts';
import { installAll } from './tools/install-all.ts';
import { readStates } from './tools/states.ts';
import type { Tool } from './tools/tool.ts';

/** Where the lock files of the tools lie, seen from `src/` and from `dist/`. */
const locks = fileURLToPath(new URL('../tools', import.meta.url));

const usage = 'usage: install-tools --dir FOLDER [--add TOOL] [--remove TOOL] [--retry]';

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    add: { type: 'string', multiple: true, default: [] },
    remove: { type: 'string', multiple: true, default: [] },
    retry: { type: 'boolean', default: false },
  },
});
if (!values.dir) refuse(usage);
const tools = await chosen(values.dir).catch((error: unknown) => refuse(error instanceof UnknownTool ? error.message : String(error)));
const states = await installAll(
  tools,
  { dir: join(values.dir), locks },
  { retry: values.retry || values.add.length > 0, say: (line) => process.stdout.write(`${line}\n`) },
);
const missing = Object.values(states).filter((state) => state.state === 'unavailable').length;
process.stdout.write(`scanners: ${tools.length - missing} of ${tools.length} installed\n`);

async function chosen(dir: string): Promise<readonly Tool[]> {
  const all = scanners.flatMap((scanner) => scanner.tool ?? []);
  return chooseTools(all, await readStates(dir), { add: values.add, remove: values.remove });
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
