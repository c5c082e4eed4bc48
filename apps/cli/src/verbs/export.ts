import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { findingExportFormats, vexExportFormats } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { Refused } from '../exit.ts';
import { say } from '../terminal.ts';

export interface ExportFlags {
  readonly repository?: string;
  readonly application?: string;
  readonly severity?: string;
  readonly class?: string;
  readonly detection?: string;
  readonly filter?: readonly string[];
  readonly signed?: boolean;
  readonly output?: string;
}

const formats: readonly string[] = [...findingExportFormats, ...vexExportFormats];

/** A million findings are written well within it. */
const mostMs = 30 * 60_000;

/** Writes all findings that the filters find to stdout or into a file, which is there whole or not at all. */
export async function exportFindings(api: Api, format: string, flags: ExportFlags): Promise<void> {
  if (!formats.includes(format)) throw new Refused('usage', `there is no format ${format}: ${formats.join(', ')}`);
  const { output, filter = [], signed, ...named } = flags;
  const query = { format, ...named, ...(signed && { signed: 'true' }), ...Object.fromEntries(filter.map(filterOf)) };
  const body = Readable.fromWeb((await api.download('exports/findings', query, mostMs)) as WebStream);
  if (output === undefined) return write(body, process.stdout, false);
  const part = `${output}.part`;
  try {
    await write(body, createWriteStream(part), true);
    await rename(part, output);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  say(`written to ${output}`);
}

async function write(body: Readable, to: Writable, end: boolean): Promise<void> {
  try {
    await pipeline(body, to, { end });
  } catch (error) {
    // Whoever reads our output has had enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    if ((error as NodeJS.ErrnoException).syscall !== undefined)
      throw new Refused('usage', `it cannot be written: ${(error as Error).message}`);
    throw new Refused('unreachable', `the export broke off: ${(error as Error).message}`);
  }
}

function filterOf(text: string): [string, string] {
  const [name, ...value] = text.split('=');
  if (name === undefined || name === '' || value.length === 0)
    throw new Refused('usage', `--filter ${text}: give NAME=VALUE, as in the API`);
  return [name, value.join('=')];
}
