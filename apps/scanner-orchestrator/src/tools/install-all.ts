import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { differenceFrom, readClosure } from './closure.ts';
import { install, stampOf, type InstallPlace } from './install.ts';
import { findPython, type PythonWithPip } from './python.ts';
import { readStates, whileInstalling, writeStates } from './states.ts';
import type { InstalledTool, Tool, ToolState, ToolStates } from './tool.ts';

const retryAfterMs = 24 * 60 * 60_000;

/** Called with one line for a person whenever something happened to a tool. */
export type Progress = (line: string) => void;

/**
 * Installs what is not there yet. A tool that fails is recorded as unavailable with the reason, the others go on.
 * When all is there, nothing is run and no network is touched.
 */
export async function installAll(tools: readonly Tool[], place: InstallPlace, o: { retry: boolean; say: Progress }): Promise<ToolStates> {
  await mkdir(place.dir, { recursive: true, mode: 0o755 });
  const before = await readStates(place.dir);
  if (Object.keys(before).length === tools.length && (await allValid(tools, place, before))) return before;
  return whileInstalling(place.dir, async () => {
    const python = tools.some((tool) => tool.installer !== 'npm') ? await findPython() : 'no Python needed';
    const after = Object.fromEntries(
      await Promise.all(tools.map(async (tool) => [tool.name, await bring(tool, place, python, before[tool.name], o)] as const)),
    );
    await writeStates(place.dir, after);
    await removeOthers(place.dir, after);
    return after;
  });
}

async function allValid(tools: readonly Tool[], place: InstallPlace, states: ToolStates): Promise<boolean> {
  for (const tool of tools) {
    const state = states[tool.name];
    if (state?.state !== 'installed' || (await touched(state, place.dir)) !== undefined) return false;
    if (state.python && !(await isThere(state.python.executable))) return false;
    if (state.stamp !== (await stampOf(tool, place.locks, state.python?.version))) return false;
  }
  return true;
}

async function bring(
  tool: Tool,
  place: InstallPlace,
  python: PythonWithPip | string,
  before: ToolState | undefined,
  o: { retry: boolean; say: Progress },
): Promise<ToolState> {
  const usable = typeof python === 'string' ? undefined : python;
  const stamp = await stampOf(tool, place.locks, tool.installer === 'pip' ? usable?.python.version : undefined);
  if (before?.stamp === stamp && (await stillGood(before, place.dir, o.retry))) return before;
  const touchedBy = before?.state === 'installed' && before.stamp === stamp ? await touched(before, place.dir) : undefined;
  if (touchedBy !== undefined) o.say(`${tool.name} ${tool.version}: tool changed: ${touchedBy}; installing it anew`);
  const missing = (reason: string): ToolState => {
    o.say(`${tool.name} ${tool.version} unavailable: ${reason}`);
    return { state: 'unavailable', reason, stamp, triedAt: new Date().toISOString() };
  };
  if (tool.installer === 'pip' && typeof python === 'string') return missing(python);
  const started = Date.now();
  try {
    const state = await install(tool, place, stamp, tool.installer === 'npm' ? undefined : usable);
    o.say(`${tool.name} ${tool.version} installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return state;
  } catch (error) {
    return missing((error as Error).message);
  }
}

async function stillGood(state: ToolState, dir: string, retry: boolean): Promise<boolean> {
  if (state.state === 'installed') return (await touched(state, dir)) === undefined;
  return !retry && Date.now() - Date.parse(state.triedAt) < retryAfterMs;
}

/** What of a tool is not as it was installed. Its bytes are pinned, so another install mends it. */
async function touched(state: InstalledTool, dir: string): Promise<string | undefined> {
  const folder = join(dir, state.folder);
  try {
    return await differenceFrom(await readClosure(`${folder}.files`, state.closure), folder);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Older versions and what an interrupted install left. */
async function removeOthers(dir: string, states: ToolStates): Promise<void> {
  const kept = new Set(['installed.json', 'installing.json']);
  for (const state of Object.values(states)) if (state.state === 'installed') kept.add(state.folder).add(`${state.folder}.files`);
  for (const entry of await readdir(dir)) if (!kept.has(entry)) await rm(join(dir, entry), { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
