import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWithGo } from './go.ts';
import type { Tool } from './tool.ts';

const dir = mkdtempSync(join(tmpdir(), 'go-'));
const tool: Tool = {
  name: 'thing',
  version: '1.0.0',
  installer: 'go',
  main: 'example.org/thing',
  files: ['thing.toml'],
  present: 'bin/thing',
};

/** A Go that notes how it was called, and ends as it is told. */
function fakeGo(ending: string): void {
  const script = `#!/bin/sh\n[ "$1" = version ] && { echo 'go version go1.99.1 linux/amd64'; exit 0; }\n{ echo "$@"; env; } > '${dir}/called'\n${ending}\n`;
  writeFileSync(join(dir, 'path', 'go'), script, { mode: 0o755 });
}

beforeAll(() => {
  for (const folder of ['path', 'locks', 'locks/thing']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'locks/thing/go.mod'), 'module x\n\ngo 1.24.1\n');
  writeFileSync(join(dir, 'locks/thing/go.sum'), '');
  writeFileSync(join(dir, 'locks/thing/thing.toml'), 'rules');
});

beforeEach(() => {
  rmSync(join(dir, 'into'), { recursive: true, force: true });
  mkdirSync(join(dir, 'into'));
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const build = (): Promise<void> => buildWithGo(tool, join(dir, 'locks'), join(dir, 'into'), { programs: [join(dir, 'path', 'go')] });

describe('a tool of Go', () => {
  it('says what is missing where there is neither a Go that is new enough nor a way to fetch one', async () => {
    fakeGo('exit 0');
    writeFileSync(join(dir, 'locks/thing/go.mod'), 'module x\n\ngo 1.99.2\n');

    await expect(build()).rejects.toMatchObject({
      code: 'install_failed',
      message: expect.stringMatching(/install go, or python3 with pip/),
    });

    writeFileSync(join(dir, 'locks/thing/go.mod'), 'module x\n\ngo 1.24.1\n');
  });

  it('is built from pinned modules alone, with its own files beside it, and leaves nothing behind', async () => {
    fakeGo(
      `for word in "$@"; do case $word in -o=*) mkdir -p "\${word%/*}" 2>/dev/null; mkdir -p '${dir}/into/bin'; echo program > "\${word#-o=}";; esac; done`,
    );

    await build();

    const called = readFileSync(join(dir, 'called'), 'utf8');
    for (const fixed of ['GOSUMDB=off', 'GOTOOLCHAIN=local', 'CGO_ENABLED=0', 'GOFLAGS=-mod=readonly', `GOMODCACHE=${dir}/into.work`]) {
      expect(called).toContain(fixed);
    }
    expect(called).toMatch(/^build .*example\.org\/thing$/m);
    expect(readFileSync(join(dir, 'into/bin/thing'), 'utf8')).toBe('program\n');
    expect(readFileSync(join(dir, 'into/thing.toml'), 'utf8')).toBe('rules');
    expect(existsSync(join(dir, 'into.work'))).toBe(false);
  });

  it.each([
    [
      "echo 'verifying example.org/a@v1.0.0: checksum mismatch'; echo 'SECURITY ERROR'; exit 1",
      /thing is not the pinned file: example\.org\/a@v1\.0\.0/,
    ],
    [
      "echo 'x.go:1: missing go.sum entry for module providing package example.org/b; to add:'; exit 1",
      /needs example\.org\/b, of which no digest is pinned/,
    ],
    ['exit 3', /go build for thing 1\.0\.0 ended with 3/],
  ])('is refused with the reason when %s', async (ending, reason) => {
    fakeGo(ending);

    await expect(build()).rejects.toMatchObject({ code: 'install_failed', message: expect.stringMatching(reason) });
    expect(existsSync(join(dir, 'into.work'))).toBe(false);
  });
});
