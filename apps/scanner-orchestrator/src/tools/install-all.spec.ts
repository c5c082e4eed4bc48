import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closureDigest, closureOf } from './closure.ts';
import { installAll } from './install-all.ts';
import { stampOf } from './install.ts';
import { writeStates } from './states.ts';
import type { Tool } from './tool.ts';

const tool: Tool = { name: 'probe', version: '1.0.0', installer: 'npm', present: 'node_modules/probe/package.json' };
const said: string[] = [];
let folder: string;
let registry: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'install-all-'));
  registry = createServer((request, answer) => answer.end(request.url!.endsWith('.tgz') ? 'other bytes' : ''));
  await new Promise<void>((listening) => registry.listen(0, '127.0.0.1', listening));
  await mkdir(join(folder, 'locks', 'probe'), { recursive: true });
  await mkdir(join(folder, 'tools'));
  await writeFile(join(folder, 'locks', 'probe', 'package.json'), JSON.stringify({ dependencies: { probe: '1.0.0' } }));
  await writeFile(join(folder, 'locks', 'probe', 'package-lock.json'), lockFile());
  said.length = 0;
});

afterEach(async () => {
  registry.close();
  await rm(folder, { recursive: true });
});

function lockFile(): string {
  const { port } = registry.address() as AddressInfo;
  const probe = { version: '1.0.0', resolved: `http://127.0.0.1:${port}/probe.tgz`, integrity: `sha512-${'A'.repeat(86)}==` };
  return JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { probe: '1.0.0' } }, 'node_modules/probe': probe } });
}

const place = (): { dir: string; locks: string } => ({ dir: join(folder, 'tools'), locks: join(folder, 'locks') });
const bring = async (): Promise<unknown> => (await installAll([tool], place(), { retry: true, say: (line) => said.push(line) }))['probe'];

/** The tool as an earlier install left it. */
async function installed(): Promise<string> {
  const stamp = await stampOf(tool, place().locks, undefined);
  const path = join(place().dir, `probe-${stamp}`);
  await mkdir(path);
  await writeFile(join(path, 'program'), 'a program');
  const lines = await closureOf(path);
  await writeFile(`${path}.files`, `${lines.join('\n')}\n`);
  const state = { state: 'installed', version: '1.0.0', stamp, folder: `probe-${stamp}`, closure: closureDigest(lines) } as const;
  await writeStates(place().dir, { probe: state });
  return path;
}

it('leaves alone what is as it was installed', async () => {
  const path = await installed();

  expect(await bring()).toMatchObject({ state: 'installed' });
  expect(await readFile(join(path, 'program'), 'utf8')).toBe('a program');
  expect(said).toEqual([]);
});

it('says that a tool was changed and never takes it as installed', async () => {
  const path = await installed();
  await writeFile(join(path, 'program'), 'b program');

  expect(await bring()).toMatchObject({ state: 'unavailable' });
  expect(said[0]).toBe('probe 1.0.0: tool changed: program is not as it was installed; installing it anew');
}, 60_000);

it('refuses bytes that are not the pinned ones', async () => {
  expect(await bring()).toMatchObject({
    state: 'unavailable',
    reason: 'what was served for probe is not the pinned file: node_modules/probe 1.0.0',
  });
}, 60_000);
