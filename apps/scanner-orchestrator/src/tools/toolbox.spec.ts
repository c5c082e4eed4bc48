import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closureDigest, closureOf } from './closure.ts';
import { whileInstalling, writeStates } from './states.ts';
import { Toolbox } from './toolbox.ts';
import type { Tool } from './tool.ts';

const tool: Tool = { name: 'probe', version: '1.0.0', installer: 'npm', present: 'bin/probe' };

describe('Toolbox', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'toolbox-'));
    await mkdir(join(dir, 'probe-1', 'bin'), { recursive: true });
    await writeFile(join(dir, 'probe-1', 'bin', 'probe'), 'a program');
    await writeFile(join(dir, 'probe-1', 'rules'), 'rules');
    const lines = await closureOf(join(dir, 'probe-1'));
    await writeFile(join(dir, 'probe-1.files'), `${lines.join('\n')}\n`);
    await writeStates(dir, {
      probe: { state: 'installed', version: '1.0.0', stamp: 's', folder: 'probe-1', closure: closureDigest(lines) },
    });
  });

  afterEach(async () => {
    jest.useRealTimers();
    await rm(dir, { recursive: true });
  });

  it('finds a tool that is as it was installed', async () => {
    expect(await new Toolbox(dir).find(tool)).toMatchObject({ version: '1.0.0', path: join(dir, 'probe-1') });
  });

  it.each([
    ['a byte that was changed', async () => writeFile(join(dir, 'probe-1', 'rules'), 'rulez')],
    ['a file that was added', async () => writeFile(join(dir, 'probe-1', 'more'), '')],
    ['a file that is gone', async () => rm(join(dir, 'probe-1', 'rules'))],
    [
      'a list that was changed with it',
      async () => writeFile(join(dir, 'probe-1.files'), `${await readFile(join(dir, 'probe-1.files'), 'utf8')}x - y\n`),
    ],
  ])('notices %s', async (_, change) => {
    await change();

    expect(await new Toolbox(dir).find(tool)).toMatch(/^tool changed: /);
  });

  it('notices a change between two runs', async () => {
    const toolbox = new Toolbox(dir);
    await toolbox.find(tool);
    await writeFile(join(dir, 'probe-1', 'bin', 'probe'), 'b program');
    jest.useFakeTimers({ now: Date.now() + 10_000, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });

    expect(await toolbox.find(tool)).toBe('tool changed: bin/probe was touched after it was installed');
  });

  it('says what is not installed, and why', async () => {
    await writeStates(dir, { probe: { state: 'unavailable', reason: 'no Python 3: install python3 with pip', stamp: 's', triedAt: '' } });

    expect(await new Toolbox(dir).find(tool)).toBe('no Python 3: install python3 with pip');
    expect(await new Toolbox(dir).find({ ...tool, name: 'other' })).toBe('other 1.0.0 is not installed');
  });

  it('asks for another install when the version is not the one that is needed', async () => {
    expect(await new Toolbox(dir).find({ ...tool, version: '2.0.0' })).toMatch(/1\.0\.0 is installed, 2\.0\.0 is needed/);
  });

  it('tells while a living process installs, and not after a dead one', async () => {
    const toolbox = new Toolbox(dir);

    await whileInstalling(dir, async () => expect(await toolbox.isInstalling()).toBe(true));
    expect(await toolbox.isInstalling()).toBe(false);
    await writeFile(join(dir, 'installing.json'), JSON.stringify({ pid: 2 ** 22 + 1 }));
    expect(await toolbox.isInstalling()).toBe(false);
  });
});
