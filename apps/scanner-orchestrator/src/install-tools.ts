import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scanners } from './scanners/registry.ts';
import { installAll } from './tools/install-all.ts';

/** Where the lock files of the tools lie, seen from `src/` and from `dist/`. */
const locks = fileURLToPath(new URL('../tools', import.meta.url));

const { values } = parseArgs({ options: { dir: { type: 'string' }, retry: { type: 'boolean', default: false } } });
if (!values.dir) {
  process.stderr.write('usage: install-tools --dir FOLDER [--retry]\n');
  process.exit(2);
}
const tools = scanners.flatMap((scanner) => scanner.tool ?? []);
const states = await installAll(
  tools,
  { dir: join(values.dir), locks },
  { retry: values.retry, say: (line) => process.stdout.write(`${line}\n`) },
);
const missing = Object.values(states).filter((state) => state.state === 'unavailable').length;
process.stdout.write(`scanners: ${tools.length - missing} of ${tools.length} installed\n`);
