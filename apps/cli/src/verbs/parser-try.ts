import { readFile, stat } from 'node:fs/promises';
import { MappingRefused, maxMappingBytes, readMapping, type ReportReader } from '@throughline/findings';
import { Refused } from '../exit.ts';
import { openReport } from '../report-file.ts';
import { say } from '../terminal.ts';
import { printReport } from './reports-parse.ts';

/** Prints what a declared mapping makes of a report, as `reports parse` does. Needs no server. */
export async function tryMapping(mapping: string, path: string): Promise<void> {
  const { reader } = await mappingIn(mapping);
  const { open } = await openReport(path);
  say(`${reader.title}, as ${mapping} declares it`);
  await printReport(path, reader, open);
}

/** The mapping in a file and the reader that it declares; refuses one with flaws. */
export async function mappingIn(path: string): Promise<{ readonly reader: ReportReader; readonly source: string }> {
  const source = await content(path);
  try {
    return { reader: readMapping(source), source };
  } catch (error) {
    if (error instanceof MappingRefused) throw new Refused('usage', `${path} is no mapping that can be used:\n${error.message}`);
    throw error;
  }
}

async function content(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > maxMappingBytes) throw new Error(`it has more than ${maxMappingBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Refused('usage', `${path} cannot be read: ${(error as Error).message}`);
  }
}
