import { describe, expect, it } from '@jest/globals';
import { csvLimits, csvRows, type CsvLimits, type CsvRow } from './csv-rows.ts';

async function rowsOf(report: string | Buffer, limits: CsvLimits = csvLimits, size = 3): Promise<CsvRow[]> {
  const bytes = Buffer.from(report);
  const memory = new Uint8Array(size);
  const pieces = async function* (): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      // The same memory again and again, as those do who read files.
      memory.set(bytes.subarray(at, at + size));
      yield memory.subarray(0, Math.min(size, bytes.length - at));
    }
  };
  const rows: CsvRow[] = [];
  for await (const row of csvRows(pieces(), () => undefined, limits)) rows.push(row);
  return rows;
}

const cellsOf = async (report: string | Buffer): Promise<unknown[]> =>
  (await rowsOf(report)).map(({ cells }) => Object.values(cells).sort());

describe('rows of a table', () => {
  it('have cells by column, with quotes, commas and line ends in them', async () => {
    expect(await rowsOf('id,text\r\n1,"a, ""b""\r\nc"\r\n2,\r\n')).toEqual([
      { index: 0, line: 2, cells: { id: '1', text: 'a, "b"\r\nc' } },
      { index: 1, line: 4, cells: { id: '2', text: '' } },
    ]);
  });

  it('are none below a header that ends its line; one that does not was cut off', async () => {
    expect(await rowsOf('id,text\r\n')).toEqual([]);
    await expect(rowsOf('id,te')).rejects.toMatchObject({ code: 'report_refused', place: { line: 1 } });
  });

  it('begin on lines that are counted with empty ones and with those in quotes', async () => {
    const rows = await rowsOf('\r\nid,text\r\n\r\n1,"a\r\n\r\nb"\r\n\r\n2,c\r\n');

    expect(rows.map(({ line }) => line)).toEqual([4, 8]);
  });

  it.each([
    ['semicolons', 'id;text\n1;a,b\n', ['1', 'a,b']],
    ['tabs', 'id\ttext\n1\ta;b\n', ['1', 'a;b']],
    ['a mark of the byte order', '\ufeffid,text\n1,é\n', ['1', 'é']],
    ['no end of its last line', 'id,text\n1,a', ['1', 'a']],
    ['empty lines', 'id,text\n\n1,a\n\n', ['1', 'a']],
  ])('are read out of a table with %s', async (_, report, cells) => {
    expect(await cellsOf(report)).toEqual([cells]);
  });

  it('take the first of two columns of a name, and give no prototype away', async () => {
    const [row] = await rowsOf('id,id,__proto__\n1,2,3\n');

    expect(row?.cells['id']).toBe('1');
    expect(Object.getPrototypeOf(row?.cells)).toBe(Object.prototype);
  });

  it.each([
    ['is empty', '', {}],
    ['is one word', 'hello', {}],
    ['is JSON', '[{"a":1,"b":2}]', {}],
    ['breaks off within a row', 'id,text,more\n1,a,b\n2,a\n', { line: 3 }],
    ['breaks off within a quote', 'id,text\n1,"a\n', {}],
    ['has a quote where none may be', 'id,text\n1,"a"b\n', {}],
    ['begins anew', 'id,text\n1,a\nid,text\n1,a\n', { line: 3 }],
  ])('are refused of a report that %s', async (_, report, place) => {
    await expect(rowsOf(report)).rejects.toMatchObject({ code: 'report_refused', place });
  });

  it.each([
    ['bytes', { ...csvLimits, maxBytes: 20 }, /20 bytes/],
    ['rows', { ...csvLimits, maxRows: 3 }, /3 rows/],
    ['characters of a row', { ...csvLimits, maxRowLength: 12 }, /too long/],
  ])('are bounded in %s', async (_, limits, message) => {
    const report = `id,text\n${'1,a\n'.repeat(5)}2,${'x'.repeat(20)}\n`;

    await expect(rowsOf(report, limits)).rejects.toThrow(message);
  });

  it('end with what reads the report', async () => {
    let closed = false;
    const endless = async function* (): AsyncIterable<Uint8Array> {
      try {
        yield Buffer.from('id,text\n');
        for (;;) yield Buffer.from('1,a\n');
      } finally {
        closed = true;
      }
    };

    for await (const row of csvRows(endless(), () => undefined)) if (row.index === 10) break;

    await new Promise((done) => setImmediate(done));
    expect(closed).toBe(true);
  });
});
