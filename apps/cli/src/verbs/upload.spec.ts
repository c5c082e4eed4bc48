import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from '../api.ts';
import { exitCodeOfReport, upload } from './upload.ts';

describe('throughline upload', () => {
  let server: Server;
  let folder: string;
  let file: string;
  let received: { url: string; body: string } | undefined;
  let statuses: string[];
  let printed: string;
  let refusal: { status: number; detail: string } | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    file = join(folder, 'report.sarif');
    await writeFile(file, '{"version":"2.1.0","runs":[]}');
    statuses = ['running', 'done'];
    printed = '';
    refusal = undefined;
    received = undefined;
    server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'POST') received = { url: request.url!, body: Buffer.concat(chunks).toString() };
        if (refusal) return answer.writeHead(refusal.status).end(JSON.stringify(refusal));
        const status = request.method === 'POST' ? 'running' : (statuses.length > 1 ? statuses.shift() : statuses[0])!;
        const report = { id: 'r1', status, tool: 't', format: 'sarif', accepted: 2, reported: 2, rejected: [], opened: 2 };
        return answer.end(JSON.stringify(report));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const api = (): Api => new Api({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'tl_x' });
  const flags = { repository: 'git.example/a/b', commit: 'c'.repeat(40), format: 'auto' };

  it('sends the file as it is, with what was said about it, and waits for the findings', async () => {
    const code = await upload(api(), file, { ...flags, complete: true, scope: 'api', wait: true, json: true });

    expect(code).toBe(0);
    expect(received!.body).toBe('{"version":"2.1.0","runs":[]}');
    expect(Object.fromEntries(new URL(received!.url, 'http://x').searchParams)).toEqual({ ...flags, complete: 'true', scope: 'api' });
    expect(JSON.parse(printed)).toMatchObject({ id: 'r1', status: 'done', opened: 2 });
  });

  it.each([
    [422, 2],
    [404, 2],
    [403, 4],
    [503, 3],
  ])('ends with its own exit code when it is answered %i', async (status, exitCode) => {
    refusal = { status, detail: 'no' };

    await expect(upload(api(), file, flags)).rejects.toMatchObject({ exitCode });
  });

  it('refuses what is no file', async () => {
    await expect(upload(api(), folder, flags)).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each([
    ['done', 0],
    ['parked', 0],
    ['failed', 2],
    ['running', 3],
  ] as const)('ends for %s with %i', (status, code) => {
    expect(exitCodeOfReport({ status })).toBe(code);
  });
});
