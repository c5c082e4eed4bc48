import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Row, Setting } from './bench.ts';
import { machine, type Machine } from './machine.ts';
import { benches } from './registry.ts';
import { markdownOf, tableOf } from './table.ts';

const usage = `npm run bench -- [--short] [--only NAME,NAME] [--rounds N] [--save] [--markdown] [--profile DIR] [--list]
  --short   less of everything, under three minutes
  --save    keep the raw numbers in test/bench/results/
  --markdown print the tables as docs/benchmarks.md has them
  --profile write a CPU profile of each measured process into a folder; the times are then worth less
`;
const results = fileURLToPath(new URL('./results/', import.meta.url));

interface Result {
  readonly name: string;
  readonly decides: string;
  readonly peer?: string;
  readonly seconds: number;
  readonly rows?: readonly Row[];
  readonly failed?: string;
}

async function measured(bench: Bench, setting: Setting, table: typeof tableOf): Promise<Result> {
  const { name, decides, peer } = bench;
  const started = Date.now();
  const seconds = (): number => Math.round((Date.now() - started) / 1000);
  try {
    const rows = await bench.run(setting);
    process.stdout.write(`${table(bench, rows)}\n(${seconds()} s)\n\n`);
    return { name, decides, ...(peer && { peer }), seconds: seconds(), rows };
  } catch (error) {
    const failed = String((error as Error).stack ?? error);
    process.stdout.write(`${name} failed: ${failed}\n\n`);
    return { name, decides, seconds: seconds(), failed };
  }
}

function save(on: Machine, found: readonly Result[]): void {
  mkdirSync(results, { recursive: true });
  const file = join(results, `${new Date().toISOString().slice(0, 16).replaceAll(':', '')}.json`);
  writeFileSync(file, `${JSON.stringify({ ...on, at: new Date().toISOString(), results: found }, null, 2)}\n`);
  process.stdout.write(`kept in ${file}\n`);
}

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    save: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    profile: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const wanted = values.only?.split(',');
const chosen = benches.filter(({ name }) => wanted?.includes(name) ?? true);
if (values.help) process.stdout.write(usage);
else if (values.list) for (const { name, decides } of benches) process.stdout.write(`${name}: ${decides}\n`);
else if (chosen.length < (wanted?.length ?? 1))
  throw new Error(`no such benchmark; there are ${benches.map(({ name }) => name).join(', ')}`);
else {
  process.env['TEST_DATA_DURABLE'] = 'true';
  const on = machine();
  process.stdout.write(`${on.commit}, Node ${on.node}, ${on.cores} cores (${on.model}), ${on.memoryGiB} GiB, load ${on.load}\n\n`);
  const environment: Record<string, string> = values.profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` } : {};
  const setting = { short: values.short, rounds: Number(values.rounds ?? (values.short ? 2 : 5)), environment };
  const found: Result[] = [];
  for (const bench of chosen) found.push(await measured(bench, setting, values.markdown ? markdownOf : tableOf));
  if (values.save) save(on, found);
  process.exitCode = found.some(({ failed }) => failed !== undefined) ? 1 : 0;
}
