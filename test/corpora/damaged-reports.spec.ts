import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { headBytes, readReport, recogniseReport, ReportRefused, type ReadLine } from '@throughline/findings';
import { corpusFolder, corpusJson, describeCorpus } from './corpora.ts';

/** The damage is done to the smallest files of each folder that are read whole: a mark may stand at the end of a larger one. */
const largest = headBytes;
const perFolder = 2;

async function linesOf(bytes: Buffer, format = 'auto'): Promise<readonly ReadLine[] | ReportRefused> {
  const lines: ReadLine[] = [];
  try {
    const { reader } = recogniseReport(bytes.subarray(0, headBytes), bytes.length <= headBytes, format);
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(bytes);
    };
    for await (const line of readReport(reader, open)) lines.push(line);
    return lines;
  } catch (error) {
    if (error instanceof ReportRefused) return error;
    throw error;
  }
}

interface Sample {
  readonly path: string;
  readonly format: string;
  readonly bytes: Buffer;
  readonly lines: readonly ReadLine[];
}

/** Files of each folder of which the beginning says what they are, and that hold something. */
async function samples(): Promise<readonly Sample[]> {
  const found: Sample[] = [];
  const paths = Object.keys(corpusJson<Record<string, unknown>>('reports/oracle.json')).map((path) => {
    return { path, bytes: readFileSync(corpusFolder(path)) };
  });
  for (const { path, bytes } of paths.sort((a, b) => a.bytes.length - b.bytes.length)) {
    const folder = path.split('/')[1];
    if (bytes.length > largest || found.filter((one) => one.path.split('/')[1] === folder).length >= perFolder) continue;
    const lines = await linesOf(bytes);
    if (lines instanceof ReportRefused || lines.length === 0) continue;
    found.push({ path, bytes, lines, format: recogniseReport(bytes, true).reader.name });
  }
  return found;
}

function placed(error: ReportRefused): boolean {
  return error.place.pointer !== undefined || error.place.line !== undefined;
}

describeCorpus('reports', () => {
  const all = samples();

  it('has reports of most folders to damage', async () => {
    expect(new Set((await all).map(({ path }) => path.split('/')[1])).size).toBeGreaterThan(30);
  });

  it('refuses what was cut off, with the place, or says all that it says', async () => {
    const wrong: string[] = [];
    for (const { path, format, bytes, lines } of await all)
      for (let part = 1; part < 20; part += 1) {
        const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 20));
        const read = await linesOf(cut, format);
        if (read instanceof ReportRefused ? !placed(read) : read.length === 0 || read.length > lines.length)
          wrong.push(`${path} at ${part * 5} %: ${read instanceof ReportRefused ? read.message : `${read.length} of ${lines.length}`}`);
      }

    expect(wrong).toEqual([]);
  });

  it('refuses a report of every other format', async () => {
    const wrong: string[] = [];
    const reports = await all;
    for (const format of new Set(reports.map((one) => one.format)))
      for (const other of reports.filter((one) => one.format !== format)) {
        const read = await linesOf(other.bytes, format);
        if (!(read instanceof ReportRefused)) wrong.push(`${other.path} as ${format}: ${read.length}`);
      }

    expect(wrong).toEqual([]);
  });

  it.each(['{}', '[{}]', '{"results":{}}', '[[]]', '""', '7', '<a/>', ' '])('refuses %s in every format', async (text) => {
    const wrong: string[] = [];
    for (const format of new Set((await all).map((one) => one.format)))
      if (!((await linesOf(Buffer.from(text), format)) instanceof ReportRefused)) wrong.push(format);

    expect(wrong).toEqual([]);
  });

  it.each([
    ['a mark of UTF-8', (bytes: Buffer) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
    ['UTF-16', (bytes: Buffer) => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le')],
  ])('says the same with %s, or refuses it', async (_, encoded) => {
    const wrong: string[] = [];
    for (const { path, format, bytes, lines } of await all) {
      const text = bytes.toString('utf8');
      if (text.startsWith('\ufeff') || !Buffer.from(text).equals(bytes)) continue;
      const read = await linesOf(encoded(bytes), format);
      if (read instanceof ReportRefused ? !placed(read) : read.length !== lines.length)
        wrong.push(`${path}: ${read instanceof ReportRefused ? read.message : `${read.length} of ${lines.length}`}`);
    }

    expect(wrong).toEqual([]);
  });
});
