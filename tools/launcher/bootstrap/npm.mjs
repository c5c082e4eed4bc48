import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LauncherError } from '../errors.mjs';
import { readJson } from '../files.mjs';
import { refusal } from '../pins.mjs';
import { forOthers } from './toolchain.mjs';

/**
 * Runs npm with the settings of this machine, under this Node. What it prints is shown only when it fails.
 * @param {string[]} args @param {import('../fetching.mjs').Fetcher & { cwd: string }} options
 * @returns {Promise<void>}
 */
export function runNpm(args, { cwd, env, user }) {
  const { node, npm } = forOthers(process.execPath, npmProgram());
  const [command, first] = npm ? [node, [npm]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { ...user, cwd, env: withoutProject(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said = shortened(said + chunk);
      });
    child.once('error', (cause) => reject(new LauncherError('NPM', 'npm could not be started', { cause })));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(failure(args, code, said.trim(), cwd));
    });
  });
}

function failure(args, code, said, cwd) {
  const altered = alteredPackage(said, cwd);
  if (altered) return refusal(`What was served is not the pinned file: ${altered}\n${said}`);
  return new LauncherError('NPM', `npm ${args[0]} failed (${code}):\n${said}`, {
    remedy:
      args[0] === 'run'
        ? 'The sources do not build as they are.'
        : 'npm says why above; the settings of this machine are shown by: npm config list',
  });
}

/** npm names the digests and leaves the reader to find out whose they are. */
function alteredPackage(said, cwd) {
  const wanted = /EINTEGRITY[^]*?wanted (sha\d+-\S+)/.exec(said)?.[1];
  const lock = wanted && readJson(join(cwd, 'package-lock.json'));
  const found = lock && Object.entries(lock.packages).find(([, { integrity }]) => integrity === wanted);
  return found && `${found[0]} ${found[1].version}`;
}

/** The cause of a failure stands at the beginning or at the end. */
function shortened(text) {
  return text.length <= 8_000 ? text : `${text.slice(0, 3_000)}\n[...]\n${text.slice(-4_000)}`;
}

/** @returns {string | undefined} npm's own script, so that it runs under the Node of our choice */
export function npmProgram() {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  return [process.env.npm_execpath, ...onPath].find((path) => path && /npm-cli\.c?js$/.test(path) && existsSync(path));
}

/** What `npm start` says about the project it runs in would make a nested npm work on that one. */
function withoutProject(env) {
  const names = ['npm_config_local_prefix', 'npm_command', 'npm_config_workspace', 'npm_config_workspaces', 'npm_package_json', 'INIT_CWD'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name) && !name.startsWith('npm_lifecycle_')));
}
