import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Mirror } from './git/mirror.ts';
import { InternalFilesController } from './internal-files.controller.ts';
import type { Mirrors } from './mirrors.ts';

let folder: string;
let commit: string;
let files: InternalFilesController;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-files-'));
  const work = join(folder, 'work');
  mkdirSync(join(work, 'web'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  mkdirSync(join(folder, 'mirrors'));
  writeFileSync(join(work, 'web', 'package.json'), '{\r\n  "a": "ü"\n}\n\n  ');
  writeFileSync(join(work, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
  writeFileSync(join(work, 'large.txt'), 'x'.repeat(2 * 1024 * 1024 + 1));
  symlinkSync('/etc/passwd', join(work, 'link'));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('-c', 'core.autocrlf=false', 'commit', '-q', '-m', 'x');
  commit = git('rev-parse', 'HEAD');
  const mirror = new Mirror('localhost/work', {
    dir: join(folder, 'mirrors'),
    home: { empty: join(folder, 'empty') },
    maxBytes: 100_000_000,
  });
  await mirror.bring({ commit, refs: ['refs/heads/main'] }, async () => ({ url: pathToFileURL(work).href }));
  files = new InternalFilesController({ of: () => mirror } as unknown as Mirrors);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const read = (path: string, at = commit): Promise<unknown> => files.read({ repository: 'localhost/work', commit: at, path });

describe('internal files', () => {
  it('gives a file byte for byte', async () => {
    await expect(read('web/package.json')).resolves.toEqual({ text: '{\r\n  "a": "ü"\n}\n\n  ' });
  });

  it.each(['missing', 'web', '../work/web/package.json', './web/package.json', '/etc/passwd', 'web//package.json', '', 'a\0b', '--help'])(
    'has no file %j',
    async (path) => {
      await expect(read(path)).rejects.toMatchObject({ status: 404 });
    },
  );

  it('has no file of a commit that was never fetched', async () => {
    await expect(read('web/package.json', '0'.repeat(40))).rejects.toMatchObject({ status: 404 });
  });

  it('follows no link', async () => {
    await expect(read('link')).resolves.toEqual({ text: '/etc/passwd' });
  });

  it('gives neither what is no text nor what is too large', async () => {
    await expect(read('binary')).rejects.toMatchObject({ status: 422 });
    await expect(read('large.txt')).rejects.toMatchObject({ status: 413 });
  });

  it('gives the first of some places that is there and is text', async () => {
    const first = (paths: string[], at = commit): Promise<unknown> => files.first({ repository: 'localhost/work', commit: at, paths });

    await expect(first(['missing', '../work/x', '--help', 'web', 'binary', 'large.txt', 'link', 'web/package.json'])).resolves.toEqual({
      path: 'web/package.json',
      text: '{\r\n  "a": "ü"\n}\n\n  ',
    });
    await expect(first(['missing'])).resolves.toEqual({});
    await expect(first(['web/package.json'], '0'.repeat(40))).resolves.toEqual({});
  });
});
