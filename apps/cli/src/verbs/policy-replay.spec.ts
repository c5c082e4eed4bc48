import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Api } from '../api.ts';
import { replayPolicy } from './policy-replay.ts';

const counts = { decisions: 3, identical: 1, otherReasons: 1, changedTotal: 1, gone: 0, truncated: false };
const changed = [
  { decision: 'd', gate: 'change', subject: { repository: 'git.example/a', commit: 'c'.repeat(40) }, was: 'pass', would: 'deny' },
];

describe('throughline policy replay', () => {
  let folder: string;
  let server: Server;
  let sent: unknown;
  let statuses: string[];
  let printed: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-replay-'));
    printed = '';
    statuses = ['queued', 'done'];
    server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'POST') sent = JSON.parse(Buffer.concat(chunks).toString());
        const status = statuses.length > 1 ? statuses.shift() : statuses[0];
        answer.end(JSON.stringify({ id: 'r1', status, policy: 'no-eval', ...counts, changed }));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
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
  const flags = { since: '2026-01-01T00:00:00Z', wait: '20' };

  it('sends the file, waits for the end, and names what would have changed', async () => {
    await writeFile(join(folder, 'p.yaml'), 'name: no-eval');

    expect(await replayPolicy(api(), join(folder, 'p.yaml'), { ...flags, gate: ['change'] })).toBe(0);

    expect(sent).toEqual({ policy: 'name: no-eval', since: flags.since, gates: ['change'] });
    expect(printed).toContain('3 decisions, 1 identical, 1 for other reasons, 1 changed');
    expect(printed).toContain('pass → deny  change  git.example/a cccccccccccc');
  });

  it('sends a name as it is, and ends with 3 when it takes longer', async () => {
    statuses = ['running'];

    expect(await replayPolicy(api(), 'no-eval', { ...flags, wait: '0', json: true })).toBe(3);

    expect(sent).toEqual({ policy: 'no-eval', since: flags.since });
    expect(JSON.parse(printed)).toMatchObject({ id: 'r1', status: 'running' });
  });
});
