import { once } from 'node:events';
import { readMapping, readReport, ReportRefused, reportReaders, type ReportReader } from '@throughline/findings';
import type { ReportTask } from './box-task.ts';
import { repeated } from './repeated-input.ts';
import { loadSecretRules } from './secret-rules.ts';
import { TextMasks } from './text-masks.ts';

/** Reads a foreign report from standard input and writes what it says (NDJSON) to standard output, secrets masked. */
async function work(task: ReportTask): Promise<void> {
  const { bytes, masks } = task;
  const reader = readerOf(task);
  const texts = new TextMasks(masks === undefined ? undefined : await loadSecretRules(masks));
  let count = 0;
  const write = async (line: object): Promise<void> => {
    count += 1;
    if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
  };
  for await (const line of readReport(reader, repeated(process.stdin, bytes))) {
    if ('finding' in line) for (const finding of await texts.take(line.finding)) await write({ finding });
    else await write(line);
  }
  for (const finding of await texts.rest()) await write({ finding });
  process.stdout.write(`${JSON.stringify({ end: count })}\n`);
}

function readerOf({ reader: name, mapping }: ReportTask): ReportReader {
  if (mapping !== undefined) return readMapping(Buffer.from(mapping, 'base64').toString('utf8'));
  const reader = reportReaders.find((one) => one.name === name);
  if (!reader) throw new Error(`no reader has the name ${name}`);
  return reader;
}

try {
  await work(JSON.parse(process.argv[2] ?? '') as ReportTask);
} catch (error) {
  // Other errors may quote the report.
  const refused = error instanceof ReportRefused ? { failed: error.message, place: error.place } : undefined;
  process.stdout.write(`${JSON.stringify(refused ?? { failed: `it could not be read (${(error as Error).name})` })}\n`);
}
