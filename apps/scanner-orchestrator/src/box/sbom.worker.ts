import { once } from 'node:events';
import { readSbom, ReportRefused, sbomFormats } from '@throughline/findings';
import type { SbomTask } from './box-task.ts';
import { repeated } from './repeated-input.ts';

/** So many places of components fit into a line. */
const mostInLine = 5_000;

/** Reads an SBOM from standard input and writes what it says (NDJSON) to standard output: itself, components, dependencies. */
async function work({ format: name, bytes }: SbomTask): Promise<void> {
  const format = sbomFormats.find((one) => one.name === name);
  if (!format) throw new Error(`no format has the name ${name}`);
  let count = 0;
  const write = async (line: object): Promise<void> => {
    count += 1;
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
  };
  const { head, components, dependencies } = await readSbom(format, repeated(process.stdin, bytes));
  await write({ sbom: head });
  for (const component of components) await write({ component });
  for (const { from, to } of dependencies)
    for (let at = 0; at < to.length; at += mostInLine) await write({ dependency: { from, to: to.slice(at, at + mostInLine) } });
  process.stdout.write(`${JSON.stringify({ end: count })}\n`);
}

try {
  await work(JSON.parse(process.argv[2] ?? '') as SbomTask);
} catch (error) {
  // Other errors may quote the document.
  const refused = error instanceof ReportRefused ? { failed: error.message, place: error.place } : undefined;
  process.stdout.write(`${JSON.stringify(refused ?? { failed: `it could not be read (${(error as Error).name})` })}\n`);
}
