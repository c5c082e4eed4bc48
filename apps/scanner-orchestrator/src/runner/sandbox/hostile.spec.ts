import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownCode, ownCommand } from '../own-code.ts';
import { BoxProcess, type Ending } from './box-process.ts';
import { findSandbox } from './ladder.ts';
import type { Limits, Sandbox } from './sandbox.ts';

jest.setTimeout(60_000);

const script = fileURLToPath(new URL('../../fixtures/hostile.mjs', import.meta.url));
const MiB = 1024 * 1024;
const limits: Limits = {
  wallMs: 20_000,
  cpuSeconds: 20,
  memoryBytes: 256 * MiB,
  outputBytes: MiB,
  tmpBytes: 8 * MiB,
  processes: 40,
  openFiles: 256,
};

let dir: string;
let sandbox: Sandbox;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hostile-'));
  await mkdir(join(dir, 'box'));
  await mkdir(join(dir, 'tree'));
  const place = {
    workDir: dir,
    mountPoint: join(dir, 'box'),
    visible: ownCode,
    command: (found: Sandbox) => ownCommand(found, 'runner/sandbox/probe'),
  };
  ({ sandbox } = await findSandbox(place));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(what: string, argument = '', more: Partial<Limits> = {}): Promise<{ output: string; ending: Ending; tookMs: number }> {
  const started = Date.now();
  const visible = [
    { host: process.execPath, inside: '/node' },
    { host: dirname(script), inside: '/code' },
    { host: join(dir, 'tree'), inside: '/tree' },
  ];
  const box = BoxProcess.start(sandbox, {
    argv: ['/node', '/code/hostile.mjs', what, argument],
    env: {},
    visible,
    limits: { ...limits, ...more },
    slot: 5,
  });
  box.input.end();
  let output = '';
  for await (const chunk of box.output())
    output += Buffer.from(chunk)
      .toString('utf8')
      .slice(0, 10_000 - output.length);
  return { output, ending: await box.ended, tookMs: Date.now() - started };
}

/** Processes of this machine whose command line holds the text. */
async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(text));
}

describe('a hostile scanner in its box', () => {
  it('runs in a sandbox that was found by effect', () => {
    expect(sandbox.level).toBe('namespaces');
  });

  it('reads nothing of the platform or of others, and writes nowhere', async () => {
    const secret = join(dir, 'secret');
    await writeFile(secret, 'TOP-SECRET', { mode: 0o644 });
    process.env['HOSTILE_TEST_SECRET'] = 'TOP-SECRET';

    const { output } = await run('pry', secret);

    delete process.env['HOSTILE_TEST_SECRET'];
    expect(output).not.toContain('TOP-SECRET');
    expect(output.split('\n').filter((line) => !line.endsWith(': failed'))).toEqual([expect.stringMatching(/^own environment: /)]);
  });

  it('reaches no port of this machine', async () => {
    const server: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

    const { output } = await run('dial', String((server.address() as AddressInfo).port));

    server.close();
    expect(output).toMatch(/^failed/);
  });

  it('leaves no process behind', async () => {
    const mark = `mark-${Math.random().toString(36).slice(2)}`;

    const { ending } = await run('flee', mark);

    expect(ending).toEqual({ how: 'exited', code: 0 });
    expect((await processesWith(mark)).filter((line) => !line.includes('jest'))).toEqual([]);
  });

  it('fills no disk', async () => {
    expect((await run('fill')).output).toMatch(/^stopped (?:ENOSPC|EFBIG)/);
  });

  it.each([
    ['eat', {}, /more than 256 MiB of memory/],
    ['hang', { wallMs: 700 }, /longer than 1 s/],
    ['spin', { wallMs: 700 }, /longer than 1 s/],
    ['flood', {}, /wrote more than 1 MiB/],
  ])('is ended when it does %s', async (what, more, why) => {
    const { ending, tookMs } = await run(what, '', more);

    expect(ending).toEqual({ how: 'killed', why: expect.stringMatching(why) });
    expect(tookMs).toBeLessThan(19_000);
  });

  it('cannot breed', async () => {
    const { output, ending } = await run('breed', '', { wallMs: 15_000, memoryBytes: 2048 * MiB, processes: 30 });

    expect([output, ending]).toEqual([expect.stringMatching(/^stopped after \d+/), { how: 'exited', code: 0 }]);
  });

  it('ends when it is called off', async () => {
    const controller = new AbortController();
    const visible = [
      { host: process.execPath, inside: '/node' },
      { host: dirname(script), inside: '/code' },
    ];
    const box = BoxProcess.start(
      sandbox,
      { argv: ['/node', '/code/hostile.mjs', 'hang'], env: {}, visible, limits, slot: 5 },
      controller.signal,
    );

    controller.abort();

    expect(await box.ended).toEqual({ how: 'killed', why: 'it was called off' });
  });
});
