import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { installHook, removeHook } from './hook.ts';

describe('throughline hook', () => {
  let folder: string;
  const file = (): string => join(folder, '.git/hooks/pre-commit');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@shop.example', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hook-'s "));
    git('init', '--quiet');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['THROUGHLINE_HOME'];
    rmSync(folder, { recursive: true });
  });

  /** The hook with another program in the place of ours. */
  const answering = (code: number): void => {
    const program = join(folder, 'program');
    writeFileSync(program, `#!/bin/sh\necho "$THROUGHLINE_HOME: $*" >>"${folder}/.git/asked"\nexit ${code}\n`);
    chmodSync(program, 0o755);
    const text = readFileSync(file(), 'utf8');
    const ours = text.slice(text.indexOf(`'${process.execPath}'`), text.indexOf(' scan --staged'));
    writeFileSync(file(), text.replace(ours, './program'));
  };
  const commits = (): number => {
    git('add', '--all');
    try {
      git('commit', '--allow-empty', '-m', 'try');
      return 0;
    } catch (error) {
      return (error as { status: number }).status;
    }
  };

  it('asks about what is staged before each commit, of the installation that it was made with', async () => {
    process.env['THROUGHLINE_HOME'] = join(folder, "o'home");
    await installHook(folder, {});
    expect(readFileSync(file(), 'utf8')).toContain(process.execPath);
    expect(readFileSync(file(), 'utf8')).not.toContain('TOKEN');
    answering(0);

    expect(commits()).toBe(0);
    expect(readFileSync(join(folder, '.git/asked'), 'utf8')).toBe(`${folder}/o'home: scan --staged .\n`);
  });

  it('stops a commit that is denied, and lets go on what could not be judged', async () => {
    await installHook(folder, {});
    answering(1);
    expect(commits()).toBe(1);

    await installHook(folder, {});
    answering(3);
    expect(commits()).toBe(0);
  });

  it('stops what could not be judged where that is wanted', async () => {
    await installHook(folder, { strict: true });
    answering(3);

    expect(commits()).toBe(1);
  });

  it('leaves a hook of somebody else, and takes away its own', async () => {
    writeFileSync(file(), '#!/bin/sh\nexit 0\n');
    await expect(installHook(folder, {})).rejects.toThrow('is there and not ours. Add to it: ');
    await expect(removeHook(folder)).rejects.toThrow('is not ours: it stays');

    rmSync(file());
    await installHook(folder, {});
    await removeHook(folder);
    await removeHook(folder);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('lies where git looks for it', async () => {
    git('config', 'core.hooksPath', 'tools/hooks');
    await installHook(folder, {});

    expect(readFileSync(join(folder, 'tools/hooks/pre-commit'), 'utf8')).toContain('scan --staged');
    await expect(installHook(tmpdir(), {})).rejects.toThrow('is no work tree of git');
  });
});
