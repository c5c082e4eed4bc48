import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from '../api.ts';
import { exportFindings, type ExportFlags } from './export.ts';

describe('throughline export', () => {
  let server: Server;
  let folder: string;
  let answer: RequestListener;
  let asked: string | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-'));
    asked = undefined;
    answer = (_request, response) => response.end('id\r\nf1\r\n');
    server = createServer((request, response) => {
      asked = request.url;
      void answer(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const file = (): string => join(folder, 'findings.csv');
  const run = (flags: ExportFlags, format = 'csv'): Promise<void> =>
    exportFindings(new Api({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'tl_x' }), format, flags);

  it('writes a file with all that the filters find', async () => {
    await run({ output: file(), severity: 'high', filter: ['kev=true', 'path=src/a=b'] });

    expect(readFileSync(file(), 'utf8')).toBe('id\r\nf1\r\n');
    expect(Object.fromEntries(new URL(asked!, 'http://x').searchParams)).toEqual({
      ...{ format: 'csv', severity: 'high', kev: 'true', path: 'src/a=b' },
    });
  });

  it('leaves no file when the export breaks off', async () => {
    answer = (_request, response) => {
      response.write('id\r\n');
      setImmediate(() => response.destroy());
    };

    await expect(run({ output: file() })).rejects.toMatchObject({ reason: 'unreachable' });
    expect([existsSync(file()), existsSync(`${file()}.part`)]).toEqual([false, false]);
  });

  it('says what the platform refuses', async () => {
    answer = (_request, response) =>
      response
        .writeHead(400)
        .end(JSON.stringify({ detail: 'severity: terrible is none', errors: [{ pointer: '/severity', detail: 'is none' }] }));

    await expect(run({ output: file(), severity: 'terrible' })).rejects.toMatchObject({
      reason: 'usage',
      message: expect.stringContaining('/severity: is none'),
    });
    expect(existsSync(file())).toBe(false);
  });

  it.each<[string, ExportFlags, string]>([
    ['a format that is none', {}, 'pdf'],
    ['a filter without a value', { filter: ['kev'] }, 'csv'],
    ['a folder that is not there', { output: '/nowhere/findings.csv' }, 'csv'],
  ])('refuses %s', async (_what, flags, format) => {
    await expect(run(flags, format)).rejects.toMatchObject({ reason: 'usage' });
  });
});
