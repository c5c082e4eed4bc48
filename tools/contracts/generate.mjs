// Writes what is derived from the fact classes: deploy/topics.json. Run after `tsc -b`; `--check` fails when a file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { topics } from '@throughline/contracts';

const files = { 'deploy/topics.json': `${JSON.stringify(topics(), null, 2)}\n` };
const check = process.argv.includes('--check');
for (const [path, content] of Object.entries(files)) {
  const file = new URL(`../../${path}`, import.meta.url);
  if (!check) writeFileSync(file, content);
  else if (readFileSync(file, 'utf8') !== content) throw new Error(`${path} is stale: run node tools/contracts/generate.mjs`);
}
